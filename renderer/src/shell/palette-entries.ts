/** What the palette finds: views and tracked files, by the letters that were typed. */
import type { Route } from '../state/routes.ts';

export type PaletteEntry = { label: string; hint: string; route: Route };

const views: readonly PaletteEntry[] = [
  { label: 'Overview', hint: 'View', route: { view: 'overview' } },
  { label: 'Changes', hint: 'View', route: { view: 'changes', filter: {} } },
  { label: 'Search', hint: 'View', route: { view: 'search', ask: {} } },
  { label: 'Files', hint: 'View', route: { view: 'files' } },
  { label: 'Reports', hint: 'View', route: { view: 'reports' } },
  { label: 'Inbox', hint: 'View', route: { view: 'inbox' } },
  { label: 'Peers', hint: 'View', route: { view: 'peers' } },
  { label: 'Git', hint: 'View', route: { view: 'git' } },
  { label: 'Activity', hint: 'View', route: { view: 'activity', days: 30 } },
  { label: 'Knowledge', hint: 'View', route: { view: 'knowledge' } },
  { label: 'Settings', hint: 'View', route: { view: 'settings' } },
  { label: 'Open a folder', hint: 'View', route: { view: 'welcome' } },
];
const mostEntries = 15;

/** Best first: what starts with the letters, then what has them in one piece, then what has them in this order. */
export function findEntries(typed: string, paths: readonly string[]): PaletteEntry[] {
  const files = paths.map(
    (path): PaletteEntry => ({ label: path, hint: 'File', route: { view: 'file', path } }),
  );
  const text = typed.trim().toLowerCase();
  return [...views, ...files]
    .map((entry) => ({ entry, rank: rankOf(entry.label.toLowerCase(), text) }))
    .filter((it) => it.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, mostEntries)
    .map((it) => it.entry);
}

function rankOf(label: string, text: string): number {
  if (label.startsWith(text) || label.slice(label.lastIndexOf('/') + 1).startsWith(text)) return 3;
  if (label.includes(text)) return 2;
  let from = 0;
  for (const letter of text) {
    from = label.indexOf(letter, from) + 1;
    if (from === 0) return 0;
  }
  return 1;
}
