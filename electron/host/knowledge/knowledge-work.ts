/** The knowledge of one replica: opens its log for reading and its index, keeps the index up, and answers. */

import { chunkerVersion } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, ProblemError, problem, type Result } from '../../../shared/result.ts';
import { openSql } from '../../adapters/better-sqlite.ts';
import { openCodeIndex } from '../../adapters/code-index.ts';
import { nodeCodec } from '../../adapters/node-codec.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import { createComplaint } from '../../engine/knowledge/complaint.ts';
import { type KeptEmbedding, readEmbeddings } from '../../engine/knowledge/kept-embeddings.ts';
import type {
  Embedder,
  EmbeddingQuestion,
  SharedEmbeddings,
} from '../../engine/knowledge/knowledge-ports.ts';
import { createLogCatalogue, createLogNotes } from '../../engine/knowledge/log-notes.ts';
import { type SearchDeps, searchPassages, similarPassages } from '../../engine/knowledge/search.ts';
import { onlyOfTracked, onlyTracked } from '../../engine/knowledge/tracked-notes.ts';
import { createContentStore } from '../../engine/log/content-store.ts';
import type { Cancel, Clock, Log, Sql } from '../../engine/ports.ts';
import {
  type Generation,
  type Generations,
  type GenerationsDeps,
  makingOf,
  openGenerations,
} from './generations.ts';
import type { Found, Knowledge, KnowledgePlaces, KnowledgeState, StoreState } from './knowledge-contract.ts';
import { listNotes, nextTryMs, readState, readStore } from './knowledge-state.ts';
import { openEmbedder, openFormerEmbedder } from './open-embedder.ts';
import { notesSelectedBy } from './selected-notes.ts';
import { openStore } from './store/open-store.ts';
import { createPatterns } from './tracked-patterns.ts';

export type KnowledgeWork = Knowledge & {
  /** Which files are tracked from now on; undefined means all that the log knows. */
  follow(settings: Settings | undefined): void;
  close(): Promise<void>;
};

export type KnowledgeWorkDeps = KnowledgePlaces & {
  log: Log;
  /** Other devices that may have vectors of the same texts. */
  shared?: SharedEmbeddings | undefined;
  changed(): void;
  /** Called at once when an index is to be made, or to be gone on with. */
  unfinished?(): void;
  /** Between two notes, and two askings of the embedder. */
  pause(): Promise<void>;
  clock?: Clock;
  env?: NodeJS.ProcessEnv;
};

/** Throws `ProblemError` when the log or the index cannot be used. */
export function openKnowledgeWork(deps: KnowledgeWorkDeps): KnowledgeWork {
  const { clock = systemClock, log, changed, plan, env = process.env } = deps;
  const stopping = new AbortController();
  const { embedder, embeds } = openEmbedder(plan, { clock, signal: stopping.signal });
  const store = openStore(deps.store, { env, making: shortName(embedder) });
  const logSql = openSql(deps.logFile, { readonly: true });
  const patterns = createPatterns();
  const catalogue = onlyOfTracked(createLogCatalogue(logSql), patterns.isTracked);
  const generations = openOver(logSql, {
    folder: deps.folder,
    openSql: (file) => openSql(file, { whenDamaged }),
    log,
    formerly: (model) => openFormerEmbedder(model, notYet),
    indexer: {
      source: onlyTracked(createLogNotes(logSql, createContentStore(logSql, nodeCodec)), patterns.isTracked),
      embedder,
      embeds,
      store,
      shared: deps.shared,
      shares: notesSelectedBy(deps.store.only),
      codec: nodeCodec,
      openCodes: openCodeIndex,
      clock,
      random: systemRandom,
      log,
      progressed: changed,
      pause: deps.pause,
    },
  });
  if (generations.building() !== undefined) deps.unfinished?.();
  const search = async (): Promise<SearchDeps> => {
    const { passages, nearest, learner, isComplete, hear } = generations.serving();
    // It may have been made a moment ago: the answer says how much is not in it yet.
    if (!isComplete()) await hear();
    return { passages, nearest, catalogue, embedQuery: learner.embedQuery };
  };
  const found = (passages: Result<Omit<Found, 'behind'>>): Result<Found> =>
    passages.ok ? ok({ ...passages.value, behind: generations.serving().queue.behind() }) : passages;
  const tasks = createTasks({ generations, embedder, clock, log });
  const storeState = (): StoreState =>
    readStore(generations, { ...deps.store, env, place: store?.place ?? null });
  const state = (): KnowledgeState =>
    readState(generations, { clock, embedder, embeds, plan, store: storeState() });

  return {
    follow: patterns.follow,
    search: async (request) => found(await searchPassages(await search(), request)),
    similar: async (place) => found(await similarPassages(await search(), place)),
    state: async () => ok(state()),
    notes: async () => ok(listNotes(generations, { embeds, plan })),
    async retry(note) {
      const indexes = new Set([generations.serving(), generations.building()]);
      generations.feed()?.retry();
      const retried = [...indexes].map((it) => it?.retry(note) ?? 0);
      return ok(Math.max(...retried));
    },
    async rebuild() {
      generations.rebuild();
      try {
        return ok(state());
      } catch (cause) {
        if (!isDamage(cause)) throw cause;
        generations.abandon();
        return ok(state());
      }
    },
    async catchUp() {
      await tasks.catchUp();
      return ok(undefined);
    },
    async catchUpServing() {
      await tasks.catchUpServing();
      return ok(undefined);
    },
    async feed() {
      await generations.feed()?.run();
      return ok(undefined);
    },
    async checkStore() {
      await generations.feed()?.check();
      return ok(storeState());
    },
    embeddings: async (question) => ok(embeddingsIn(generations, question)),
    async close() {
      stopping.abort();
      generations.feed()?.stop();
      await Promise.all([tasks.stop(), store?.close()]);
      generations.close();
      logSql.close();
    },
  };
}

