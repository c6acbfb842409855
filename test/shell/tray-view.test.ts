import { expect, test } from 'vitest';
import type { PeerGlance } from '../../electron/shell/tray-peers.ts';
import { type Glance, type TrayEntry, viewTray } from '../../electron/shell/tray-view.ts';

const glance = (parts: Partial<Glance> = {}): Glance => ({
  id: 'a',
  name: 'notes',
  state: 'watching',
  pending: 0,
  trackedFiles: 8,
  conflicts: 0,
  approvals: 0,
  trouble: undefined,
  canPull: false,
  ...parts,
});
const peer = (parts: Partial<PeerGlance> = {}): PeerGlance => ({
  name: 'desk',
  state: 'synced',
  behind: 0,
  behind_bytes: 0,
  ahead_bytes: 0,
  ahead: 0,
  trouble: undefined,
  ...parts,
});
const other = (parts: Partial<Glance> = {}) => glance({ id: 'b', name: 'site', ...parts });

const find = (entries: readonly TrayEntry[], label: string): TrayEntry | undefined =>
  entries.find((entry) => entry.kind !== 'separator' && entry.label === label);
const labels = (entries: readonly TrayEntry[]) =>
  entries.map((entry) => (entry.kind === 'separator' ? '—' : entry.label));

test.each<[string, Glance[], string, string]>([
  ['nothing is open', [], 'paused', 'Skein: no folder is watched yet'],
  ['all is well', [glance()], 'watching', 'Skein: watching 8 files'],
  ['one file', [glance({ trackedFiles: 1 })], 'watching', 'Skein: watching 1 file'],
  ['polling', [glance({ state: 'polling' })], 'watching', 'Skein: watching 8 files'],
  ['the first scan runs', [glance({ state: 'starting' })], 'watching', 'Skein: looking at the files'],
  ['changes wait', [glance({ pending: 3 })], 'pending', 'Skein: 3 changes pending'],
  ['one change waits', [glance({ pending: 1 })], 'pending', 'Skein: 1 change pending'],
  ['paused', [glance({ state: 'paused' })], 'paused', 'Skein: paused'],
  [
    'paused with changes',
    [glance({ state: 'paused', pending: 2 })],
    'paused',
    'Skein: paused, 2 changes pending',
  ],
  ['turned off', [glance({ state: 'disabled' })], 'paused', 'Skein: watching is turned off'],
  ['trouble', [glance({ trouble: 'The disk is full.' })], 'error', 'Skein: The disk is full.'],
  ['broken', [glance({ state: 'error' })], 'error', 'Skein: something is wrong; open Skein to see what'],
  [
    'several, one in trouble',
    [glance({ pending: 2 }), other({ trouble: 'Full.' })],
    'error',
    'Skein: site: Full.',
  ],
  [
    'several with changes',
    [glance({ pending: 2 }), other({ pending: 1 })],
    'pending',
    'Skein: 3 changes pending in 2 workspaces',
  ],
  ['several watching', [glance(), other({ state: 'paused' })], 'watching', 'Skein: 2 workspaces, watching'],
  [
    'several paused',
    [glance({ state: 'paused' }), other({ state: 'paused' })],
    'paused',
    'Skein: 2 workspaces, paused',
  ],
])('%s', (_, glances, icon, tooltip) => {
  const view = viewTray(glances);
  expect(view.icon).toBe(icon);
  expect(view.tooltip).toBe(tooltip);
});

/** From the worst to the best; each row is also shown when everything of the rows below it holds as well. */
const worstFirst: [string, Partial<Glance>, Partial<PeerGlance>, string, string][] = [
  ['trouble here', { trouble: 'The disk is full.' }, {}, 'error', 'Skein: The disk is full.'],
  [
    'a peer that refuses',
    {},
    { state: 'refused', trouble: 'desk knows this device no longer.' },
    'error',
    'Skein: desk knows this device no longer.',
  ],
  ['a conflict', { conflicts: 2 }, {}, 'attention', 'Skein: 2 conflicts to decide'],
  ['an approval', { approvals: 1 }, {}, 'attention', 'Skein: 1 change of instructions to approve'],
  ['pending changes', { pending: 3 }, {}, 'pending', 'Skein: 3 changes pending'],
  [
    'a peer that is away',
    {},
    { state: 'offline', ahead: 2, ahead_bytes: 3_000 },
    'apart',
    'Skein: desk: offline, 2 changes (2.9 KiB) to give',
  ],
  ['nothing', {}, {}, 'watching', 'Skein: watching 8 files'],
];

test.each(worstFirst)(
  'of what needs the user the tray shows the worst: %s',
  (name, here, there, icon, words) => {
    const row = worstFirst.findIndex(([title]) => title === name);
    const milder = worstFirst.slice(row + 1);
    const all = glance(Object.assign({}, ...milder.map(([, it]) => it), here));
    const peers = [there, ...milder.map(([, , it]) => it)].map(peer);
    expect(viewTray([glance(here)], [peer(there)])).toMatchObject({ icon, tooltip: words });
    expect(viewTray([all], peers)).toMatchObject({ icon, tooltip: words });
  },
);

