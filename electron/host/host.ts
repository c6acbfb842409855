/** The running Skein: what is open, what it remembers, and what it tells. Composes everything but the servers. */
import { homedir } from 'node:os';
import type { Topic } from '../../shared/contracts/events.ts';
import { appSettingsShape } from '../../shared/contracts/shapes.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Clock } from '../engine/ports.ts';
import { type ChangedEvents, createChangedEvents } from './changed-events.ts';
import { prepareDataFolder } from './data-folder.ts';
import { type GitTokens, headless, openGitTokens } from './git-tokens.ts';
import type { Host, OpenWorkspace } from './host-contract.ts';
import type { HostOptions } from './host-options.ts';
import {
  badSettings,
  type HostSettings,
  openHostSettings,
  type SettingsStore,
  withRecent,
} from './host-settings.ts';
import type { IndexExchangeOfHost } from './knowledge/exchange/exchange-contract.ts';
import { openIndexExchange } from './knowledge/exchange/open-exchange.ts';
import { type OpenedKnowledge, openKnowledge } from './knowledge/open-knowledge.ts';
import { createLocalReplicas } from './local-replicas.ts';
import { createLocks, type LocksOfHost } from './locks.ts';
import { createMemoryKeeper, type MemoryKeeper } from './memory-keeper.ts';
import { createOpenWorkspaces, type OpenWorkspaces } from './open-workspaces.ts';
import type { Tell } from './opened-workspace.ts';
import { openPeers, type PeersOfHost } from './peers/peers.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createRepositories, type RepositoriesOfHost } from './repositories.ts';
import { makeSample, playSampleEdits } from './sample.ts';
import { examineFolder, type WorkspaceFolder } from './workspace-folder.ts';

type Parts = OpenedKnowledge & {
  options: HostOptions;
  clock: Clock;
  homeFolder: string;
  settings: SettingsStore;
  events: ChangedEvents;
  workspaces: OpenWorkspaces;
  peers: PeersOfHost;
  replicas: Replicas;
  locks: LocksOfHost;
  repositories: RepositoriesOfHost;
  gitTokens: GitTokens;
  indexExchange: IndexExchangeOfHost | undefined;
  /** What plays in samples, by workspace. */
  playing: Map<string, () => Promise<void>>;
  memory: MemoryKeeper | undefined;
  stopping: boolean;
};

/**
 * Makes the host of one data folder. Resolves when what was open is listed; first scans go on meanwhile.
 * Fails as `prepareDataFolder` does.
 */
export async function createHost(options: HostOptions): Promise<Result<Host>> {
  const prepared = await prepareDataFolder(options.dataFolder);
  if (!prepared.ok) return prepared;
  const parts = await assemble(options);
  if (!parts.ok) return parts;
  if (options.reopen ?? true) await reopenAll(parts.value);
  return ok(toHost(parts.value));
}