const isDamage = (cause: unknown): boolean =>
  cause instanceof ProblemError && cause.problem.code === 'database-corrupt';

const whenDamaged =
  'The notes are untouched: make the index anew with `skein knowledge rebuild`, or on the Knowledge page.';

/** Gives the log back when the indexes cannot be opened. */
function openOver(logSql: Sql, deps: GenerationsDeps): Generations {
  try {
    return openGenerations(deps);
  } catch (cause) {
    logSql.close();
    throw cause;
  }
}

/** In the index that serves and in the one that is being made, as far as they are of that model. */
function embeddingsIn(generations: Generations, question: EmbeddingQuestion): KeptEmbedding[] {
  const making = makingOf(question.model);
  const indexes = new Set([generations.serving(), generations.building()]);
  const found = [...indexes].flatMap((it) => (it?.making === making ? readEmbeddings(it.sql, question) : []));
  return [...new Map(found.map((it) => [it.hash, it])).values()];
}

type TaskDeps = { generations: Generations; embedder: Embedder; clock: Clock; log: Log };

/** Keeps the indexes up, the one that serves while another is made; what failed is tried again when its time has come. */
function createTasks({ generations, embedder, clock, log }: TaskDeps) {
  const index = createComplaint(log, 'The upkeep of the knowledge index');
  const store = createComplaint(log, 'The feeding of the vector store');
  let cancel: Cancel = () => {};
  let isStopped = false;
  let making: Promise<void> | undefined;
  const running = new Set<Promise<void>>();

  async function bringUp(): Promise<void> {
    let served: Generation;
    do {
      served = generations.serving();
      await served.indexer.catchUp();
      if (isStopped) return;
      // What is made hears the same news, also when it is at work already.
      void generations.building()?.indexer.catchUp();
      making ??= make().finally(() => {
        making = undefined;
      });
      await making;
    } while (served !== generations.serving() && !isStopped);
    if (isStopped) return;
    // First, since what comes now may fail on a full disk, too.
    plan();
    if (served.indexer.problem() === undefined) served.prune(clock.nowMs());
    generations.feed()?.run().then(store.over, store.met);
  }

  async function make(): Promise<void> {
    for (let next = generations.building(); next !== undefined && !isStopped; next = generations.building()) {
      await next.indexer.catchUp();
      const isReady = next === generations.building() && (await canServe(next, embedder));
      // The one that goes must not be at work.
      while (!isStopped && generations.serving().indexer.isBusy())
        await generations.serving().indexer.catchUp();
      // Another one may have been begun meanwhile.
      if (next !== generations.building()) continue;
      if (isStopped || !isReady) return;
      generations.install();
    }
  }

  function plan(): void {
    cancel();
    const dueMs = nextTryMs(generations);
    if (dueMs === null || isStopped) return;
    // What is due still could not even be noted as failed, on a full disk say.
    const waitMs = Math.max(limits.knowledgeAgainMs, dueMs - clock.nowMs());
    cancel = clock.after(waitMs, () => void catchUp().then(index.over, index.met));
  }

  async function bringUpServing(): Promise<void> {
    // The first one serves already while it is made.
    if (generations.serving() === generations.building()) return bringUp();
    await generations.serving().indexer.catchUp();
    if (!isStopped) generations.feed()?.run().then(store.over, store.met);
  }

  async function takeTurn(work: () => Promise<void>): Promise<void> {
    const turn = isStopped ? Promise.resolve() : work();
    running.add(turn);
    try {
      await turn;
    } finally {
      running.delete(turn);
    }
  }

  const catchUp = (): Promise<void> => takeTurn(bringUp);

  return {
    catchUp,
    catchUpServing: () => takeTurn(bringUpServing),
    async stop() {
      isStopped = true;
      cancel();
      generations.serving().indexer.stop();
      generations.building()?.indexer.stop();
      await Promise.allSettled(running);
    },
  };
}

/**
 * Stuck notes do not count: they may fail for ever, and are found by their words. But where nothing answers, all of them
 * are stuck, and the old index is the better one.
 */
async function canServe({ queue, indexer }: Generation, embedder: Embedder): Promise<boolean> {
  // What was not heard of is not even behind.
  if (indexer.problem() !== undefined) return false;
  const stuck = queue.stuck().length;
  if (queue.behind() > stuck) return false;
  return stuck === 0 || (await embedder.embed(['Is somebody there?'], () => {})).ok;
}

/** Of what makes vectors comparable, short enough for the name of a table. */
const shortName = ({ model, dimensions }: Embedder): string =>
  nodeCodec.sha256(encodeUtf8(`${model} ${dimensions} ${chunkerVersion}`)).slice(0, 8);

/** The index that still serves is of a model that is set no longer. */
const notYet = problem(
  'paused',
  'search by meaning',
  'Only the words were searched: the index for the new model is still being made.',
  'It is used as soon as it is ready; the Knowledge page shows how far it is.',
);