test.each<[string, PeerGlance[], string]>([
  ['one that sleeps', [peer({ state: 'offline' })], 'Skein: desk: offline'],
  ['one with something left', [peer({ state: 'waiting', behind: 1 })], 'Skein: desk: 1 change to get'],
  ['one that waits', [peer({ state: 'waiting' })], 'Skein: desk: waiting'],
  [
    'several',
    [peer({ state: 'offline' }), peer(), peer({ state: 'waiting' })],
    'Skein: 2 devices are offline or behind',
  ],
  ['an error without words', [peer({ state: 'error' })], 'Skein: the exchange with desk does not work'],
  ['one that shares nothing', [peer({ state: 'idle' })], 'Skein: watching 8 files'],
])('peers in words: %s', (_, peers, words) => {
  expect(viewTray([glance()], peers).tooltip).toBe(words);
});

test('while everything rests a device that is away is no news', () => {
  expect(viewTray([glance({ state: 'paused' })], [peer({ state: 'offline' })]).icon).toBe('paused');
});

test('what waits leads to the inbox where it waits, from each workspace too; peers can be synced', () => {
  const { menu, tooltip } = viewTray(
    [glance({ approvals: 1 }), other({ approvals: 1, conflicts: 1 })],
    [peer()],
  );
  expect(tooltip).toBe('Skein: 1 conflict to decide');
  expect(labels(menu).slice(2, 7)).toEqual([
    'Open Skein',
    '1 conflict…',
    '2 approvals…',
    'Sync now',
    'Consolidate now (0)',
  ]);
  const commandOf = (entries: readonly TrayEntry[], label: string) => {
    const entry = find(entries, label);
    return entry?.kind === 'command' ? entry.command : undefined;
  };
  expect(commandOf(menu, '1 conflict…')).toEqual({ kind: 'open', workspace: 'b', view: 'inbox' });
  expect(commandOf(menu, '2 approvals…')).toEqual({ kind: 'open', workspace: 'a', view: 'inbox' });
  expect(commandOf(menu, 'Sync now')).toEqual({ kind: 'sync' });
  const site = find(menu, 'site');
  expect(site?.kind === 'group' && commandOf(site.entries, '1 approval…')).toEqual({
    kind: 'open',
    workspace: 'b',
    view: 'inbox',
  });
});

test('a long trouble is cut where Windows would cut it', () => {
  const { tooltip, menu } = viewTray([glance({ trouble: 'x'.repeat(300) })]);
  expect(tooltip).toHaveLength(120);
  expect(tooltip.endsWith('…')).toBe(true);
  expect(labels(menu)[0]).toHaveLength(80);
});

test('the menu of one workspace', () => {
  expect(labels(viewTray([glance({ pending: 2 })]).menu)).toEqual([
    '2 changes pending',
    '—',
    'Open Skein',
    'Consolidate now (2)',
    'Pause',
    '—',
    'Quit',
  ]);
});

test('the menu reaches each of several workspaces', () => {
  const { menu } = viewTray([glance({ pending: 2 }), other({ state: 'paused' })]);
  expect(labels(menu)).toEqual([
    '2 changes pending in 2 workspaces',
    '—',
    'Open Skein',
    'Consolidate now (2)',
    'Pause all',
    '—',
    'notes (2)',
    'site',
    '—',
    'Quit',
  ]);
  const site = find(menu, 'site');
  expect(site?.kind === 'group' && labels(site.entries)).toEqual([
    'Paused',
    '—',
    'Open',
    'Consolidate now (0)',
    'Resume',
  ]);
});

test('consolidating is offered where it works, and only for those workspaces', () => {
  const offered = (glances: Glance[]) => {
    const entry = viewTray(glances).menu.find(
      (it) => it.kind === 'command' && it.label.startsWith('Consolidate'),
    );
    return entry?.kind === 'command' && entry.enabled ? entry.command : undefined;
  };
  expect(offered([glance()])).toBeUndefined();
  expect(offered([glance({ pending: 2, state: 'paused' })])).toBeUndefined();
  expect(offered([glance({ pending: 2, state: 'error' })])).toBeUndefined();
  expect(offered([glance({ pending: 2, trouble: 'A file is too large.' })])).toEqual({
    kind: 'consolidate',
    workspaces: ['a'],
  });
  expect(offered([glance({ pending: 2 }), other({ pending: 1, state: 'paused' })])).toEqual({
    kind: 'consolidate',
    workspaces: ['a'],
  });
});

test('pausing and resuming name what can be paused and resumed', () => {
  const command = (glances: Glance[], label: string) => {
    const entry = find(viewTray(glances).menu, label);
    return entry?.kind === 'command' ? { enabled: entry.enabled, command: entry.command } : undefined;
  };
  expect(command([glance()], 'Pause')).toEqual({
    enabled: true,
    command: { kind: 'pause', workspaces: ['a'] },
  });
  expect(command([glance({ state: 'paused' })], 'Resume')).toEqual({
    enabled: true,
    command: { kind: 'resume', workspaces: ['a'] },
  });
  expect(command([glance({ state: 'disabled' })], 'Pause')?.enabled).toBe(false);
  expect(command([], 'Pause')?.enabled).toBe(false);
});

test('those with a remote can be pulled, all at once and one by one', () => {
  const { menu } = viewTray([glance({ canPull: true }), other()]);
  expect(find(menu, 'Pull from git')).toMatchObject({ command: { kind: 'pull', workspaces: ['a'] } });
  const inside = (name: string) => (find(menu, name) as { entries: readonly TrayEntry[] }).entries;
  expect(labels(inside('notes'))).toContain('Pull from git');
  expect(labels(inside('site'))).not.toContain('Pull from git');
});