async function assemble(options: HostOptions): Promise<Result<Parts>> {
  const { dataFolder, log, env, clock = systemClock } = options;
  const events = createChangedEvents(clock, log);
  const disabled = env['AUTOSYNC_ENABLED'] === '0';
  let peers: PeersOfHost | undefined;
  const tell: Tell = (workspace, topics) => {
    events.tell(workspace, topics);
    if (workspace !== null) tellReplicas(workspace, topics);
    if (workspace !== null && topics.some((it) => it === 'changes' || it === 'files' || it === 'settings'))
      knowledges.wake(workspace);
    if (workspace !== null && topics.includes('consolidations')) repositories.consolidated(workspace);
    if (!topics.includes('workspaces')) return;
    for (const part of [local, locks, repositories, knowledges, peers]) part?.reconcile();
  };
  /** What one replica keeps back, the others show. */
  const tellReplicas = (id: string, topics: readonly Topic[]) => {
    if (!topics.includes('changes') && !topics.includes('settings')) return;
    if (topics.includes('settings')) local.wake(id);
    for (const other of local.linkedWith(id)) events.tell(other, ['peers']);
  };
  const local = createLocalReplicas(() => workspaces.list());
  const workspaces = createOpenWorkspaces({ dataFolder, clock, log, disabled, tell });
  const locks = createLocks({
    clock,
    log,
    workspaces: workspaces.list,
    changed: (ids) => {
      for (const id of ids) events.tell(id, ['lock']);
    },
  });
  const gitTokens = openGitTokens({
    ...options,
    choice: options.keychain ?? headless,
    changed: () => events.tell(null, ['app-settings']),
  });
  const repositories = createRepositories({
    ...options,
    credentials: gitTokens,
    clock,
    workspaces: workspaces.list,
    changed: (id) => events.tell(id, ['git']),
  });
  const settings = await openHostSettings(dataFolder, { log, nowMs: clock.nowMs() });
  const { embedder, knowledges } = await openKnowledge({
    ...options,
    clock,
    settings,
    peers: () => peers,
    workspaces: workspaces.list,
    changed: (id) => events.tell(id, id === null ? ['app-settings', 'knowledge'] : ['knowledge']),
    rested: () => memory?.busy(),
    isActive: (options.index ?? true) && !disabled,
  });
  const memory =
    options.memory === undefined
      ? undefined
      : createMemoryKeeper(clock, options.memory, () => {
          for (const { engine } of workspaces.list()) engine?.rest();
        });
  const opened = await openPeers({
    ...options,
    clock,
    workspaces: workspaces.list,
    changed: () => tell(null, ['peers']),
    listen: options.listenForPeers,
    giveEmbeddings: knowledges.give,
    exchanging: knowledges.giveWay,
    chosenPort: options.peerPort,
    alwaysListen: options.alwaysListen === true,
    isActive: options.exchange ?? true,
  });
  if (!opened.ok) return opened;
  peers = opened.value;
  events.on(({ topics }) => {
    memory?.busy();
    if (topics.includes('peers') || topics.includes('changes')) peers?.noteLag();
    if (topics.includes('peers')) knowledges.replan();
  });
  const homeFolder = env['HOME'] || env['USERPROFILE'] || homedir();
  const around = { dataFolder, homeFolder, workspaces: workspaces.list, settings };
  return ok({
    options,
    clock,
    homeFolder,
    settings,
    events,
    workspaces,
    peers,
    replicas: createReplicas({ ...around, changed: () => events.tell(null, ['workspaces']) }),
    locks,
    repositories,
    gitTokens,
    embedder,
    knowledges,
    indexExchange: openIndexExchange({
      ...options,
      clock,
      changed: () => events.tell(null, ['knowledge']),
      isActive: (options.exchange ?? true) && !disabled,
    }),
    playing: new Map(),
    memory,
    stopping: false,
  });
}

function toHost(parts: Parts): Host {
  const { options, settings, events, workspaces } = parts;
  return {
    version: options.version,
    dataFolder: options.dataFolder,
    workspaces: () => workspaces.list(),
    recent: () => settings.current().recent.map(({ folder, name }) => ({ folder, name })),
    open: (folder) => openFolder(parts, folder),
    openSample: () => openSample(parts),
    close: (id) => close(parts, id),
    peers: parts.peers,
    replicas: parts.replicas,
    locks: parts.locks,
    repositories: parts.repositories,
    gitTokens: parts.gitTokens,
    embedder: parts.embedder,
    knowledges: parts.knowledges,
    indexExchange: parts.indexExchange,
    appSettings: () => settings.current().app,
    changeAppSettings: (changes) => changeAppSettings(parts, changes),
    onChanged: events.on,
    stop: () => stop(parts),
  };
}

async function openFolder(parts: Parts, wanted: string): Promise<Result<OpenWorkspace>> {
  const { workspaces, options, homeFolder } = parts;
  const found = await examineFolder(wanted, { dataFolder: options.dataFolder, homeFolder });
  if (!found.ok) return found;
  const refusal = refuse(parts, found.value);
  if (refusal !== undefined) return err(refusal);
  const opened = workspaces.open(found.value);
  await opened.listed;
  await remember(parts, found.value);
  await opened.started;
  return ok(opened.current());
}

