/** The part of a passage that a result shows. */
import { type Excerpt, excerpt, type Segment } from '../../../shared/domain/knowledge/excerpt.ts';
import { limits } from '../../../shared/limits.ts';

/** Lines that a result shows: of lists and tables more fit than anybody reads. */
const mostLines = 8;
/** Characters that stay before the first mark of a line that has to be cut. */
const leadCharacters = 80;

/** As `excerpt`, but never more than some lines, and a line that alone is too long is cut around its first mark. */
export function shownExcerpt(passage: Parameters<typeof excerpt>[0]): Excerpt {
  const { segments, linesBefore } = fewLines(excerpt(passage, limits.excerptCharacters));
  const length = textOf(segments).length;
  if (length <= limits.excerptCharacters) return { segments, linesBefore };
  const from = Math.max(0, Math.min(firstMark(segments) - leadCharacters, length - limits.excerptCharacters));
  const to = from + limits.excerptCharacters;
  const before = from > 0 ? [dots] : [];
  const after = to < length ? [dots] : [];
  return { segments: [...before, ...slice(segments, from, to), ...after], linesBefore };
}

const dots: Segment = { text: '…', marked: false };

/** Those around the first mark, with the line before it. */
function fewLines({ segments, linesBefore }: Excerpt): Excerpt {
  const text = textOf(segments);
  const lines = text.split('\n');
  const marked = text.slice(0, firstMark(segments)).split('\n').length - 1;
  let first = Math.max(0, Math.min(marked - 1, lines.length - mostLines));
  while (first < marked && lines[first]?.trim() === '') first += 1;
  const from = lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0);
  const to =
    from +
    lines
      .slice(first, first + mostLines)
      .join('\n')
      .trimEnd().length;
  return { segments: slice(segments, from, to), linesBefore: linesBefore + first };
}

const textOf = (segments: readonly Segment[]): string => segments.map(({ text }) => text).join('');

/** Where it begins; 0 without one. */
function firstMark(segments: readonly Segment[]): number {
  const marked = segments.findIndex((it) => it.marked);
  return textOf(segments.slice(0, Math.max(0, marked))).length;
}

function slice(segments: readonly Segment[], from: number, to: number): Segment[] {
  let at = 0;
  return segments.flatMap(({ text, marked }) => {
    const part = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    at += text.length;
    return part === '' ? [] : [{ text: part, marked }];
  });
}
