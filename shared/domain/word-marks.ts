/**
 * Word marks inside changed lines: which old line became which new one, and which words differ. A mark must
 * help a reader; lines that share little are better read whole.
 */
import { diffArrays } from 'diff';
import { limits } from '../limits.ts';

export type Run = { text: string; changed: boolean };
/** By index of the line; a line that is missing carries no marks. */
export type BlockMarks = { old: Map<number, Run[]>; new: Map<number, Run[]> };

/** Share of their letters that two lines must have in common before marks say more than both lines do. */
const leastShare = 0.35;

/**
 * Whole words in scripts that set spaces, single characters in those that do not, runs of white space,
 * whole emoji, and all else by itself.
 */
const wordPattern =
  /[[\p{L}\p{N}\p{M}_]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}]]+|\p{RGI_Emoji}|\s+|./gsv;

/** Counts the steps that one diff may still spend on marks, so that the answer never waits for them. */
export type MarkBudget = { steps: number };

/** The budget of one diff. */
export function newMarkBudget(): MarkBudget {
  return { steps: limits.wordDiffSteps };
}

/** Marks for one block of removed and added lines. Takes what it uses from the budget; none left, no marks. */
export function markBlock(
  oldLines: readonly string[],
  newLines: readonly string[],
  budget: MarkBudget,
): BlockMarks {
  const marks: BlockMarks = { old: new Map(), new: new Map() };
  if (oldLines.length === 0 || newLines.length === 0) return marks;
  const olds = oldLines.map((line) => readWords(line, budget));
  const news = newLines.map((line) => readWords(line, budget));
  for (const [oldIndex, newIndex] of pairLines(olds, news, budget)) {
    const marked = markPair(olds[oldIndex], news[newIndex], budget);
    if (marked === undefined) continue;
    marks.old.set(oldIndex, marked.old);
    marks.new.set(newIndex, marked.new);
  }
  return marks;
}

type Words = { words: string[]; countByWord: Map<string, number>; letters: number };

/** A line that is too long, or for which no budget is left, has no words and so is like no other. */
function readWords(line: string, budget: MarkBudget): Words {
  const tooMuch = line.length > Math.min(limits.wordDiffCharacters, budget.steps);
  const words = tooMuch ? [] : (line.match(wordPattern) ?? []);
  budget.steps -= tooMuch ? 0 : line.length;
  const countByWord = new Map<string, number>();
  let letters = 0;
  for (const word of words) {
    if (word.trim() === '') continue;
    countByWord.set(word, (countByWord.get(word) ?? 0) + 1);
    letters += word.length;
  }
  return { words, countByWord, letters };
}

/** The share of letters in words that both lines have, in any order: never less than the share in order. */
function likeness(one: Words, other: Words): number {
  let common = 0;
  for (const [word, count] of one.countByWord) {
    common += word.length * Math.min(count, other.countByWord.get(word) ?? 0);
  }
  return shareOf(common, one, other);
}

function shareOf(common: number, one: Words, other: Words): number {
  const letters = one.letters + other.letters;
  return letters === 0 ? 0 : (2 * common) / letters;
}

/** Pairs of similar lines in order. Blocks too large to compare all with all are paired line by line. */
function pairLines(olds: readonly Words[], news: readonly Words[], budget: MarkBudget): [number, number][] {
  const words = olds.reduce((sum, line) => sum + line.countByWord.size, 0);
  const steps = words * news.length + olds.length * news.length;
  if (olds.length * news.length > 1 && steps <= budget.steps / 4) {
    budget.steps -= steps;
    return bestPairs(olds, news);
  }
  return olds.slice(0, news.length).map((_, index) => [index, index]);
}

