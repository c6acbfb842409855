/**
 * Indexes the notes of a PostgreSQL as its outbox tells (reference/003), until it is stopped. Polling finds all there is;
 * a notification only makes it look sooner. Whatever the server does meanwhile, the worker says it once and goes on when
 * it is back.
 */
import { randomUUID } from 'node:crypto';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, type Result } from '../../../shared/result.ts';
import { nodeCodec } from '../../adapters/node-codec.ts';
import { type OutboxConnection, outboxChannel } from '../../adapters/outbox-connection.ts';
import { createOutboxNotes } from '../../adapters/outbox-notes.ts';
import { createOutboxQueue, type OutboxQueue } from '../../adapters/outbox-queue.ts';
import { type OutboxStanding, readStandings } from '../../adapters/outbox-standing.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import type { Embedder } from '../../engine/knowledge/knowledge-ports.ts';
import type { Cancel, Clock, Log } from '../../engine/ports.ts';
import { type OutboxIndex, openOutboxIndex, removeFormer } from './outbox-index.ts';

/** `lately`: why the last note that this worker tried failed; undefined once one succeeds. */
export type WorkerProgress = { index: string; indexed: number; lately: Problem | undefined } & Pick<
  OutboxStanding,
  'notes' | 'behind' | 'failing' | 'dueInMs' | 'stuck'
>;

export type OutboxWorkerDeps = {
  connection: OutboxConnection;
  /** Where the index lies. */
  folder: string;
  embedder: Embedder;
  pollMs: number;
  log: Log;
  clock?: Clock;
  /** After each round that changed something, and now and then during a long one. */
  progressed(progress: WorkerProgress): void;
  /** The server fails, for a new reason; undefined when it is well again. */
  troubled(why: Problem | undefined): void;
};

export type OutboxWorker = {
  /** Works off what is due now. Fails as the server does. */
  once(): Promise<Result<WorkerProgress>>;
  /** Works until it is stopped. Fails only when it cannot even begin. */
  run(): Promise<Result<WorkerProgress>>;
  /** The note under way ends, or is given back when that takes long. */
  stop(): void;
  /** Call when nothing runs any more. */
  close(): Promise<void>;
};

