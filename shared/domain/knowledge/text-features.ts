/**
 * What the built-in embedder sees of a text: words of any script, identifiers whole and in parts, and pieces of words,
 * by which inflections, compounds and typing errors are still alike. Knows no language.
 */
import { commonWords } from './common-words.ts';
import { textHash } from './text-hash.ts';

/** How often each feature stands in a text. A feature is a hash whose lowest bits say of which kind it is. */
export type Features = ReadonlyMap<number, number>;

export const featureKinds = {
  /** A word, a name as a whole, or two characters of a script without spaces. */
  word: 0,
  /** Some letters of a word. */
  piece: 1,
  /** What says a little: very short words, the roots that single Han characters are. */
  slight: 2,
} as const;
export type FeatureKind = (typeof featureKinds)[keyof typeof featureKinds];

export function kindOf(feature: number): FeatureKind {
  return (feature & 3) as FeatureKind;
}

/** Words, and what programmers join of words: paths, names with underscores, hyphens or dots. */
const tokenPattern = /[\p{L}\p{N}\p{M}_]+(?:[-./\\:#@]+[\p{L}\p{N}\p{M}_]+)*/gu;
/** Longer ones are data, not names: of them only the parts count. */
const longestName = 100;

/** The features of a text. One without a word or number has itself as its only one. */
export function featuresOf(text: string): Features {
  const counts = new Map<number, number>();
  for (const token of foldMarks(text).match(tokenPattern) ?? []) addToken(counts, token);
  if (counts.size === 0) add(counts, textHash(text.trim()), featureKinds.word);
  return counts;
}

/**
 * Compatible forms of a character count as one, and accents do not count; but only those that are marks of their own
 * in Latin, Greek and Cyrillic: voiced kana and vowel signs are other sounds.
 */
function foldMarks(text: string): string {
  if (isAscii(text)) return text;
  const composed = text.normalize('NFKC');
  return composed
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replaceAll('ß', 'ss');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

function addToken(counts: Map<number, number>, token: string): void {
  const small = token.toLowerCase();
  if (/^[a-z0-9]+$/.test(token)) {
    addWord(counts, token);
    return;
  }
  const parts = partsOf(token);
  for (const part of parts) addPart(counts, part);
  if (parts.length > 1 && small.length <= longestName) add(counts, textHash(small), featureKinds.word);
}

/** `syncDbStatus`, `HTTPServer` and `merge_base` in their words, small. */
function partsOf(token: string): string[] {
  return token
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((part) => part !== '');
}

/** Stretches of scripts that set no space between words, and of others. */
const stretchPattern =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]+|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]+/gv;
const spaceless = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/v;

function addPart(counts: Map<number, number>, part: string): void {
  for (const stretch of part.match(stretchPattern) ?? []) {
    if (spaceless.test(stretch)) addSpaceless(counts, stretch);
    else addWord(counts, stretch);
  }
}

/**
 * Two characters are about a word there; one alone still says something where each is a word's root. Hiragana is
 * mostly grammar, as common words are elsewhere.
 */
function addSpaceless(counts: Map<number, number>, stretch: string): void {
  const signs = [...stretch];
  for (const [index, sign] of signs.entries()) {
    if (/\p{sc=Han}/u.test(sign)) add(counts, textHash(sign), featureKinds.slight);
    const pair = sign + (signs[index + 1] ?? '');
    if (pair === sign && index > 0) continue;
    add(counts, textHash(pair), hasHiragana(pair) ? featureKinds.slight : featureKinds.word);
  }
}

const hasHiragana = (text: string): boolean => /[\u3041-\u309f]/.test(text);

const shortestPiece = 3;
const longestPiece = 5;

/** A common word has no pieces: they would make it heard after all. */
function addWord(counts: Map<number, number>, word: string): void {
  const isSlight = word.length < shortestPiece || commonWords.has(word);
  add(counts, textHash(word), isSlight ? featureKinds.slight : featureKinds.word);
  if (isSlight) return;
  // A beginning and an end are pieces of their own.
  const closed = `^${word}$`;
  for (let length = shortestPiece; length <= longestPiece; length += 1) {
    for (let from = 0; from + length <= closed.length; from += 1) {
      add(counts, textHash(closed, from, from + length), featureKinds.piece);
    }
  }
}

function add(counts: Map<number, number>, hash: number, kind: FeatureKind): void {
  const feature = ((hash & ~3) | kind) >>> 0;
  counts.set(feature, (counts.get(feature) ?? 0) + 1);
}
