/** Two versions of a file as a diff for people, and as a unified diff for programs. */
import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';
import type { DiffJson } from '../contracts/shapes.ts';
import { limits } from '../limits.ts';
import { binaryNotes, textNotes } from './diff-notes.ts';
import { type EditBlock, lineEdits } from './line-edits.ts';
import { type DecodedText, decodeText, looksBinary } from './text.ts';
import { decodeUtf8, equalBytes } from './utf8.ts';
import { markBlock, newMarkBudget, type Run } from './word-marks.ts';

export type DiffHunk = DiffJson['hunks'][number];
export type DiffLine = DiffHunk['lines'][number];

/**
 * What changed from `oldBytes` to `newBytes`; null stands for no file. Lines are compared without their
 * endings, which the notes report on. `context` is the number of equal lines around each change; Infinity
 * gives both texts whole. Stays under a second on texts of a megabyte that share nothing: past
 * `limits.diffEdits` it answers coarsely.
 */
export function diffTexts(
  oldBytes: Uint8Array | null,
  newBytes: Uint8Array | null,
  options: { context: number },
): DiffJson {
  if (looksBinary(oldBytes ?? nothing) || looksBinary(newBytes ?? nothing)) {
    return { hunks: [], added: 0, removed: 0, notes: binaryNotes(oldBytes, newBytes), coarse: false };
  }
  const before = oldBytes && decodeText(oldBytes);
  const after = newBytes && decodeText(newBytes);
  const sides: Sides = { old: linesOf(before), new: linesOf(after) };
  const { blocks, coarse } = lineEdits(sides.old, sides.new, limits.diffEdits);
  const added = blocks.reduce((sum, block) => sum + block.newEnd - block.newStart, 0);
  const removed = blocks.reduce((sum, block) => sum + block.oldEnd - block.oldStart, 0);
  const runs = coarse || Math.max(added, removed) > limits.wordDiffLines ? noRuns : markBlocks(sides, blocks);
  return {
    hunks: groupBlocks(blocks, options.context).map((group) => hunkOf(sides, group, options.context, runs)),
    added,
    removed,
    notes: textNotes(before, after, blocks),
    coarse,
  };
}

/**
 * The standard unified format with three lines of context, exact to the line ending, for `git apply` and
 * `patch`. Empty when nothing changed. Bytes that are no text are only said to differ.
 */
export function unifiedDiff(path: string, oldBytes: Uint8Array | null, newBytes: Uint8Array | null): string {
  if (equalFiles(oldBytes, newBytes)) return '';
  const oldFileName = oldBytes === null ? '/dev/null' : `a/${path}`;
  const newFileName = newBytes === null ? '/dev/null' : `b/${path}`;
  const before = decodeUtf8(oldBytes ?? nothing);
  const after = decodeUtf8(newBytes ?? nothing);
  const isText =
    before.valid && after.valid && !looksBinary(oldBytes ?? nothing) && !looksBinary(newBytes ?? nothing);
  if (!isText) return `Binary files ${oldFileName} and ${newFileName} differ\n`;
  const sides: Sides = { old: exactLines(before.text), new: exactLines(after.text) };
  const hunks = groupBlocks(lineEdits(sides.old, sides.new, limits.diffEdits).blocks, unifiedContext).map(
    (group) => unifiedHunk(hunkOf(sides, group, unifiedContext, noRuns)),
  );
  const patch = { oldFileName, newFileName, oldHeader: undefined, newHeader: undefined, hunks };
  return formatPatch(patch, FILE_HEADERS_ONLY);
}

const nothing = new Uint8Array();
const unifiedContext = 3;

type Sides = { old: readonly string[]; new: readonly string[] };
type RunsByLine = { old: ReadonlyMap<number, Run[]>; new: ReadonlyMap<number, Run[]> };
const noRuns: RunsByLine = { old: new Map(), new: new Map() };

