import * as electron from 'electron';
import { beforeEach, expect, test } from 'vitest';
import { createEmitter } from '../../electron/engine/emitter.ts';
import type { Engine, EngineEvents, EngineStatus } from '../../electron/engine/engine-contract.ts';
import type { Conflict } from '../../electron/engine/replicate/inbox.ts';
import type { OpenWorkspace } from '../../electron/host/host-contract.ts';
import type { Destination } from '../../electron/shell/destination.ts';
import { notifyAboutWorkspaces } from '../../electron/shell/notifications.ts';
import type { ChangedEvent } from '../../shared/contracts/events.ts';
import type { Change } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import { type Problem, problem } from '../../shared/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { installProbe, type Probe } from './probe.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const full = problem('disk-full', '/data', 'The disk is full.', 'Make room.');

/** A host with one workspace whose engine says what the test wants. */
function hostWithEngine() {
  const emitter = createEmitter(silent);
  const listeners = new Set<(event: ChangedEvent) => void>();
  const state = {
    notifications: 'summary' as 'off' | 'summary' | 'all',
    problems: [] as Problem[],
    open: true,
    held: [] as Change[],
    conflicts: [] as Conflict[],
  };
  const status = () => ({ problems: state.problems }) as unknown as EngineStatus;
  const inbox = { heldChanges: () => state.held, conflicts: () => state.conflicts };
  const engine = { id: 'w1', name: 'notes', on: emitter.on, status, ...inbox } as unknown as Engine;
  const workspace: OpenWorkspace = {
    id: 'w1',
    name: 'notes',
    folder: '/notes',
    workspace: null,
    engine,
    problem: null,
  };
  const host = {
    workspaces: () => (state.open ? [workspace] : []),
    appSettings: () => ({
      notifications: state.notifications,
      theme: 'system' as const,
      start_at_login: false,
    }),
    onChanged: (listener: (event: ChangedEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const workspacesChanged = () => {
    for (const listener of listeners) listener({ workspace: null, topics: ['workspaces'] });
  };
  const tellProblems = (...problems: Problem[]) => {
    state.problems = problems;
    emitter.emit('status', { status: status() });
  };
  return { host, state, emitter, tellProblems, workspacesChanged };
}

const change = (path: string, parts: Partial<Change> = {}): Change =>
  ({ position: 7, path, agent: 'claude-code', baseline: false, ...parts }) as Change;
const consolidation = (state: string, stamp = 'ab'.repeat(16)) =>
  ({
    trigger: { type: 'manual', conditions: {}, atMs: 0 },
    consolidation: { stamp, state, changes: 2, files: 1, agents: [], trigger: { type: 'manual' } },
  }) as unknown as EngineEvents['consolidation'];

const told = () => (globalThis as unknown as { skeinProbe: Probe }).skeinProbe.notifications;
const titles = () => told().map(({ title }) => title);
beforeEach(() => installProbe(electron));

function follow(parts: ReturnType<typeof hostWithEngine>) {
  const clock = createFakeClock();
  const opened: Destination[] = [];
  const stop = notifyAboutWorkspaces({
    host: parts.host,
    clock,
    icon: '',
    open: (it) => void opened.push(it),
  });
  return { clock, opened, stop };
}

test('a consolidation is told once, when its report is written', () => {
  const parts = hostWithEngine();
  const { opened } = follow(parts);
  for (const state of ['waiting', 'written', 'written', 'undone']) {
    parts.emitter.emit('consolidation', consolidation(state));
  }
  parts.emitter.emit('consolidation', consolidation('skipped', 'cd'.repeat(16)));
  expect(titles()).toEqual(['2 changes consolidated', '2 changes consolidated']);
  told()[0]?.click();
  expect(opened).toEqual([{ workspace: 'w1', view: 'report', stamp: 'ab'.repeat(16) }]);
});

test('a problem is told when it appears, and again only after it was gone', () => {
  const parts = hostWithEngine();
  follow(parts);
  parts.tellProblems(full);
  parts.tellProblems(full);
  expect(titles()).toEqual(['notes needs you']);
  parts.tellProblems();
  parts.tellProblems(full);
  expect(titles()).toHaveLength(2);
});

test('a problem that is there at the start is told', () => {
  const parts = hostWithEngine();
  parts.state.problems = [full];
  follow(parts);
  expect(titles()).toEqual(['notes needs you']);
});

test('"off" tells nothing, whatever happens', async () => {
  const parts = hostWithEngine();
  parts.state.notifications = 'off';
  const { clock } = follow(parts);
  parts.emitter.emit('consolidation', consolidation('written'));
  parts.emitter.emit('changes', { changes: [change('AGENTS.md')] });
  parts.tellProblems(full);
  await clock.advance(120_000);
  expect(titles()).toEqual([]);
});

test('"summary" leaves changes out', async () => {
  const parts = hostWithEngine();
  const { clock } = follow(parts);
  parts.emitter.emit('changes', { changes: [change('AGENTS.md')] });
  await clock.advance(120_000);
  expect(titles()).toEqual([]);
});

test('"all" tells of a burst once, and of the next not before half a minute', async () => {
  const parts = hostWithEngine();
  parts.state.notifications = 'all';
  const { clock } = follow(parts);
  parts.emitter.emit('changes', { changes: [change('AGENTS.md')] });
  parts.emitter.emit('changes', { changes: [change('ROADMAP.md')] });
  await clock.advance(2_000);
  expect(titles()).toEqual(['2 changes in notes']);
  parts.emitter.emit('changes', { changes: [change('AGENTS.md')] });
  await clock.advance(20_000);
  expect(titles()).toHaveLength(1);
  await clock.advance(20_000);
  expect(titles()).toEqual(['2 changes in notes', '1 change in notes']);
});

test('what Skein found at first sight or wrote itself is no news', async () => {
  const parts = hostWithEngine();
  parts.state.notifications = 'all';
  const { clock } = follow(parts);
  const own = [change('AGENTS.md', { baseline: true }), change('SYNC_STATUS.md', { agent: 'skein' })];
  parts.emitter.emit('changes', { changes: own });
  await clock.advance(120_000);
  expect(titles()).toEqual([]);
});

test('a workspace that closes falls silent, one that opens is heard', async () => {
  const parts = hostWithEngine();
  parts.state.open = false;
  const { stop } = follow(parts);
  parts.emitter.emit('consolidation', consolidation('written', '01'.repeat(16)));
  expect(titles()).toEqual([]);
  parts.state.open = true;
  parts.workspacesChanged();
  parts.workspacesChanged();
  parts.emitter.emit('consolidation', consolidation('written', '02'.repeat(16)));
  expect(titles()).toHaveLength(1);
  stop();
  parts.emitter.emit('consolidation', consolidation('written', '03'.repeat(16)));
  expect(titles()).toHaveLength(1);
});

const conflict = (path: string): Conflict =>
  ({ path, loser: `loser of ${path}`, state: 'open' }) as Partial<Conflict> as Conflict;

test('what comes to wait for a decision is told once and together, and leads to the inbox', async () => {
  const parts = hostWithEngine();
  parts.state.conflicts = [conflict('OLD.md')];
  const { clock, opened } = follow(parts);
  parts.state.held = [change('AGENTS.md', { stamp: 'a1' })];
  parts.emitter.emit('inbox', {});
  parts.state.conflicts = [...parts.state.conflicts, conflict('ROADMAP.md'), conflict('HANDOFF.md')];
  parts.emitter.emit('inbox', {});
  parts.emitter.emit('inbox', {});
  await clock.advance(limits.burstQuietMs);
  expect(told()).toMatchObject([
    {
      title: 'notes waits for your decision',
      body: 'Instructions from another device: AGENTS.md. Written in two places at once: ROADMAP.md and 1 more file.',
    },
  ]);
  told()[0]?.click();
  expect(opened).toEqual([{ workspace: 'w1', view: 'inbox' }]);
});

test('a decision that was made is no news, and nothing is told where notifications are off', async () => {
  const parts = hostWithEngine();
  parts.state.held = [change('AGENTS.md', { stamp: 'a1' })];
  const { clock } = follow(parts);
  parts.state.held = [];
  parts.emitter.emit('inbox', {});
  await clock.advance(limits.burstQuietMs);
  parts.state.notifications = 'off';
  parts.state.held = [change('AGENTS.md', { stamp: 'a2' })];
  parts.emitter.emit('inbox', {});
  await clock.advance(limits.burstQuietMs);
  expect(told()).toEqual([]);
});
