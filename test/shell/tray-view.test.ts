import { expect, test } from 'vitest';
import { type Glance, type TrayEntry, viewTray } from '../../electron/shell/tray-view.ts';

const glance = (parts: Partial<Glance> = {}): Glance => ({
  id: 'a',
  name: 'notes',
  state: 'watching',
  pending: 0,
  trackedFiles: 8,
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