/** Lines without their endings; a final newline ends the last line and begins no other. */
function linesOf(decoded: DecodedText | null): string[] {
  if (decoded === null || decoded.text === '') return [];
  const lines = decoded.text.split(/\r?\n/);
  if (decoded.finalNewline) lines.pop();
  return lines;
}

/** Lines with their endings. */
function exactLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function equalFiles(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return equalBytes(one, other);
}

function markBlocks(sides: Sides, blocks: readonly EditBlock[]): RunsByLine {
  const runs = { old: new Map<number, Run[]>(), new: new Map<number, Run[]>() };
  const budget = newMarkBudget();
  for (const block of blocks) {
    const marks = markBlock(
      sides.old.slice(block.oldStart, block.oldEnd),
      sides.new.slice(block.newStart, block.newEnd),
      budget,
    );
    for (const [index, marked] of marks.old) runs.old.set(block.oldStart + index, marked);
    for (const [index, marked] of marks.new) runs.new.set(block.newStart + index, marked);
  }
  return runs;
}

/** Blocks whose context would touch or overlap stand in one hunk. */
function groupBlocks(blocks: readonly EditBlock[], context: number): EditBlock[][] {
  const groups: EditBlock[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    const gap = block.oldStart - (group?.at(-1)?.oldEnd ?? 0);
    if (group !== undefined && gap <= 2 * context) group.push(block);
    else groups.push([block]);
  }
  return groups;
}

function hunkOf(sides: Sides, group: readonly EditBlock[], context: number, runs: RunsByLine): DiffHunk {
  const first = group[0] ?? { oldStart: 0, newStart: 0 };
  const lead = Math.min(context, first.oldStart);
  let oldLine = first.oldStart - lead;
  let newLine = first.newStart - lead;
  const hunk: DiffHunk = { old_start: oldLine + 1, new_start: newLine + 1, lines: [] };
  const sameUntil = (end: number) => {
    for (; oldLine < end; oldLine += 1, newLine += 1) hunk.lines.push(sameLine(sides, oldLine, newLine));
  };
  for (const block of group) {
    sameUntil(block.oldStart);
    for (; oldLine < block.oldEnd; oldLine += 1) hunk.lines.push(removedLine(sides, oldLine, runs));
    for (; newLine < block.newEnd; newLine += 1) hunk.lines.push(addedLine(sides, newLine, runs));
  }
  sameUntil(Math.min(sides.old.length, oldLine + context));
  return hunk;
}

function sameLine(sides: Sides, oldLine: number, newLine: number): DiffLine {
  return { kind: 'same', old_line: oldLine + 1, new_line: newLine + 1, runs: [plain(sides.new[newLine])] };
}

function removedLine(sides: Sides, line: number, runs: RunsByLine): DiffLine {
  return {
    kind: 'removed',
    old_line: line + 1,
    new_line: null,
    runs: runs.old.get(line) ?? [plain(sides.old[line])],
  };
}

function addedLine(sides: Sides, line: number, runs: RunsByLine): DiffLine {
  return {
    kind: 'added',
    old_line: null,
    new_line: line + 1,
    runs: runs.new.get(line) ?? [plain(sides.new[line])],
  };
}

function plain(text: string | undefined): Run {
  return { text: text ?? '', changed: false };
}

const signs = { same: ' ', removed: '-', added: '+' };

function unifiedHunk(hunk: DiffHunk): StructuredPatchHunk {
  const lines = hunk.lines.flatMap((line) => {
    const text = signs[line.kind] + (line.runs[0]?.text ?? '');
    return text.endsWith('\n') ? [text.slice(0, -1)] : [text, '\\ No newline at end of file'];
  });
  return {
    oldStart: hunk.old_start,
    oldLines: hunk.lines.filter((line) => line.old_line !== null).length,
    newStart: hunk.new_start,
    newLines: hunk.lines.filter((line) => line.new_line !== null).length,
    lines,
  };
}
