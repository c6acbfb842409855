/**
 * The engine of one replica: watches, records, consolidates. One queue, one loop; everything external only
 * enqueues. See ARCHITECTURE.md, "The life of a change".
 */
import { limits } from '../../shared/limits.ts';
import { err, type Problem, problem, type Result } from '../../shared/result.ts';
import { isPaused, newCondition, readStatus } from './condition.ts';
import { createConsolidationWork } from './consolidation-work.ts';
import { type Core, createCore } from './core.ts';
import { createDiskWork } from './disk-work.ts';
import type { Engine, TrackedFile } from './engine-contract.ts';
import type { Answers, Command, EngineEvent } from './events.ts';
import { createGitWork } from './git-work.ts';
import {
  handleEvent,
  noteFailure,
  recorded,
  retryReports,
  settleWrites,
  tellStatus,
  type Works,
} from './handle-event.ts';
import { createLoop, type Loop, toProblem } from './loop.ts';
import type { EnginePorts } from './ports.ts';
import { heldChanges } from './replicate/inbox-commands.ts';
import { createReplicationWork } from './replicate/replication-work.ts';
import type { Replicator } from './replicate/replicator.ts';
import { type AskLoop, createReplication } from './replication.ts';
import { createTimers } from './timers.ts';

export type EngineOptions = {
  /** The replica's id. */
  id: string;
  name: string;
  folder: string;
  /** AUTOSYNC_ENABLED=0: commands work, nothing happens by itself. */
  disabled: boolean;
};

/** Opens the log at once, so queries work before `start`. Throws `ProblemError` when the database cannot be used. */
export function createEngine(ports: EnginePorts, options: EngineOptions): Engine {
  const { works, loop } = assemble(ports, options, () => replication);
  const { core, condition } = works;
  const replication = createReplication(core, ask as AskLoop);

  function ask<Name extends keyof Answers>(
    command: Command & { name: Name },
  ): Promise<Result<Answers[Name]>> {
    if (!condition.running) return Promise.resolve(err(stopping(options.name)));
    return new Promise((resolve) => {
      const reply = resolve as (answer: Result<Answers[Command['name']]>) => void;
      loop.push({ kind: 'command-given', command, reply });
    });
  }

  return {
    id: options.id,
    name: options.name,
    folder: options.folder,
    log: { ...core.reader, files: () => filesWithProblems(core) },
    on: core.emitter.on,
    status: works.status,
    settings: core.settings.view,
    changeSettings: (changes) => ask({ name: 'change-settings', changes }),
    scan: () => ask({ name: 'scan' }),
    consolidate: () => ask({ name: 'consolidate' }),
    undoConsolidation: (stamp) => ask({ name: 'undo', stamp }),
    restore: (path, version, agent) => ask({ name: 'restore', path, version, agent }),
    pause: async () => void (await ask({ name: 'pause' })),
    resume: async () => void (await ask({ name: 'resume' })),
    replication,
    conflicts: (state) => works.replication.inbox.list(state),
    resolveConflict: (request) => ask({ name: 'resolve-conflict', request }),
    heldChanges: () => heldChanges(core),
    decideHeld: (stamps, verdict) => ask({ name: 'decide-held', stamps, verdict }),
    keepAside: (versions) => ask({ name: 'keep-aside', versions }),
    async start() {
      await start(works, loop);
      if (condition.running) replication.start();
    },
    rest() {
      core.contents.forgetRecent();
      core.sql.exec('PRAGMA shrink_memory');
    },
    async stop() {
      replication.stop();
      await stop(works, loop, options.name);
    },
  };
}

/** What keeps a file from being recorded as it stands lives with the scan; the log knows its last good state. */
function filesWithProblems({ reader, looker }: Core): TrackedFile[] {
  const problems = looker.problems();
  return reader.files().map((file) => ({ ...file, problem: problems.get(file.path) ?? null }));
}

