/** One index with everything that works on it. */
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import { type ChunkIndex, createChunkIndex, type SwappedPassages } from './chunk-index.ts';
import { hearNews } from './hear-news.ts';
import { openIndex } from './index-schema.ts';
import { createIndexTarget } from './index-target.ts';
import { createIndexer, type Indexer, type IndexerDeps } from './indexer.ts';
import type {
  Learner,
  NoteChoice,
  NoteSource,
  Notes,
  OpenCodeIndex,
  SharedEmbeddings,
  Spent,
  WorkQueue,
} from './knowledge-ports.ts';
import { openLearned } from './learned.ts';
import { createNearPassages } from './near-passages.ts';
import { createNearest, type Nearest } from './nearest.ts';
import { createNoteQueue, type NoteQueue } from './note-queue.ts';
import { createPassages, type Passages } from './passages.ts';
import { createServerRest } from './server-rest.ts';
import { createSharedCount, type SharedTotal } from './shared-count.ts';
import { createSharedVectors } from './shared-vectors.ts';
import { everyNote } from './silent-embedder.ts';
import { createStoreFeed, type StoreFeed } from './store-feed.ts';
import { closeStoreOutbox, openStoreOutbox } from './store-outbox.ts';
import { createUseCount, type TotalUse } from './use-count.ts';
import type { VectorStore } from './vector-store.ts';

/** What an index is made with. */
export type IndexDeps = Omit<
  IndexerDeps,
  'hear' | 'source' | 'queue' | 'index' | 'swapped' | 'settled' | 'spent' | 'takeShared' | 'restMs'
> & {
  source: NoteSource | OutsideWork;
  openCodes: OpenCodeIndex;
  /** Who may have vectors of the same texts; undefined: nobody. */
  shared?: SharedEmbeddings | undefined;
  /** Where the vectors are searched; undefined: on this device. */
  store?: VectorStore | undefined;
  /** Whose passages the store may have; the others are searched on this device. */
  shares?: NoteChoice;
};

/** Notes whose queue is kept elsewhere, because several workers share it. */
export type OutsideWork = { notes: Notes; queue: WorkQueue; hear(): Promise<void> };

export type KnowledgeIndex = {
  sql: Sql;
  queue: NoteQueue;
  passages: Passages;
  nearest: Nearest;
  /** Keeps the store in step; undefined where none is set. */
  feed: StoreFeed | undefined;
  learner: Learner;
  /** False: of a model that nobody can ask. */
  canAsk: boolean;
  indexer: Indexer;
  /** Makes due what happened to the notes since, and indexes nothing. */
  hear(): Promise<void>;
  /** Writes down what was learned of the passages, so that the next opening need not learn it anew. */
  keepLearned(): void;
  /** What failed, all of it or one note, is due now, and its server is asked now. Returns how many notes. */
  retry(note: string | undefined): number;
  /** Whether every note was looked at once: from then on it serves. */
  isComplete(): boolean;
  markComplete(): void;
  /** Lets go of vectors that no passage had for a long time. Returns how many. */
  prune(nowMs: number): number;
  /** Unix milliseconds at which it was begun. */
  begunMs(): number;
  /** What its embedder was asked since then. */
  use(): TotalUse;
  /** What other devices gave since then. */
  shared(): SharedTotal;
};

type Work = Pick<IndexerDeps, 'hear' | 'source' | 'queue' | 'index' | 'settled'>;

type Around = { queue: NoteQueue; index: ChunkIndex; embeds: NoteChoice; keep(): void };

function fromSource(source: NoteSource, { queue, index, embeds, keep }: Around): Work {
  async function hear(): Promise<void> {
    queue.revisit(index.nowEmbedded(embeds));
    await hearNews(source, queue);
  }
  return { hear, source, queue, index, settled: keep };
}

/** What this process learned is not all that was: other workers write to the same index, so it is not kept. */
const fromOutside = ({ notes, queue, hear }: OutsideWork, sql: Sql, index: ChunkIndex): Work => ({
  hear,
  source: notes,
  queue,
  index: createIndexTarget(sql, index),
  settled: () => {},
});

/** Makes the tables when they are missing. */
export function openKnowledgeIndex(sql: Sql, deps: IndexDeps): KnowledgeIndex {
  openIndex(sql);
  const queue = createNoteQueue(sql);
  const { outbox, feed } = openStore(sql, deps);
  const index = createChunkIndex(sql, outbox?.news);
  const use = createUseCount(sql);
  const count = createSharedCount(sql);
  const rest = createServerRest(sql, deps.clock);
  if (rest.leftMs() > 0) deps.embedder.leaveAlone?.(rest.leftMs());
  const spent: Spent = (it) => {
    use.add(it);
    if (it.restMs !== undefined) rest.begin(it.restMs);
  };
  const learned = openLearned(sql, deps.embedder, spent);
  const near = createNearPassages(sql, deps.openCodes);
  const swapped = (passages: SwappedPassages): void => {
    learned.swapped(passages);
    near.swapped(passages);
  };
  const work =
    'queue' in deps.source
      ? fromOutside(deps.source, sql, index)
      : fromSource(deps.source, { queue, index, embeds: deps.embeds, keep: learned.keep });
  const indexer = createIndexer({
    ...deps,
    ...work,
    swapped,
    spent,
    restMs: rest.leftMs,
    takeShared: createSharedVectors({ shared: undefined, ...deps, spent, count }),
  });
  if (readMeta(sql, 'begun') === undefined) writeMeta(sql, 'begun', String(deps.clock.nowMs()));
  return {
    sql,
    queue,
    passages: createPassages(sql),
    nearest: createNearest(sql, { near, feed, shares: deps.shares ?? everyNote }),
    feed,
    learner: learned.learner,
    canAsk: deps.embedder.dimensions > 0,
    indexer: {
      ...indexer,
      stop() {
        use.end();
        count.end();
        rest.end();
        indexer.stop();
        giveBack(queue, deps);
      },
    },
    hear: work.hear,
    prune: index.prune,
    keepLearned: learned.keep,
    retry(note) {
      rest.cancel();
      deps.embedder.leaveAlone?.(0);
      return queue.retry(note);
    },
    isComplete: () => readMeta(sql, 'complete') === '1',
    markComplete: () => writeMeta(sql, 'complete', '1'),
    begunMs: () => Number(readMeta(sql, 'begun')),
    use: use.total,
    shared: count.total,
  };
}

/** What is broken off by a stop did not fail. */
function giveBack(queue: NoteQueue, { log }: IndexDeps): void {
  try {
    queue.giveBack();
  } catch (cause) {
    log.warn('Notes that were being indexed could not be given back; they wait as if they had failed.', {
      cause,
    });
  }
}

function openStore(sql: Sql, { store, shares = everyNote, ...deps }: IndexDeps) {
  if (store === undefined) {
    closeStoreOutbox(sql);
    return { outbox: undefined, feed: undefined };
  }
  const outbox = openStoreOutbox(sql, { ...deps, place: store.place, shares });
  return { outbox, feed: createStoreFeed({ ...deps, sql, store, outbox }) };
}
