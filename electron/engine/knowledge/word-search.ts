/**
 * Finds passages by their words (BM25). What the words of a question come to in `words` and the signs in `pieces` is
 * added up: a passage that holds both comes first.
 */
import {
  matchAnySign,
  matchAnyWord,
  matchWithoutPieces,
  type WantedWords,
} from '../../../shared/domain/knowledge/match-words.ts';
import type { Sql } from '../ports.ts';
import { hasPieces } from './index-schema.ts';
import type { Within } from './passages.ts';
import { type RareWords, rareWords } from './rare-words.ts';
import { createWordCounts, type WordCounts } from './word-counts.ts';

export type WordSearch = (wanted: WantedWords, within: Within, atMost: number) => number[];

/** What is asked of one table. */
type Part = { table: 'words' | 'pieces'; match: string; scale: number };

export function createWordSearch(sql: Sql): WordSearch {
  const counts = createWordCounts(sql);
  const partsOf = hasPieces(sql) ? withPieces : withoutPieces;
  return (wanted, within, atMost) => {
    const parts = partsOf(rareWords(wanted, counts), counts).filter(({ match }) => match !== '');
    if (parts.length === 0) return [];
    const notes = within === undefined ? [] : [JSON.stringify(within)];
    const values = parts.flatMap(({ scale, match }) => [scale, match, ...notes]);
    return sql
      .prepare<{ id: number }>(queryOf(parts, within))
      .all(...values, atMost)
      .map(({ id }) => id);
  };
}

/** Words stand among pieces, too, where they touch signs. Without signs none do, and that is not asked for nothing. */
function withPieces({ wanted, ofWords, ofSigns }: RareWords, counts: WordCounts): Part[] {
  const match = matchAnyWord(wanted);
  const touching = ofWords.some(({ pieces }) => pieces > 0) ? match : '';
  return [
    { table: 'words', match, scale: 1 },
    { table: 'pieces', match: touching, scale: counts.rankScale(ofWords) },
    { table: 'pieces', match: matchAnySign(wanted.signs), scale: counts.rankScale(ofSigns) },
  ];
}

const withoutPieces = ({ wanted }: RareWords): Part[] => [
  { table: 'words', match: matchWithoutPieces(wanted), scale: 1 },
];

const onlyWithin = 'IN (SELECT id FROM chunks WHERE note IN (SELECT value FROM json_each(?)))';

function queryOf(parts: readonly Part[], within: Within): string {
  const queries = parts.map(({ table }) => partQuery(table, within));
  return queries.length === 1
    ? `${queries.join()} ORDER BY score LIMIT ?`
    : `SELECT id FROM (${queries.join(' UNION ALL ')}) GROUP BY id ORDER BY sum(score) LIMIT ?`;
}

/** What a heading says counts as much as twice the same word in the text. */
const partQuery = (table: Part['table'], within: Within): string =>
  `SELECT rowid AS id, ? * bm25(${table}, 2.0, 1.0) AS score FROM ${table} WHERE ${table} MATCH ?${
    within === undefined ? '' : ` AND rowid ${onlyWithin}`
  }`;
