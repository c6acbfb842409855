/** The keys that work in every view. */
import type { App } from '../state/app.svelte.ts';
import type { Route } from '../state/routes.ts';

const destinations: readonly { keys: string; label: string; route: Route }[] = [
  { keys: 'g o', label: 'Go to Overview', route: { view: 'overview' } },
  { keys: 'g c', label: 'Go to Changes', route: { view: 'changes', filter: {} } },
  { keys: 'g k', label: 'Go to Search', route: { view: 'search', ask: {} } },
  { keys: 'g f', label: 'Go to Files', route: { view: 'files' } },
  { keys: 'g r', label: 'Go to Reports', route: { view: 'reports' } },
  { keys: 'g a', label: 'Go to Activity', route: { view: 'activity', days: 30 } },
  { keys: 'g s', label: 'Go to Settings', route: { view: 'settings' } },
];

/** Adds them; returns how to take them away again. */
export function addGlobalShortcuts(app: App, open: { help: () => void; palette: () => void }): () => void {
  const cancels = [
    ...destinations.map(({ keys, label, route }) =>
      app.shortcuts.add({ keys, label, run: () => app.router.go(route) }),
    ),
    app.shortcuts.add({ keys: '?', label: 'Show the keyboard shortcuts', run: open.help }),
    app.shortcuts.add({
      keys: '/',
      label: 'Go to the filter or search',
      run: () => focusFilter(open.palette),
    }),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** A view marks its filter with `data-filter`; where there is none, the palette searches everything. */
function focusFilter(otherwise: () => void): void {
  const filter = document.querySelector<HTMLElement>('[data-filter]');
  if (filter === null) otherwise();
  else filter.focus();
}