function refuse({ stopping, workspaces }: Parts, { id, folder }: WorkspaceFolder): Problem | undefined {
  if (stopping)
    return problem('stopping', folder, 'Skein is stopping.', 'Start it again, then open the folder.');
  if (workspaces.has(id) || workspaces.count() < limits.openWorkspaces) return undefined;
  return problem(
    'too-large',
    folder,
    `${limits.openWorkspaces} workspaces are open, which is the most that Skein keeps open at once.`,
    'Close one that you do not need now; its history stays.',
  );
}

/** In the order of last time. A folder that is missing now, on a disk not connected say, stays in the list. */
async function reopenAll(parts: Parts): Promise<void> {
  const { workspaces, settings, options, homeFolder } = parts;
  const around = { dataFolder: options.dataFolder, homeFolder };
  const known = settings.current().open;
  const examined = await Promise.all(known.map(({ folder }) => examineFolder(folder, around)));
  const listed = known.map(({ id, folder, name }, index) => {
    const found = examined[index];
    if (found?.ok === false) return workspaces.keep({ id, folder, name, problem: found.error });
    if (found?.ok && refuse(parts, found.value) === undefined) return workspaces.open(found.value).listed;
    return undefined;
  });
  await Promise.all(listed);
}

async function openSample(parts: Parts): Promise<Result<OpenWorkspace>> {
  const { options, playing, clock } = parts;
  const made = await makeSample(options.dataFolder, options);
  if (!made.ok) return made;
  const opened = await openFolder(parts, made.value);
  if (opened.ok && opened.value.engine !== undefined) {
    playing.set(opened.value.id, playSampleEdits(made.value, { clock, log: options.log, env: options.env }));
  }
  return opened;
}

async function close(parts: Parts, id: string): Promise<boolean> {
  await parts.playing.get(id)?.();
  parts.playing.delete(id);
  const closed = await parts.workspaces.close(id);
  if (closed)
    await changeSettings(parts, (it) => ({ ...it, open: it.open.filter((entry) => entry.id !== id) }));
  return closed;
}

function remember(parts: Parts, { id, folder, name }: WorkspaceFolder): Promise<void> {
  return changeSettings(parts, (it) => ({
    ...it,
    open: it.open.some((entry) => entry.id === id) ? it.open : [...it.open, { id, folder, name }],
    recent: withRecent(it.recent, { id, folder, name }),
  }));
}

/** What cannot be remembered still works now, so this is said and no more. */
async function changeSettings(parts: Parts, update: (it: HostSettings) => HostSettings): Promise<void> {
  const written = await parts.settings.change(update);
  if (!written.ok) parts.options.log.warn(`${written.error.message} ${written.error.advice}`);
}

async function changeAppSettings(
  { settings, events }: Parts,
  changes: Partial<HostSettings['app']>,
): Promise<Result<HostSettings['app']>> {
  const valid = appSettingsShape.partial().safeParse(changes);
  if (!valid.success) return err(badSettings(valid.error.issues[0]?.message ?? ''));
  const given = Object.fromEntries(Object.entries(valid.data).filter(([, value]) => value !== undefined));
  const written = await settings.change((it) => ({ ...it, app: { ...it.app, ...given } }));
  if (!written.ok) return written;
  events.tell(null, ['app-settings']);
  return ok(written.value.app);
}

async function stop(parts: Parts): Promise<void> {
  parts.stopping = true;
  await Promise.all([...parts.playing.values()].map((stopPlaying) => stopPlaying()));
  parts.playing.clear();
  parts.events.stop();
  parts.locks.stop();
  parts.repositories.stop();
  await parts.indexExchange?.stop();
  await parts.knowledges.stop();
  // Threads that end are its last news.
  parts.memory?.stop();
  await parts.peers.stop();
  await parts.workspaces.closeAll();
  await parts.settings.settle();
}