/** Makes the parts and ties each to the loop: they only ever enqueue. */
function assemble(
  ports: EnginePorts,
  options: EngineOptions,
  peers: () => Replicator,
): { works: Works; loop: Loop<EngineEvent> } {
  const core = createCore(ports, () => timers.once('settle', 0, { kind: 'settle-due' }));
  const condition = newCondition(options.disabled);
  const loop = createLoop<EngineEvent>(
    (event) => handleEvent(works, event),
    (event, failure) => noteFailure(works, event, failure),
  );
  const timers = createTimers(core.clock, loop.push);
  const disk = createDiskWork({
    core,
    condition,
    lookLater: (path, delayMs) => timers.once(`look ${path}`, delayMs, { kind: 'look-due', path }),
    prepared: (version) => loop.push({ kind: 'version-prepared', version }),
    scanSoon: () => timers.once('scan soon', 0, { kind: 'scan-due', everywhere: true }),
    settingsChanged: () => core.emitter.emit('settings', {}),
    recordedSome: () => peers().wake(),
  });
  const consolidation = createConsolidationWork({
    core,
    recordDisk: disk.recordDisk,
    retryLater: (failure) => retryReports(works, failure),
    recorded: (changes) => recorded(works, changes),
  });
  const replication = createReplicationWork({
    core,
    recordDisk: disk.recordDisk,
    retryLater: () => timers.atLatest('settle', settleAgainMs, { kind: 'settle-due' }),
    settleAfterPages: () => timers.once('settle', settleAgainMs, { kind: 'settle-due' }),
    heldUp(why) {
      const isNews = condition.heldUp?.message !== why?.message;
      condition.heldUp = why;
      if (isNews) tellStatus(works);
    },
  });
  const works: Works = {
    core,
    condition,
    disk,
    consolidation,
    timers,
    replication,
    wakePeers: () => peers().wake(),
    relay: () => peers().relay(),
    git: createGitWork(core, (findings) => loop.push({ kind: 'git-answered', findings })),
    status: () => readStatus(core, condition),
    switchTo: (on) => switchTo(works, loop, on),
  };
  return { works, loop };
}

/** Resolves when the first scan is through: from then on the log equals the disk. */
async function start(works: Works, loop: Loop<EngineEvent>): Promise<void> {
  const { core, condition } = works;
  condition.running = true;
  await loop.begin(async () => {
    await core.settings.reload();
    await settleWrites(works);
  });
  if (!condition.running) return;
  works.switchTo(!condition.disabled && !isPaused(core));
  await loop.idle();
  // A file written a moment ago settles first: "watching" means that the log holds what was there.
  while (condition.running && works.disk.isSettling()) {
    await new Promise<void>((done) => core.clock.after(limits.settleWholeMs, done));
    await loop.idle();
  }
  condition.starting = false;
  tellStatus(works);
}

async function stop(works: Works, loop: Loop<EngineEvent>, name: string): Promise<void> {
  works.condition.running = false;
  works.timers.clear();
  works.disk.stopWatching();
  works.git.stop();
  for (const event of await loop.stop()) {
    if (event.kind === 'command-given') event.reply(err(stopping(name)));
  }
  await recordTheRest(works);
}

/** What had settled before the stop is recorded, though the disk may hold something else by the next start. */
async function recordTheRest({ core, disk, timers }: Works): Promise<void> {
  try {
    const changes = await disk.recordAllPrepared();
    if (changes.length > 0) core.emitter.emit('changes', { changes });
  } catch (failure) {
    core.log.error('A large version could not be recorded', { problem: toProblem(failure).message });
  }
  timers.clear();
  keepMark(core);
}

/** So that even who never told anybody is told when the log was put back. */
function keepMark({ mark, log }: Core): void {
  try {
    mark.tell();
  } catch (failure) {
    log.warn('The mark of the log could not be kept', { problem: toProblem(failure).message });
  }
}

function switchTo(works: Works, loop: Loop<EngineEvent>, on: boolean): void {
  works.timers.clear();
  works.disk.stopWatching();
  works.git.unfollow();
  if (!on) return;
  works.git.follow(() => works.timers.atLatest('git', gitQuietMs, { kind: 'git-due' }));
  works.disk.startWatching((hint) => {
    if (hint.path === '.git') works.git.look();
    else if (works.disk.hint(hint)) loop.push({ kind: 'disk-hinted' });
  });
  loop.push({ kind: 'scan-due', everywhere: true });
  loop.push({ kind: 'settle-due' });
  works.timers.daily();
}

/** Milliseconds until a file that could not be brought forward is tried again. */
const settleAgainMs = 5_000;
/** Milliseconds from the first sign of a commit until git is asked: a commit touches several files. */
const gitQuietMs = 300;

const stopping = (name: string): Problem =>
  problem(
    'stopping',
    name,
    `Skein is stopping and takes no more commands for ${name}.`,
    'Start Skein again.',
  );
