/** What to look for of a question's stretches with signs (`sign-pairs.ts`), and where a stretch of a passage holds it. */
import type { Piece, Stretch } from './sign-pairs.ts';

export type WantedSigns = {
  pairs: readonly string[];
  /** Signs that stand alone in the question: in a text any sign may follow them. */
  alone: readonly string[];
  /** Stretches of several pieces: what holds one as it was typed comes before what holds its pairs. Their end may go on. */
  phrases: readonly string[];
};

/** `hasWords`: the question holds more than these stretches. */
export function wantedSigns(stretches: readonly Stretch[], hasWords: boolean): WantedSigns {
  const runs = stretches.flatMap(({ pieces }) => runsOf(pieces));
  const pairs = runs.flatMap((run) => telling(run.slice(0, -1)));
  const alone = telling(runs.filter((run) => run.length === 1).flat());
  const isAlonePointless = alone.every(isSlight) && (hasWords || pairs.length > 0);
  return {
    pairs: textsOf(pairs),
    alone: isAlonePointless ? [] : textsOf(alone),
    phrases: [...new Set(stretches.flatMap(phraseOf))],
  };
}

const textsOf = (pieces: readonly Piece[]): string[] => [...new Set(pieces.map(({ text }) => text))];

/** Pieces of signs that follow each other; the last of a run is its last sign. */
function runsOf(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  let open: Piece[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'word') continue;
    open.push(piece);
    if (piece.kind === 'pair') continue;
    runs.push(open);
    open = [];
  }
  return runs;
}

/** Hiragana is mostly grammar, and where it joins another sign, mostly where one word ends and another begins. */
const isSlight = ({ text }: Piece): boolean => /[\u3041-\u309f]/.test(text);

function telling(pieces: readonly Piece[]): readonly Piece[] {
  const some = pieces.filter((piece) => !isSlight(piece));
  return some.length > 0 ? some : pieces;
}

function phraseOf({ pieces }: Stretch): string[] {
  const open = endsRun(pieces) ? pieces.slice(0, -1) : pieces;
  return open.length > 1 ? [open.map(({ text }) => text).join(' ')] : [];
}

/** In a text other signs may follow, so that the last piece of a run of several says nothing. */
const endsRun = (pieces: readonly Piece[]): boolean =>
  pieces.at(-1)?.kind === 'last' && pieces.at(-2)?.kind === 'pair';

type Span = [from: number, to: number];

/** Where a stretch holds some of it, in order. */
export function signSpans({ pieces }: Stretch, { pairs, alone, phrases }: WantedSigns): Span[] {
  const wanted = new Set(pairs);
  const spans = pieces.flatMap(({ text, from, to, firstTo, kind }): Span[] => {
    if (wanted.has(text) && kind === 'pair') return [[from, to]];
    return kind !== 'word' && alone.some((it) => text.startsWith(it)) ? [[from, firstTo]] : [];
  });
  return joined([...spans, ...phrases.flatMap((phrase) => phraseSpans(pieces, phrase.split(' ')))]);
}

function phraseSpans(pieces: readonly Piece[], phrase: readonly string[]): Span[] {
  const before = phrase.slice(0, -1);
  const lastText = phrase.at(-1) ?? '';
  return pieces.flatMap(({ from }, at): Span[] => {
    const last = pieces[at + before.length];
    if (!last?.text.startsWith(lastText)) return [];
    const isHere = before.every((text, nth) => pieces[at + nth]?.text === text);
    return isHere ? [[from, last.kind === 'pair' && last.text !== lastText ? last.firstTo : last.to]] : [];
  });
}

/** What overlaps or touches becomes one. */
export function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
