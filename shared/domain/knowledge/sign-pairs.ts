/**
 * Words of scripts that set no space between them, as Chinese, Japanese and Thai, or join endings to them, as Korean.
 * SQLite's tokenizer takes a whole run of such signs for one word, so what holds some is indexed by pairs of neighbouring
 * signs besides, as Lucene's CJKBigramFilter does: 今日の会議 by 今日, 日の, の会, 会議 and, since nothing follows it, 議.
 * So every sign begins a piece. Letters and digits that touch a run are pieces by themselves.
 */
import { folded } from './fold-word.ts';

/** What the index has of a text besides its words, and where that stands, in UTF-16 offsets. */
export type Piece = {
  text: string;
  from: number;
  to: number;
  /** Where its first sign ends. */
  firstTo: number;
  /** `last` is the sign that ends a run, `word` what stands beside signs. */
  kind: 'pair' | 'last' | 'word';
};

/** What stands together without a space or punctuation. */
export type Stretch = { from: number; to: number; pieces: readonly Piece[] };

/** The pieces of a text as one text of the full-text table; empty for most texts. */
export const piecesText = (text: string): string =>
  stretchesOf(text)
    .flatMap(({ pieces }) => pieces.map((piece) => piece.text))
    .join(' ');

/** Those stretches of a text that hold signs, or letters as wide as signs. */
export function stretchesOf(text: string): Stretch[] {
  if (!maybeSigns.test(text)) return [];
  const stretches: Stretch[] = [];
  let open: Character[] = [];
  const close = (): void => {
    if (open.some(({ needsPieces }) => needsPieces)) stretches.push(stretchOf(open));
    open = [];
  };
  for (const { 0: unit, index } of text.matchAll(unitPattern)) {
    for (const character of charactersOf(unit, index)) {
      if (character === undefined) close();
      else open.push(character);
    }
  }
  close();
  return stretches;
}

/** Spares a closer look at most texts; no other character is a sign or becomes one. */
const maybeSigns =
  /[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\u{11000}-\u{11fff}\u{16f00}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3ffff}]/u;

/** A character with all that can change its form: letters of a Korean syllable, marks, the voice marks of narrow kana. */
const unitPattern =
  /[\uac00-\ud7a3]?[\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\ud7b0-\ud7fb\uffa0-\uffdc]+[\p{M}\u200b-\u200d\u2060]*|.[\p{M}\uff9e\uff9f\u200b-\u200d\u2060]*/gsu;

type Character = {
  text: string;
  from: number;
  to: number;
  isSign: boolean;
  needsPieces: boolean;
};

const wideForm = /^[\uff00-\uffef]/;

/** Undefined in the place of what ends a stretch. */
function charactersOf(unit: string, index: number): (Character | undefined)[] {
  const isWide = wideForm.test(unit);
  const [first = '', ...marks] = unit;
  // A mark at the beginning of a line, or behind a quotation mark, belongs to nothing and stands for itself.
  const isApart = marks.length > 0 && !isCharacter(first);
  const from = isApart ? index + first.length : index;
  const characters = [...plainForm(isApart ? unit.slice(first.length) : unit)].map((text) => {
    const isSign = sign.test(text);
    if (!isSign && !letter.test(text)) return undefined;
    return { text, from, to: index + unit.length, isSign, needsPieces: isSign || isWide };
  });
  return isApart ? [undefined, ...characters] : characters;
}

/** Also in the form that it is a compatible one of. */
const isCharacter = (first: string): boolean =>
  [...first.normalize('NFKC')].some((text) => sign.test(text) || letter.test(text));

/** What says only how a sign is drawn, or where its line may end. */
const unseen = /[\u200b-\u200d\u2060]|\p{Variation_Selector}/gu;
const hasPlainForm = /^[\u3041-\u3094\u30a1-\u30fa\u30fc\u4e00-\u9fcc\uac00-\ud7a3a-zA-Z0-9]$/;

const plainForm = (unit: string): string =>
  hasPlainForm.test(unit) ? unit : unit.normalize('NFKC').replace(unseen, '');

const sign =
  /^(?=[\p{L}\p{N}\p{M}])[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}ー〆\u3099\u309a]$/v;
const letter = /^(?:[\p{L}\p{N}\p{Co}]|[\u0300-\u036f])$/u;

function stretchOf(characters: readonly Character[]): Stretch {
  const pieces: Piece[] = [];
  for (let at = 0; at < characters.length; ) {
    const end = runEnd(characters, at);
    const run = characters.slice(at, end);
    pieces.push(...(run[0]?.isSign ? pairsOf(run) : [wordOf(run)]));
    at = end;
  }
  return { from: characters[0]?.from ?? 0, to: characters.at(-1)?.to ?? 0, pieces };
}

function runEnd(characters: readonly Character[], at: number): number {
  let end = at + 1;
  while (characters[end]?.isSign === characters[at]?.isSign) end += 1;
  return end;
}

const pairsOf = (run: readonly Character[]): Piece[] =>
  run.map(({ text, from, to }, nth) => {
    const next = run[nth + 1];
    return next === undefined
      ? { text, from, to, firstTo: to, kind: 'last' }
      : { text: text + next.text, from, to: next.to, firstTo: to, kind: 'pair' };
  });

function wordOf(run: readonly Character[]): Piece {
  const from = run[0]?.from ?? 0;
  const to = run.at(-1)?.to ?? from;
  return { text: folded(run.map(({ text }) => text).join('')), from, to, firstTo: to, kind: 'word' };
}
