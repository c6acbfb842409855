/** The part of a passage that a list of results shows: the lines around what matched most. */

export type Segment = { text: string; marked: boolean };

export type Excerpt = {
  segments: Segment[];
  /** Lines of the passage that stand before it. */
  linesBefore: number;
};

type Marked = { text: string; marks: readonly (readonly [number, number])[] };

/**
 * Whole lines around the one of which most is marked, `most` characters or one line; the beginning where nothing matched.
 * Offsets are in UTF-16 code units.
 */
export function excerpt({ text, marks }: Marked, most: number): Excerpt {
  const lines = linesOf(text);
  const [first, last] = widen(lines, bestLine(lines.map((line) => markedWithin(line, marks))), most);
  const from = lines[first]?.from ?? 0;
  const to = lines[last]?.to ?? text.length;
  return { segments: cut(text, marks, from, to), linesBefore: first };
}

type Line = { from: number; to: number };

function linesOf(text: string): Line[] {
  let from = 0;
  return text.split('\n').map((line) => {
    const it = { from, to: from + line.length };
    from = it.to + 1;
    return it;
  });
}

/** Characters: a long word, or a phrase that stands as it was asked for, says more than a short one twice. */
const markedWithin = ({ from, to }: Line, marks: Marked['marks']): number =>
  marks.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);

const bestLine = (counts: readonly number[]): number => Math.max(0, counts.indexOf(Math.max(...counts)));

/** Downwards first: what follows explains more often than what stands before. */
function widen(lines: readonly Line[], middle: number, most: number): [number, number] {
  let [first, last] = [middle, middle];
  const fits = (from: number, to: number): boolean =>
    from >= 0 && to < lines.length && (lines[to]?.to ?? 0) - (lines[from]?.from ?? 0) <= most;
  for (;;) {
    if (fits(first, last + 1)) last += 1;
    else if (fits(first - 1, last)) first -= 1;
    else return [first, last];
  }
}

function cut(text: string, marks: Marked['marks'], from: number, to: number): Segment[] {
  const segments: Segment[] = [];
  let at = from;
  const add = (until: number, marked: boolean): void => {
    if (until > at) segments.push({ text: text.slice(at, until), marked });
    at = Math.max(at, until);
  };
  for (const [start, end] of marks) {
    if (end <= from || start >= to) continue;
    add(Math.min(start, to), false);
    add(Math.min(end, to), true);
  }
  add(to, false);
  return segments;
}
