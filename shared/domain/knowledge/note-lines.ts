/** The lines of a note with what a chunk must know of them: what stays whole, and under which headings they stand. */
import { isBlank, type MarkdownLine, markdownLines } from '../markdown-lines.ts';

export type NoteLine = MarkdownLine & {
  blank: boolean;
  /** Number of the fence, table, front matter or underlined heading that the line is part of; 0: of none. */
  whole: number;
  /** Titles of the headings above, the outermost first; of a heading with its own. */
  headings: readonly string[];
};

/** All lines of a note. A fence that is never closed is plain text, as for everybody else who reads our notes. */
export function noteLines(text: string): NoteLine[] {
  const lines = markdownLines(text).map(
    (line): NoteLine => ({ ...line, blank: isBlank(line.text), whole: 0, headings: [] }),
  );
  markFrontMatter(lines);
  markFences(lines);
  markTables(lines);
  markHeadings(lines);
  return lines;
}

function markFrontMatter(lines: readonly NoteLine[]): void {
  if (lines[0]?.text.trimEnd() !== '---') return;
  const close = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line.text));
  if (close < 0) return;
  for (const line of lines.slice(0, close + 1)) {
    line.whole = 1;
    line.heading = 0;
  }
}

/** Below a list item, where a fence is indented further than one outside of lists may be. */
const indentedFence = /^(?:\s{4,}|\s*(?:[-+*]|\d{1,9}[.)])\s+|\s*>\s?)(`{3,}|~{3,})(?=[^`]*$)/;

function markFences(lines: readonly NoteLine[]): void {
  for (let index = 0; index < lines.length; ) {
    const end = fenceEnd(lines, index);
    for (const line of lines.slice(index, end)) line.whole = index + 2;
    index = Math.max(end, index + 1);
  }
}

/** Index after the last line of the fence that opens here; the same index when none does. */
function fenceEnd(lines: readonly NoteLine[], index: number): number {
  const line = lines[index];
  if (line === undefined || line.whole > 0) return index;
  if (line.fenced) return plainFenceEnd(lines, index);
  const mark = line.text.length > longestMark ? undefined : indentedFence.exec(line.text)?.[1];
  return mark === undefined ? index : indentedFenceEnd(lines, index, mark);
}

/** Where two fences follow each other, the second one's first line tells them apart. */
function plainFenceEnd(lines: readonly NoteLine[], index: number): number {
  const mark = /[`~]{3,}/.exec(lines[index]?.text ?? '')?.[0] ?? '```';
  for (let end = index + 1; lines[end]?.fenced; end += 1) {
    if (closes(lines[end]?.text ?? '', mark)) return end + 1;
  }
  return index + 1;
}

/** Ends at the latest where the list must be over: at a heading. One that is not closed before is plain text. */
function indentedFenceEnd(lines: readonly NoteLine[], index: number, mark: string): number {
  for (let end = index + 1; end < lines.length; end += 1) {
    const line = lines[end];
    if (line === undefined || line.heading > 0 || line.fenced) return index;
    if (closes(line.text, mark)) return end + 1;
  }
  return index;
}

function closes(text: string, mark: string): boolean {
  const bare = text.replace(/^[\s>]+/, '').trimEnd();
  return bare.length >= mark.length && bare === (mark[0] ?? '`').repeat(bare.length);
}

const tableRow = /^\s*\|/;
const delimiterRow = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

function markTables(lines: readonly NoteLine[]): void {
  for (let index = 0; index < lines.length; ) {
    const end = tableEnd(lines, index);
    for (const line of lines.slice(index, end)) line.whole = index + 2;
    index = Math.max(end, index + 1);
  }
}

/** Rows of a table begin with a bar, or stand below a row of dashes and hold a bar somewhere. */
function tableEnd(lines: readonly NoteLine[], index: number): number {
  const delimiter = lines[index + 1]?.text ?? '';
  const loose = delimiter.length <= longestMark && delimiter.includes('|') && delimiterRow.test(delimiter);
  let end = index;
  while (isRow(lines[end], loose)) end += 1;
  return end - index >= 2 ? end : index;
}

function isRow(line: NoteLine | undefined, loose: boolean): boolean {
  if (line === undefined || line.whole > 0 || line.heading > 0) return false;
  return tableRow.test(line.text) || (loose && line.text.includes('|'));
}

type Heading = { level: number; path: readonly string[] };

function markHeadings(lines: readonly NoteLine[]): void {
  const above: Heading[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.heading > 0) {
      while ((above.at(-1)?.level ?? 0) >= line.heading) above.pop();
      const path = [...(above.at(-1)?.path ?? []), titleAt(lines, index)];
      above.push({ level: line.heading, path });
    }
    line.headings = above.at(-1)?.path ?? [];
  }
}

/** Characters of a title that are kept: it stands in every chunk below it, and longer ones are none. */
const longestTitle = 200;
/** Characters of a line that can be a mark of Markdown: on longer ones the patterns would take minutes. */
const longestMark = 1_000;

const atxMarks = /^ {0,3}#{1,6}(?:[ \t]+|$)|(?:^|[ \t]+)#+[ \t]*$/g;
const underline = /^ {0,3}(?:=+|-+)[ \t]*$/;

const titleAt = (lines: readonly NoteLine[], index: number): string =>
  wholeTitleAt(lines, index).slice(0, longestTitle).toWellFormed();

function wholeTitleAt(lines: readonly NoteLine[], index: number): string {
  const text = (lines[index]?.text ?? '').slice(0, longestMark);
  if (/^ {0,3}#{1,6}(?:[ \t]|$)/.test(text)) return text.replace(atxMarks, '').trim();
  const words: string[] = [];
  for (let at = index; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    line.whole = index + 2;
    if (underline.test(line.text)) break;
    words.push(line.text.trim());
  }
  return words.join(' ');
}
