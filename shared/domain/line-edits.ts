/** Which lines of two texts are the same, as the blocks between them that are not. */
import { diffArrays } from 'diff';

/** Half-open ranges of 0-based line numbers; at least one of the two is not empty. */
export type EditBlock = { oldStart: number; oldEnd: number; newStart: number; newEnd: number };
export type LineEdits = { blocks: EditBlock[]; coarse: boolean };

/**
 * The blocks that differ, in order. Lines that stand on one side only can match nothing, so only the others
 * are compared (the idea of GNU diff); past `atMost` edits of those the answer is coarse: one block, from the
 * first line that differs to the last.
 */
export function lineEdits(
  oldLines: readonly string[],
  newLines: readonly string[],
  atMost: number,
): LineEdits {
  const middle = withoutCommonEnds(oldLines, newLines);
  if (isEmpty(middle)) return { blocks: [], coarse: false };
  const known = comparableLines(oldLines, newLines, middle);
  const matches = matchLines(known.old, known.new, atMost);
  if (matches === undefined) return { blocks: [middle], coarse: true };
  return { blocks: blocksBetween(middle, matches), coarse: false };
}

/** Lines of each side outside of blocks, in pairs of 0-based numbers. */
export function* sameLines(blocks: readonly EditBlock[], oldLength: number): Generator<[number, number]> {
  let oldLine = 0;
  let newLine = 0;
  const end = { oldStart: oldLength, oldEnd: oldLength, newStart: 0, newEnd: 0 };
  for (const block of [...blocks, end]) {
    for (; oldLine < block.oldStart; oldLine += 1, newLine += 1) yield [oldLine, newLine];
    oldLine = block.oldEnd;
    newLine = block.newEnd;
  }
}

function isEmpty(block: EditBlock): boolean {
  return block.oldStart === block.oldEnd && block.newStart === block.newEnd;
}

function withoutCommonEnds(oldLines: readonly string[], newLines: readonly string[]): EditBlock {
  let oldEnd = oldLines.length;
  let newEnd = newLines.length;
  let start = 0;
  while (start < oldEnd && start < newEnd && oldLines[start] === newLines[start]) start += 1;
  while (oldEnd > start && newEnd > start && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  return { oldStart: start, oldEnd, newStart: start, newEnd };
}

type KnownLine = { line: number; id: number };

/** The lines of the middle that both sides have, with one number for each different text. */
function comparableLines(oldLines: readonly string[], newLines: readonly string[], middle: EditBlock) {
  const oldTexts = oldLines.slice(middle.oldStart, middle.oldEnd);
  const newTexts = newLines.slice(middle.newStart, middle.newEnd);
  const onNewSide = new Set(newTexts);
  const idByText = new Map<string, number>();
  for (const text of oldTexts) {
    if (onNewSide.has(text) && !idByText.has(text)) idByText.set(text, idByText.size);
  }
  return {
    old: knownLines(oldTexts, middle.oldStart, idByText),
    new: knownLines(newTexts, middle.newStart, idByText),
  };
}

function knownLines(texts: readonly string[], first: number, idByText: Map<string, number>): KnownLine[] {
  const known: KnownLine[] = [];
  for (const [index, text] of texts.entries()) {
    const id = idByText.get(text);
    if (id !== undefined) known.push({ line: first + index, id });
  }
  return known;
}

type Match = { oldLine: number; newLine: number };

function matchLines(
  oldKnown: readonly KnownLine[],
  newKnown: readonly KnownLine[],
  atMost: number,
): Match[] | undefined {
  const ids = (known: readonly KnownLine[]) => known.map((line) => line.id);
  const parts = diffArrays(ids(oldKnown), ids(newKnown), { maxEditLength: atMost });
  if (parts === undefined) return undefined;
  const matches: Match[] = [];
  let oldIndex = 0;
  let newIndex = 0;
  for (const part of parts) {
    for (let step = 0; step < part.count; step += 1) {
      const oldLine = part.added ? undefined : oldKnown[oldIndex++];
      const newLine = part.removed ? undefined : newKnown[newIndex++];
      if (oldLine && newLine) matches.push({ oldLine: oldLine.line, newLine: newLine.line });
    }
  }
  return matches;
}

function blocksBetween(middle: EditBlock, matches: readonly Match[]): EditBlock[] {
  const blocks: EditBlock[] = [];
  let oldStart = middle.oldStart;
  let newStart = middle.newStart;
  for (const match of [...matches, { oldLine: middle.oldEnd, newLine: middle.newEnd }]) {
    const block = { oldStart, oldEnd: match.oldLine, newStart, newEnd: match.newLine };
    if (!isEmpty(block)) blocks.push(block);
    oldStart = match.oldLine + 1;
    newStart = match.newLine + 1;
  }
  return blocks;
}
