/**
 * What the embedder learned of the passages that an index holds. It is kept in memory and written when there is nothing
 * more to index; what a crash left unwritten is learned anew from the passages.
 */
import { embeddedText } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import type { Sql } from '../ports.ts';
import type { SwappedPassages } from './chunk-index.ts';
import { splitHeadings } from './headings.ts';
import type { Embedder, Learner, Spent } from './knowledge-ports.ts';

export type Learned = {
  learner: Learner;
  /** Call once the passages are in the index. */
  swapped(passages: SwappedPassages): void;
  /** Writes what is new. */
  keep(): void;
};

export function openLearned(sql: Sql, embedder: Embedder, spent: Spent): Learned {
  const read = sql.prepare<{ known: Uint8Array }>('SELECT known FROM learned WHERE is_true = 1');
  const write = sql.prepare('UPDATE learned SET known = ?, is_true = 1');
  const known = read.get()?.known;
  const learner = embedder.learner(known, spent);
  if (known === undefined) learnAll(sql, learner);
  let isKept = known !== undefined;
  return {
    learner,
    swapped({ added, removed }) {
      for (const passage of removed) learner.remove(embeddedText(passage));
      for (const passage of added) learner.add(embeddedText(passage));
      isKept = false;
    },
    keep() {
      if (isKept) return;
      write.run(learner.save());
      isKept = true;
    },
  };
}

/** Some at a time: together they may be more than fits into memory. */
const learnedAtOnce = 1_000;

function learnAll(sql: Sql, learner: Learner): void {
  const some = sql.prepare<{ id: number; headings: string; text: string }>(
    'SELECT rowid AS id, headings, text FROM words WHERE rowid > ? ORDER BY rowid LIMIT ?',
  );
  let last = 0;
  for (let rows = some.all(last, learnedAtOnce); rows.length > 0; rows = some.all(last, learnedAtOnce)) {
    for (const { headings, text } of rows)
      learner.add(embeddedText({ headings: splitHeadings(headings), text }));
    last = rows.at(-1)?.id ?? last;
  }
}
