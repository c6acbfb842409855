/**
 * Moves runs of changed lines to where git shows them. An inserted entry that begins like the text below it
 * can be told in several ways; all sides must tell it in the same way, or the same insertion would look like
 * two.
 */
import type { Changed } from './match-lines.ts';

type Ids = ArrayLike<number>;

/** Slides the runs of both texts in place: down as far as they go, or to a run of the other text. */
export function slideChanges(oldIds: Ids, newIds: Ids, changed: Changed): void {
  slideSide(oldIds, changed.old, changed.new);
  slideSide(newIds, changed.new, changed.old);
}

/** A run of changed lines, perhaps empty, before each unchanged line and at the end. */
type Run = { start: number; end: number };

function slideSide(ids: Ids, marks: Uint8Array, otherMarks: Uint8Array): void {
  const run = firstRun(marks);
  const other = firstRun(otherMarks);
  for (;;) {
    if (run.end > run.start) slideRun(ids, marks, run, otherMarks, other);
    if (!toNext(marks, run)) return;
    toNext(otherMarks, other);
  }
}

function slideRun(ids: Ids, marks: Uint8Array, run: Run, otherMarks: Uint8Array, other: Run): void {
  let size: number;
  let highestEnd: number;
  let meets: boolean;
  do {
    size = run.end - run.start;
    while (slideUp(ids, marks, run)) toPrevious(otherMarks, other);
    highestEnd = run.end;
    meets = other.end > other.start;
    while (slideDown(ids, marks, run)) {
      toNext(otherMarks, other);
      meets ||= other.end > other.start;
    }
    // A run that bumped into another one has grown and may slide further.
  } while (size !== run.end - run.start);
  if (run.end === highestEnd || !meets) return;
  while (other.end === other.start) {
    slideUp(ids, marks, run);
    toPrevious(otherMarks, other);
  }
}

function firstRun(marks: Uint8Array): Run {
  const run = { start: 0, end: 0 };
  while (marks[run.end] === 1) run.end += 1;
  return run;
}

function toNext(marks: Uint8Array, run: Run): boolean {
  if (run.end === marks.length) return false;
  run.start = run.end + 1;
  run.end = run.start;
  while (marks[run.end] === 1) run.end += 1;
  return true;
}

function toPrevious(marks: Uint8Array, run: Run): void {
  if (run.start === 0) return;
  run.end = run.start - 1;
  run.start = run.end;
  while (marks[run.start - 1] === 1) run.start -= 1;
}

function slideUp(ids: Ids, marks: Uint8Array, run: Run): boolean {
  if (run.start === 0 || ids[run.start - 1] !== ids[run.end - 1]) return false;
  run.start -= 1;
  run.end -= 1;
  marks[run.start] = 1;
  marks[run.end] = 0;
  while (marks[run.start - 1] === 1) run.start -= 1;
  return true;
}

function slideDown(ids: Ids, marks: Uint8Array, run: Run): boolean {
  if (run.end >= marks.length || ids[run.start] !== ids[run.end]) return false;
  marks[run.start] = 0;
  marks[run.end] = 1;
  run.start += 1;
  run.end += 1;
  while (marks[run.end] === 1) run.end += 1;
  return true;
}