/** Throws `ProblemError` when the folder cannot hold an index. */
export function createOutboxWorker(deps: OutboxWorkerDeps): OutboxWorker {
  const { connection, clock = systemClock } = deps;
  const bell = createBell(clock);
  let indexed = 0;
  let lately: Problem | undefined;
  let isStopped = false;
  const { log: whole } = deps;
  const log: Log = { ...whole, info: withoutProblems(whole.info), error: withoutProblems(whole.error) };
  const around = { folder: deps.folder, embedder: deps.embedder, log, progressed: tellNow };
  let queue = undefined as unknown as OutboxQueue;
  const index = openOutboxIndex(around, (queued) => {
    queue = createOutboxQueue({ ...queued, connection, worker: `skein-${randomUUID()}`, lost });
    return { notes: createOutboxNotes(connection, nodeCodec), hear: queue.hear, queue: counting(queue) };
  });
  let toldMs = clock.monotonicMs();

  /** At its start that may have been a power failure; later it is somebody else. */
  function lost(notes: number): void {
    log.warn(
      `Of the notes that were indexed, ${notes} went to another folder than ${deps.folder}: is a worker at a copy of this folder? They are indexed again. Stop it, delete the copy, and let each folder be made by its own worker.`,
    );
  }

  function counting(counted: OutboxQueue): OutboxQueue {
    return {
      ...counted,
      async finished(due, content) {
        await counted.finished(due, content);
        indexed += 1;
        lately = undefined;
      },
      async failed(due, why, times) {
        await counted.failed(due, why, times);
        lately = why;
      },
    };
  }

  /** Only now and then: counting what is left takes the server a moment. */
  function tellNow(): void {
    if (clock.monotonicMs() - toldMs < limits.outboxProgressMs) return;
    toldMs = clock.monotonicMs();
    void progress().then(deps.progressed, () => {});
  }

  async function progress(): Promise<WorkerProgress> {
    const [standing] = await readStandings(connection.query, index.name);
    const nothing = { notes: 0, behind: 0, failing: 0, dueInMs: Number.POSITIVE_INFINITY, stuck: [] };
    return { ...nothing, ...standing, index: index.name, indexed, lately };
  }

  async function round(): Promise<Result<WorkerProgress>> {
    const cancel = keepLease(queue, clock);
    try {
      await ended(index.indexer.catchUp());
      const failure = index.indexer.problem();
      if (failure !== undefined && !isStopped) return err(failure);
      if (isStopped) await queue.giveBack();
      const now = await progress();
      if (now.behind === 0) await serve(index, around, connection);
      return ok(now);
    } catch (cause) {
      if (cause instanceof ProblemError) return err(cause.problem);
      throw cause;
    } finally {
      cancel();
    }
  }

  /** Of one that is stopped the note under way is waited for a while. */
  async function ended(work: Promise<void>): Promise<void> {
    let cancel: Cancel | undefined = () => {};
    const late = bell.stopped.then(() => {
      if (cancel === undefined) return;
      return new Promise<void>((resolve) => {
        cancel = clock.after(limits.outboxStopMs, resolve);
      });
    });
    await Promise.race([work, late]);
    cancel?.();
    cancel = undefined;
  }

  async function run(): Promise<Result<WorkerProgress>> {
    let last = await round();
    if (!last.ok) return last;
    deps.progressed(last.value);
    let told: Problem | undefined;
    const retryMs = Math.min(deps.pollMs, limits.outboxPollMs);
    const waitMs = ({ dueInMs }: WorkerProgress) =>
      Math.min(deps.pollMs, Math.max(limits.knowledgeAgainMs, dueInMs));
    while (!isStopped) {
      const listening = await heedNotifications();
      await bell.wait(told === undefined ? waitMs(last.value) : retryMs);
      if (isStopped) break;
      const before: number = indexed;
      const next = listening.ok ? await round() : listening;
      const trouble: Problem | undefined = next.ok ? undefined : next.error;
      if (trouble?.code !== told?.code) deps.troubled(trouble);
      told = trouble;
      if (!next.ok) continue;
      last = next;
      if (indexed !== before) deps.progressed(last.value);
    }
    return ok({ ...last.value, indexed });
  }

  /** Before the wait, so that nothing that happens from now on is slept through. */
  async function heedNotifications(): Promise<Result<void>> {
    try {
      await connection.listen(outboxChannel, bell.ring);
      return ok(undefined);
    } catch (cause) {
      if (cause instanceof ProblemError) return err(cause.problem);
      throw cause;
    }
  }

  return {
    once: round,
    run,
    stop() {
      isStopped = true;
      index.indexer.stop();
      bell.stop();
    },
    async close() {
      await queue.giveBack().catch(() => {});
      await connection.close();
      index.close();
    },
  };
}

/** Whoever runs the worker is told of those by `troubled`, or by the round that failed. */
const withoutProblems =
  (say: Log['error']): Log['error'] =>
  (message, fields) => {
    if (fields?.['problem'] === undefined) say(message, fields);
  };

/** From then on this one is searched, and those of former models go, once nobody is at them. */
async function serve(
  index: OutboxIndex,
  around: Parameters<typeof removeFormer>[0],
  { query }: OutboxConnection,
): Promise<void> {
  if (!index.isComplete()) index.markComplete();
  for (const former of removeFormer(around))
    await query('DELETE FROM skein.indexes WHERE index_name = $1', [former]);
}

/** As long as somebody works on a note, nobody else takes it. */
function keepLease(queue: OutboxQueue, clock: Clock): Cancel {
  let cancel: Cancel = () => {};
  const renewLater = (): void => {
    cancel = clock.after(limits.outboxLeaseMs / 3, () => {
      // A server that is gone is noticed by the work itself.
      void queue.renew().catch(() => {});
      renewLater();
    });
  };
  renewLater();
  return () => cancel();
}

/** What a worker sleeps by: it wakes when its time is over, when somebody rings, or when it is to stop. */
function createBell(clock: Clock) {
  let wake: () => void = () => {};
  let isRung = false;
  const stopped = Promise.withResolvers<void>();
  const ring = (): void => {
    isRung = true;
    wake();
  };
  return {
    stopped: stopped.promise,
    ring,
    stop(): void {
      stopped.resolve();
      ring();
    },
    /** Somebody who rang before is not waited for. */
    async wait(ms: number): Promise<void> {
      const over = Promise.withResolvers<void>();
      const cancel = clock.after(ms, over.resolve);
      wake = over.resolve;
      if (isRung) over.resolve();
      await over.promise;
      cancel();
      isRung = false;
    },
  };
}
