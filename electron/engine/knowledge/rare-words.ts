/**
 * Leaves out of a question what half of a large index holds: it says next to nothing of what a passage is about, and to
 * rank by it takes longer than all the rest.
 */
import type { WantedWords } from '../../../shared/domain/knowledge/match-words.ts';
import { limits } from '../../../shared/limits.ts';
import type { Holding, WordCounts } from './word-counts.ts';

type Kind = 'words' | 'beginning' | 'pairs' | 'alone';
type Counted = { kind: Kind; text: string; holding: Holding };

/** What is looked for, and in how many passages its words and its signs stand. */
export type RareWords = { wanted: WantedWords; ofWords: Holding[]; ofSigns: Holding[] };

/**
 * The rarest of the words and signs, as many as together are in `limits.matchedPassages` passages; one at least. A
 * phrase stays with any of its pieces: it finds no other passages than that.
 */
export function rareWords(wanted: WantedWords, counts: WordCounts): RareWords {
  const kept = rarest(wanted, counts);
  const textsOf = (...kinds: Kind[]): Set<string> =>
    new Set(kept.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text));
  const holdingsOf = (...kinds: Kind[]): Holding[] =>
    kept.filter(({ kind }) => kinds.includes(kind)).map(({ holding }) => holding);
  const pieces = textsOf('words', 'pairs', 'alone');
  const { words, beginning, signs } = wanted;
  return {
    wanted: {
      ...wanted,
      words: words.filter((it) => textsOf('words').has(it)),
      beginning: textsOf('beginning').size > 0 ? beginning : undefined,
      signs: {
        pairs: signs.pairs.filter((it) => textsOf('pairs').has(it)),
        alone: signs.alone.filter((it) => textsOf('alone').has(it)),
        phrases: signs.phrases.filter((it) => it.split(' ').some((piece) => pieces.has(piece))),
      },
    },
    ofWords: holdingsOf('words', 'beginning'),
    ofSigns: holdingsOf('pairs', 'alone'),
  };
}

/** What is being typed is a word already, so that its beginning has the room that is left. */
function rarest({ words, beginning, signs }: WantedWords, counts: WordCounts): Counted[] {
  const counted: Counted[] = [
    ...words.map((text): Counted => ({ kind: 'words', text, holding: counts.ofWord(text) })),
    ...signs.pairs.map((text): Counted => ({ kind: 'pairs', text, holding: counts.ofPair(text) })),
    ...signs.alone.map((text): Counted => ({ kind: 'alone', text, holding: counts.ofSign(text) })),
  ];
  const kept: Counted[] = [];
  let room = limits.matchedPassages;
  for (const it of counted.toSorted((one, other) => one.holding.all - other.holding.all)) {
    if (kept.length > 0 && it.holding.all > room) break;
    kept.push(it);
    room -= it.holding.all;
  }
  if (beginning === undefined) return kept;
  const holding = counts.ofBeginning(beginning);
  return holding.all > room ? kept : [...kept, { kind: 'beginning', text: beginning, holding }];
}
