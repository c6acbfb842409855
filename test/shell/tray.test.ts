import * as electron from 'electron';
import { beforeEach, expect, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { OpenWorkspace } from '../../electron/host/host-contract.ts';
import type { Repositories } from '../../electron/host/repositories.ts';
import type { RepositoryWork } from '../../electron/host/repository-work.ts';
import { obeyTray } from '../../electron/shell/commands.ts';
import { showTray } from '../../electron/shell/tray.ts';
import type { TrayCommand } from '../../electron/shell/tray-view.ts';
import type { ChangedEvent, Topic } from '../../shared/contracts/events.ts';
import type { GitOutcomeJson, GitStateJson } from '../../shared/contracts/git-api.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createTinyPeers, tinyDevice } from '../support/tiny-peers.ts';
import { installProbe, type Probe } from './probe.ts';

const probe = () => (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;
beforeEach(() => installProbe(electron));

const pulled: GitOutcomeJson = {
  success: true,
  message: 'Pulled 2 commits from origin/main',
  problem: null,
  head: null,
  paths: [],
  left: [],
  pushed: false,
  aside: [],
};

function hostWith(parts: { state?: string; name?: string; remote?: string } = {}) {
  const facts = { state: parts.state ?? 'watching', pending: 0, trackedFiles: 3, problems: [] };
  const asked: string[] = [];
  const engine = {
    status: () => facts,
    pause: async () => void asked.push('pause'),
    resume: async () => void asked.push('resume'),
    consolidate: async () => {
      asked.push('consolidate');
      return ok({});
    },
    conflicts: () => [],
    heldChanges: () => [],
  } as unknown as Engine;
  const work = { pull: async (): Promise<Result<GitOutcomeJson>> => ok(pulled) };
  const repositories: Repositories = {
    of: async () => ok(work as unknown as RepositoryWork),
    state: async () => ok({ remote_address: parts.remote ?? null } as GitStateJson),
  };
  const name = parts.name ?? 'notes';
  const workspace: OpenWorkspace = {
    id: 'w1',
    name,
    folder: '/notes',
    workspace: null,
    engine,
    problem: null,
  };
  const listeners = new Set<(event: ChangedEvent) => void>();
  const host = {
    workspaces: () => [workspace],
    peers: createTinyPeers(),
    repositories,
    onChanged: (it: (event: ChangedEvent) => void) => {
      listeners.add(it);
      return () => listeners.delete(it);
    },
  };
  const changed = (topics: Topic[] = ['status']) =>
    listeners.forEach((it) => void it({ workspace: 'w1', topics }));
  return { host, facts, asked, engine, work, repositories, changed };
}

function show(host: ReturnType<typeof hostWith>['host'], platform: NodeJS.Platform = 'linux') {
  const clock = createFakeClock();
  const commands: TrayCommand[] = [];
  const hide = showTray({
    host,
    clock,
    platform,
    iconFolder: '/icons',
    obey: (it) => void commands.push(it),
  });
  return { clock, commands, hide };
}

test('several changes draw the tray once, a moment later', async () => {
  const { host, facts, changed } = hostWith();
  const { clock } = show(host);
  expect(probe().tooltip).toBe('Skein: watching 3 files');
  const first = probe().menu;
  facts.pending = 2;
  changed();
  facts.pending = 4;
  changed();
  expect(probe().menu).toBe(first);
  await clock.advance(1_000);
  expect(probe().tooltip).toBe('Skein: 4 changes pending');
  expect(probe().icon).toBe('pending-large.png');
});

test('a menu that says the same stays, because replacing it would close it', async () => {
  const { host, changed } = hostWith();
  const { clock } = show(host);
  const first = probe().menu;
  changed();
  await clock.advance(1_000);
  expect(probe().menu).toBe(first);
});

test('a tray that is taken away draws no more', async () => {
  const { host, facts, changed } = hostWith();
  const { clock, hide } = show(host);
  changed();
  hide();
  facts.pending = 1;
  await clock.advance(1_000);
  expect(probe().tooltip).toBe('Skein: watching 3 files');
});

test.each<[NodeJS.Platform, string]>([
  ['darwin', 'watchingTemplate.png'],
  ['win32', 'watching.png'],
  ['linux', 'watching-large.png'],
])('%s gets its own image', (platform, image) => {
  show(hostWith().host, platform);
  expect(probe().icon).toBe(image);
});

test('an ampersand in a name is no key', () => {
  const { host } = hostWith({ name: 'a & b' });
  const twice = { ...host, workspaces: () => [...host.workspaces(), { ...host.workspaces()[0]!, id: 'w2' }] };
  show(twice);
  expect(probe().menu.map(({ label }) => label)).toContain('a && b');
});

test('choosing an item gives its command', () => {
  const { commands } = show(hostWith().host);
  probe()
    .menu.find(({ label }) => label === 'Pause')
    ?.click();
  probe()
    .menu.find(({ label }) => label === 'Quit')
    ?.click();
  expect(commands).toEqual([{ kind: 'pause', workspaces: ['w1'] }, { kind: 'quit' }]);
});

function obeying(parts: ReturnType<typeof hostWith>) {
  const seen: unknown[] = [];
  const obey = (command: TrayCommand) =>
    obeyTray(
      {
        host: parts.host,
        log: { info: () => {}, warn: () => {}, error: (message) => void seen.push(message) },
        show: (destination) => void seen.push(['show', destination]),
        quit: () => void seen.push('quit'),
        tellFailure: (title, it) => void seen.push([title, it.message]),
        tellDone: (title, body) => void seen.push([title, body]),
      },
      command,
    );
  return { obey, seen };
}

test('commands reach the workspaces that they name, and no others', async () => {
  const parts = hostWith();
  const { obey, seen } = obeying(parts);
  await obey({ kind: 'consolidate', workspaces: ['w1'] });
  await obey({ kind: 'pause', workspaces: ['w1', 'gone'] });
  await obey({ kind: 'resume', workspaces: ['other'] });
  await obey({ kind: 'open' });
  await obey({ kind: 'open', workspace: 'w1' });
  await obey({ kind: 'open', workspace: 'w1', view: 'inbox' });
  await obey({ kind: 'quit' });
  expect(parts.asked).toEqual(['consolidate', 'pause']);
  expect(seen).toEqual([
    ['show', undefined],
    ['show', { workspace: 'w1', view: 'overview' }],
    ['show', { workspace: 'w1', view: 'inbox' }],
    'quit',
  ]);
});

test('a consolidation that fails is told; that nothing was pending is no failure', async () => {
  const parts = hostWith();
  const { obey, seen } = obeying(parts);
  const full = problem('disk-full', '/notes', 'The disk is full.', 'Make room.');
  parts.engine.consolidate = async () => err(full);
  await obey({ kind: 'consolidate', workspaces: ['w1'] });
  parts.engine.consolidate = async () => err({ ...full, code: 'nothing-pending' });
  await obey({ kind: 'consolidate', workspaces: ['w1'] });
  parts.engine.consolidate = async () => {
    throw new Error('broken');
  };
  await obey({ kind: 'consolidate', workspaces: ['w1'] });
  expect(seen).toEqual([
    ['notes was not consolidated', 'The disk is full.'],
    'A command of the tray failed.',
  ]);
});

test('a sync that reaches all says nothing; those that it did not reach are told once', async () => {
  const parts = hostWith();
  const { obey, seen } = obeying(parts);
  await obey({ kind: 'sync' });
  expect(seen).toEqual([]);
  const away = problem('peer-unreachable', 'desk', 'desk does not answer.', 'It is asked again.');
  const result = (name: string, it: typeof away | null) => ({
    peer: tinyDevice('B'),
    name,
    workspace: '0'.repeat(32),
    pulled: 0,
    pushed: 0,
    conflicts: 0,
    duration_ms: 1,
    problem: it,
  });
  parts.host.peers.sync = async () => ok([result('desk', away), result('lap', null), result('hub', away)]);
  await obey({ kind: 'sync' });
  parts.host.peers.sync = async () => err(away);
  await obey({ kind: 'sync' });
  parts.host.peers.sync = async () => {
    throw new Error('broken');
  };
  await obey({ kind: 'sync' });
  expect(seen).toEqual([
    ['No exchange with desk, hub', 'desk does not answer.'],
    ['Nothing was exchanged', 'desk does not answer.'],
    'A command of the tray failed.',
  ]);
});

const labels = () => probe().menu.map(({ label }) => label);
const patience = { timeout: 10_000, interval: 5 };

test('"Pull from git" is there for a workspace with a remote, and comes and goes with that', async () => {
  const parts = hostWith({ remote: 'https://example.org/site.git' });
  const { commands } = show(parts.host);
  await expect.poll(labels, patience).toContain('Pull from git');
  probe()
    .menu.find(({ label }) => label === 'Pull from git')
    ?.click();
  expect(commands).toEqual([{ kind: 'pull', workspaces: ['w1'] }]);
  parts.repositories.state = async () => ok({ remote_address: null } as GitStateJson);
  parts.changed(['settings']);
  await expect.poll(labels, patience).not.toContain('Pull from git');
});

test('what a pull came to is told either way', async () => {
  const parts = hostWith();
  const { obey, seen } = obeying(parts);
  await obey({ kind: 'pull', workspaces: ['w1'] });
  const conflict = problem('merge-conflict', '/notes', 'Merge conflict during pull', 'Merge by hand.');
  parts.work.pull = async () =>
    ok({ ...pulled, success: false, message: conflict.message, problem: conflict });
  await obey({ kind: 'pull', workspaces: ['w1'] });
  parts.work.pull = async () => err(problem('git-busy', '/notes', 'Skein is in the middle of a push.', ''));
  await obey({ kind: 'pull', workspaces: ['w1'] });
  parts.repositories.of = async () => err(problem('not-found', '/notes', 'There is no repository.', ''));
  await obey({ kind: 'pull', workspaces: ['w1'] });
  expect(seen).toEqual([
    ['notes', 'Pulled 2 commits from origin/main'],
    ['notes was not pulled', 'Merge conflict during pull'],
    ['notes was not pulled', 'Skein is in the middle of a push.'],
    ['notes was not pulled', 'There is no repository.'],
  ]);
});
