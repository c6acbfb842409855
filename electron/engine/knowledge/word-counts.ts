/** In how many passages something stands, and how rare that makes it. */
import { folded } from '../../../shared/domain/knowledge/fold-word.ts';
import type { Sql } from '../ports.ts';
import { hasPieces } from './index-schema.ts';

/** Passages that hold something: in all, and as a piece. */
export type Holding = { all: number; pieces: number };

export type WordCounts = {
  ofWord(word: string): Holding;
  ofBeginning(beginning: string): Holding;
  /** Of a pair of signs. */
  ofPair(pair: string): Holding;
  /** Of whatever begins with a sign. */
  ofSign(sign: string): Holding;
  /**
   * What the rank of pieces is to be multiplied by, beside that of words. FTS5 knows how rare they are among the passages
   * that have pieces; where these are few, nothing is rare among them. What counts is how rare it is among all passages.
   */
  rankScale(holdings: readonly Holding[]): number;
};

export function createWordCounts(sql: Sql): WordCounts {
  const words = countTerms(sql, 'words');
  if (!hasPieces(sql)) return withoutPieces(words);
  const pieces = countTerms(sql, 'pieces');
  const both = (inWords: number, inPieces: number): Holding => ({
    all: inWords + inPieces,
    pieces: inPieces,
  });
  return {
    ofWord: (word) => both(words.of(word), pieces.of(word)),
    ofBeginning: (beginning) => both(words.ofBeginning(beginning), pieces.ofBeginning(beginning)),
    ofPair: (pair) => both(0, pieces.of(pair)),
    ofSign: (sign) => both(0, pieces.ofBeginning(sign)),
    rankScale: createRankScale(sql),
  };
}

type TermCounts = { of(term: string): number; ofBeginning(beginning: string): number };

const nothing: Holding = { all: 0, pieces: 0 };

const withoutPieces = (words: TermCounts): WordCounts => ({
  ofWord: (word) => ({ all: words.of(word), pieces: 0 }),
  ofBeginning: (beginning) => ({ all: words.ofBeginning(beginning), pieces: 0 }),
  ofPair: () => nothing,
  ofSign: () => nothing,
  rankScale: () => 1,
});

type Count = { passages: number };

function countTerms(sql: Sql, table: 'words' | 'pieces'): TermCounts {
  sql.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table}_counts USING fts5vocab (main, ${table}, 'row')`);
  const one = sql.prepare<Count>(`SELECT doc AS passages FROM ${table}_counts WHERE term = ?`);
  const several = sql.prepare<Count>(
    `SELECT coalesce(sum(doc), 0) AS passages FROM ${table}_counts WHERE term >= ? AND term < ?`,
  );
  return {
    of: (term) => one.get(folded(term))?.passages ?? 0,
    /** Up to what no word of letters comes after. */
    ofBeginning(beginning) {
      const from = folded(beginning);
      return several.get(from, `${from}\u{10ffff}`)?.passages ?? 0;
    },
  };
}

function createRankScale(sql: Sql): WordCounts['rankScale'] {
  const passages = sql.prepare<Count>('SELECT count(*) AS passages FROM chunks');
  const havingPieces = sql.prepare<Count>('SELECT count(*) AS passages FROM pieces');
  return (holdings) => {
    const found = holdings.filter((it) => it.pieces > 0);
    if (found.length === 0) return 1;
    const all = passages.get()?.passages ?? 0;
    const some = havingPieces.get()?.passages ?? 0;
    const among = sumOf(found.map((it) => rarity(all, it.all)));
    return among / sumOf(found.map((it) => rarity(some, it.pieces)));
  };
}

/** As FTS5's `bm25` has it: above nothing, however many hold it. What several words come to may be more than there are. */
const rarity = (all: number, holding: number): number => {
  const some = Math.min(all, holding);
  return Math.max(1e-6, Math.log((all - some + 0.5) / (some + 0.5)));
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, it) => sum + it, 0);
