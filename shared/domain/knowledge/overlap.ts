/** What a chunk repeats of the one before it, so that a passage is found that lies across the cut. */
import type { NoteLine } from './note-lines.ts';

/** Characters that a chunk repeats at most. */
const longestOverlap = 200;

/**
 * Offset at which a chunk begins whose own text begins at `start`, in the line of index `index`: up to 200 characters
 * before, at the start of a line or of a sentence of the same section. Nothing is repeated of fences and tables, and
 * nothing from before `earliest`. Depends on the text right before the cut only, so that an edit elsewhere in
 * the chunk before leaves this one as it is.
 */
export function overlapStart(
  lines: readonly NoteLine[],
  index: number,
  start: number,
  earliest: number,
): number {
  const line = lines[index];
  if (line === undefined || line.heading > 0) return start;
  if (start <= line.start) return linesAbove(lines, index, start, earliest);
  const floor = Math.max(earliest, start - longestOverlap);
  return canRepeat(line) ? sentenceWithin(line, floor, start) : start;
}

function linesAbove(lines: readonly NoteLine[], index: number, start: number, earliest: number): number {
  let from = start;
  // A line ending counts as one character, so that Windows line ends repeat the same.
  let room = longestOverlap;
  for (let at = index - 1; at >= 0; at -= 1) {
    const line = lines[at];
    if (line === undefined || (!line.blank && !canRepeat(line))) return from;
    room -= line.text.length + 1;
    if (line.blank) continue;
    const floor = Math.max(earliest, line.start + Math.max(0, -room));
    if (line.start < floor) return from < start ? from : sentenceWithin(line, floor, start);
    from = line.start;
  }
  return from;
}

function canRepeat(line: NoteLine): boolean {
  return line.heading === 0 && line.whole === 0 && !/^\s*(?:[-*_][ \t]*){3,}$/.test(line.text);
}

/** The first sentence of the line that begins after `floor` and before `start`; without one, `start`. */
function sentenceWithin(line: NoteLine, floor: number, start: number): number {
  const begin = Math.max(0, floor - line.start);
  const window = line.text.slice(begin, start - line.start);
  const end = /[.!?]["')\]*_`]*[ \t]+|[。！？]/.exec(window);
  if (end === null || window.slice(end.index + end[0].length).trim() === '') return start;
  return line.start + begin + end.index + end[0].length;
}
