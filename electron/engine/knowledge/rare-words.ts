/**
 * Leaves out of a question what half of a large index holds: it says next to nothing of what a passage is about, and to
 * rank by it takes longer than all the rest.
 */
import { folded, type WantedWords } from '../../../shared/domain/knowledge/match-words.ts';
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';

/** The rarest of the words, as many as together are in `limits.matchedPassages` passages; one at least. */
export function createRareWords(sql: Sql): (wanted: WantedWords) => WantedWords {
  sql.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_counts USING fts5vocab (main, words, 'row')");
  const ofWord = sql.prepare<{ passages: number }>('SELECT doc AS passages FROM word_counts WHERE term = ?');
  const ofBeginning = sql.prepare<{ passages: number }>(
    'SELECT coalesce(sum(doc), 0) AS passages FROM word_counts WHERE term >= ? AND term < ?',
  );
  const countOf = (word: string): number => ofWord.get(folded(word))?.passages ?? 0;

  /** Up to what no word of letters comes after. */
  function countBeginning(word: string): number {
    const from = folded(word);
    return ofBeginning.get(from, `${from}\u{10ffff}`)?.passages ?? 0;
  }

  return ({ words, beginning }) => {
    const counted = words.map((word) => ({ word, passages: countOf(word) }));
    const rarest = counted.toSorted((one, other) => one.passages - other.passages);
    const kept = new Set<string>();
    let room = limits.matchedPassages;
    for (const { word, passages } of rarest) {
      if (kept.size > 0 && passages > room) break;
      kept.add(word);
      room -= passages;
    }
    const isRare = beginning !== undefined && countBeginning(beginning) <= room;
    return { words: words.filter((word) => kept.has(word)), beginning: isRare ? beginning : undefined };
  };
}