/** The pairs, none crossing another, with the greatest likeness in sum (the classic alignment table). */
function bestPairs(olds: readonly Words[], news: readonly Words[]): [number, number][] {
  const width = news.length + 1;
  const best = new Float64Array((olds.length + 1) * width);
  const gain = new Float64Array(best.length);
  const at = (table: Float64Array, row: number, column: number) => table[row * width + column] ?? 0;
  for (let row = olds.length - 1; row >= 0; row -= 1) {
    for (let column = news.length - 1; column >= 0; column -= 1) {
      const share = likenessAt(olds, news, row, column);
      gain[row * width + column] = share;
      best[row * width + column] = Math.max(
        at(best, row + 1, column),
        at(best, row, column + 1),
        share > 0 ? share + at(best, row + 1, column + 1) : 0,
      );
    }
  }
  return walkTable(
    olds.length,
    news.length,
    (row, column) => at(best, row, column),
    (row, column) => at(gain, row, column),
  );
}

function likenessAt(olds: readonly Words[], news: readonly Words[], row: number, column: number): number {
  const one = olds[row];
  const other = news[column];
  if (one === undefined || other === undefined) return 0;
  const share = likeness(one, other);
  return share < leastShare ? 0 : share;
}

type Cell = (row: number, column: number) => number;

function walkTable(rows: number, columns: number, best: Cell, gain: Cell): [number, number][] {
  const pairs: [number, number][] = [];
  let row = 0;
  let column = 0;
  while (row < rows && column < columns) {
    const share = gain(row, column);
    if (share > 0 && best(row, column) === share + best(row + 1, column + 1)) pairs.push([row++, column++]);
    else if (best(row, column) === best(row + 1, column)) row += 1;
    else column += 1;
  }
  return pairs;
}

function markPair(one: Words | undefined, other: Words | undefined, budget: MarkBudget) {
  if (one === undefined || other === undefined || likeness(one, other) < leastShare) return undefined;
  const atMost = Math.floor(Math.sqrt(Math.max(0, budget.steps)));
  const edits = Math.min(atMost, limits.wordDiffEdits);
  const parts = diffArrays(one.words, other.words, { maxEditLength: edits });
  const used = parts === undefined ? edits : changedWords(parts);
  budget.steps -= used * used + one.words.length + other.words.length;
  if (parts === undefined || shareOf(commonLetters(parts), one, other) < leastShare) return undefined;
  return { old: runsOf(parts, 'added'), new: runsOf(parts, 'removed') };
}

type Part = { value: string[]; added: boolean; removed: boolean; count: number };

function changedWords(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (isSame(part) ? 0 : part.count), 0);
}

function commonLetters(parts: readonly Part[]): number {
  const words = parts.filter(isSame).flatMap((part) => part.value);
  return words.reduce((sum, word) => sum + (word.trim() === '' ? 0 : word.length), 0);
}

function isSame(part: Part): boolean {
  return !part.added && !part.removed;
}

/** One side of the parts as runs; space between two changes belongs to the change, so that marks do not flicker. */
function runsOf(parts: readonly Part[], leaveOut: 'added' | 'removed'): Run[] {
  const runs: Run[] = [];
  const side = parts.filter((part) => !part[leaveOut]);
  for (const [index, part] of side.entries()) {
    const text = part.value.join('');
    const before = side[index - 1];
    const after = side[index + 1];
    const isGap = text.trim() === '' && before && after && !isSame(before) && !isSame(after);
    addRun(runs, { text, changed: isGap === true || !isSame(part) });
  }
  return withoutSpaceAround(runs);
}

function addRun(runs: Run[], run: Run): void {
  const last = runs.at(-1);
  if (last?.changed === run.changed) last.text += run.text;
  else if (run.text !== '') runs.push({ ...run });
}

/** Marks words, not the space beside them; space that changed alone, or at the end of the line, stays marked. */
function withoutSpaceAround(runs: readonly Run[]): Run[] {
  const tight: Run[] = [];
  for (const [index, run] of runs.entries()) {
    const words = run.text.trim();
    if (!run.changed || words === '') {
      addRun(tight, run);
      continue;
    }
    const start = run.text.indexOf(words);
    const end = index === runs.length - 1 ? run.text.length : start + words.length;
    addRun(tight, { text: run.text.slice(0, start), changed: false });
    addRun(tight, { text: run.text.slice(start, end), changed: true });
    addRun(tight, { text: run.text.slice(end), changed: false });
  }
  return tight;
}
