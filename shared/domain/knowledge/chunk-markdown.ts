/** Cuts a note into the passages that are indexed and found. */
import { chooseCuts, longestChunk } from './choose-cuts.ts';
import { findCutPlaces } from './cut-places.ts';
import { type NoteLine, noteLines } from './note-lines.ts';
import { overlapStart } from './overlap.ts';

export type Chunk = {
  /** The slice of the note from `from` to `to`. */
  text: string;
  /** Offsets in the note, in UTF-16 code units. */
  from: number;
  to: number;
  /** First and last line, from 1. */
  line: number;
  lastLine: number;
  /** Titles of the headings that all of the chunk stands under, the outermost first. */
  headings: readonly string[];
};

/** Names the rules by which notes are cut. Another one makes all chunks others, so all are embedded anew. */
export const chunkerVersion = 2;

/**
 * The chunks of a note, in order. They hold everything but blank lines, are about 1,000 characters long and never
 * more than 2,000, with the end of the chunk before (up to 200 characters) where they begin in the middle of a
 * section. Front matter, code fences and tables stay whole; one that alone is longer than 1,800 characters is cut
 * between its lines, and a line that alone is, between its words. Small sections stand together.
 *
 * An edit of one line changes the embedded text of one chunk or two, however long the note; in one edit of a hundred
 * of three, when it takes away the very line that a cut depended on. What says something about all that follows costs
 * more: a heading is part of what is embedded of each chunk below it, and a fence that opens may take in the next one.
 */
export function chunkMarkdown(text: string): Chunk[] {
  const lines = noteLines(text);
  const filled = lines.filter((line) => !line.blank);
  const first = filled[0];
  if (first === undefined) return [];
  const places = findCutPlaces(lines, longestChunk);
  const measure = lines.reduce((sum, line) => sum + line.text.length + 1, 0);
  const offsets = chooseCuts(places, measure).map((place) => places.offset[place] ?? 0);
  const starts = [first.start, ...offsets];
  const reader = { text, lines, line: 0 };
  return starts.map((start, index) => {
    const before = starts[index - 1];
    return readChunk(reader, before, start, starts[index + 1] ?? text.length);
  });
}

/**
 * What is embedded of a chunk, and hashed for its identity: its headings and its text. Line ends of Windows count as
 * any others, so a note that only changes its line ends is not embedded again.
 */
export function embeddedText(chunk: Pick<Chunk, 'headings' | 'text'>): string {
  const text = chunk.text.replaceAll('\r\n', '\n');
  return chunk.headings.length === 0 ? text : `${chunk.headings.join(' > ')}\n\n${text}`;
}

/** Walks down the lines of a note; `line` is the index of the one that the next chunk begins in, or one above it. */
type Reader = { text: string; lines: readonly NoteLine[]; line: number };

function readChunk(reader: Reader, before: number | undefined, start: number, end: number): Chunk {
  const { text, lines } = reader;
  while ((lines[reader.line]?.end ?? text.length) <= start) reader.line += 1;
  const core = reader.line;
  let last = core;
  for (let at = core; at < lines.length && (lines[at]?.start ?? end) < end; at += 1) {
    if (lines[at]?.blank === false) last = at;
  }
  reader.line = last;
  const to = endOfText(text, lines[last], end);
  const from = before === undefined ? start : overlapStart(lines, core, start, before);
  let line = core;
  while (line > 0 && (lines[line]?.start ?? 0) > from) line -= 1;
  const headings = commonHeadings(lines.slice(core, last + 1));
  return { text: text.slice(from, to), from, to, line: line + 1, lastLine: last + 1, headings };
}

/** Without the space before a cut in the middle of a line. */
function endOfText(text: string, line: NoteLine | undefined, end: number): number {
  if (line === undefined) return end;
  let to = Math.min(end, line.start + line.text.length);
  if (to === end) while (text[to - 1] === ' ' || text[to - 1] === '\t') to -= 1;
  return to;
}

function commonHeadings(lines: readonly NoteLine[]): readonly string[] {
  let common = lines[0]?.headings ?? [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.heading === 0) continue;
    let shared = 0;
    while (shared < common.length && common[shared] === line.headings[shared]) shared += 1;
    common = common.slice(0, shared);
  }
  return common;
}
