/** One index with everything that works on it. */
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import { createChunkIndex, type SwappedPassages } from './chunk-index.ts';
import { openIndex } from './index-schema.ts';
import { createIndexer, type Indexer, type IndexerDeps } from './indexer.ts';
import type { Learner } from './knowledge-ports.ts';
import { openLearned } from './learned.ts';
import { createNearPassages } from './near-passages.ts';
import { createNoteQueue, type NoteQueue } from './note-queue.ts';
import { createPassages, type Passages } from './passages.ts';
import { createUseCount, type TotalUse } from './use-count.ts';

/** What an index is made with. */
export type IndexDeps = Omit<IndexerDeps, 'queue' | 'index' | 'swapped' | 'settled' | 'spent'>;

export type KnowledgeIndex = {
  sql: Sql;
  queue: NoteQueue;
  passages: Passages;
  learner: Learner;
  /** False: of a model that nobody can ask. */
  canAsk: boolean;
  indexer: Indexer;
  /** Whether every note was looked at once: from then on it serves. */
  isComplete(): boolean;
  markComplete(): void;
  /** Lets go of vectors that no passage had for a long time. Returns how many. */
  prune(nowMs: number): number;
  /** Unix milliseconds at which it was begun. */
  begunMs(): number;
  /** What its embedder was asked since then. */
  use(): TotalUse;
};

/** Makes the tables when they are missing. */
export function openKnowledgeIndex(sql: Sql, deps: IndexDeps): KnowledgeIndex {
  openIndex(sql);
  const queue = createNoteQueue(sql);
  const index = createChunkIndex(sql);
  const use = createUseCount(sql);
  const learned = openLearned(sql, deps.embedder, use.add);
  const near = createNearPassages(sql);
  const swapped = (passages: SwappedPassages): void => {
    learned.swapped(passages);
    near.swapped(passages);
  };
  const indexer = createIndexer({
    ...deps,
    queue,
    index,
    swapped,
    settled: learned.keep,
    spent: use.add,
  });
  if (readMeta(sql, 'begun') === undefined) writeMeta(sql, 'begun', String(deps.clock.nowMs()));
  return {
    sql,
    queue,
    passages: createPassages(sql, near),
    learner: learned.learner,
    canAsk: deps.embedder.dimensions > 0,
    indexer: {
      ...indexer,
      stop() {
        use.end();
        indexer.stop();
      },
    },
    prune: index.prune,
    isComplete: () => readMeta(sql, 'complete') === '1',
    markComplete: () => writeMeta(sql, 'complete', '1'),
    begunMs: () => Number(readMeta(sql, 'begun')),
    use: use.total,
  };
}
