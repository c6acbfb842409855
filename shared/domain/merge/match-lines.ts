/**
 * Which lines of two texts belong together, found the way git finds them, because people know git's merges
 * and a merge that git does alone must come out byte for byte the same. The method is Myers' (An O(ND)
 * Difference Algorithm and its Variations): lines that cannot match are set aside first, then the box between
 * the texts is split where a path from its start meets one from its end.
 */

/** One mark a line: 1 where the line has no partner in the other text. */
export type Changed = { old: Uint8Array; new: Uint8Array };

/** Both texts as numbers, the same number for the same line. Time is bounded: a costly search ends early. */
export function matchLines(oldIds: ArrayLike<number>, newIds: ArrayLike<number>): Changed {
  const changed = { old: new Uint8Array(oldIds.length), new: new Uint8Array(newIds.length) };
  const start = commonStart(oldIds, newIds);
  const tail = commonTail(oldIds, newIds, start);
  const old = comparable(oldIds, newIds, start, oldIds.length - tail, changed.old);
  const fresh = comparable(newIds, oldIds, start, newIds.length - tail, changed.new);
  new Search(old, fresh, changed).run();
  return changed;
}

function commonStart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const most = Math.min(one.length, other.length);
  let start = 0;
  while (start < most && one[start] === other[start]) start += 1;
  return start;
}

function commonTail(one: ArrayLike<number>, other: ArrayLike<number>, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  let tail = 0;
  while (tail < most && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  return tail;
}

/** The lines of one side that take part in the search. */
type Lines = { ids: number[]; at: number[] };

/** Lines on which many others stand only confuse the search where all around them has changed. */
const most = { frequent: 1024, window: 100, runShare: 4 };
const none = 0;
const few = 1;
const many = 2;

function comparable(
  ids: ArrayLike<number>,
  otherIds: ArrayLike<number>,
  start: number,
  end: number,
  changed: Uint8Array,
): Lines {
  const kinds = kindsOf(ids, otherIds, start, end);
  const lines: Lines = { ids: [], at: [] };
  for (let index = 0; index < kinds.length; index += 1) {
    const kind = kinds[index];
    if (kind === none || (kind === many && isAmongChanges(kinds, index))) changed[start + index] = 1;
    else {
      lines.ids.push(ids[start + index] ?? -1);
      lines.at.push(start + index);
    }
  }
  return lines;
}

function kindsOf(
  ids: ArrayLike<number>,
  otherIds: ArrayLike<number>,
  start: number,
  end: number,
): Uint8Array {
  const countById = new Map<number, number>();
  for (let index = 0; index < otherIds.length; index += 1) {
    const id = otherIds[index] ?? -1;
    countById.set(id, (countById.get(id) ?? 0) + 1);
  }
  const frequent = Math.min(roughRoot(ids.length), most.frequent);
  const kinds = new Uint8Array(end - start);
  for (let index = start; index < end; index += 1) {
    const count = countById.get(ids[index] ?? -1) ?? 0;
    kinds[index - start] = count === 0 ? none : count < frequent ? few : many;
  }
  return kinds;
}

/** The power of two nearest to the square root, from above. */
function roughRoot(number: number): number {
  let root = 1;
  for (let rest = number; rest > 0; rest = Math.floor(rest / 4)) root *= 2;
  return root;
}

/** True for a frequent line between lines that are gone, on both sides of it, and mostly those. */
function isAmongChanges(kinds: Uint8Array, index: number): boolean {
  const before = runOf(kinds, index, -1);
  if (before.gone === 0) return false;
  const after = runOf(kinds, index, 1);
  if (after.gone === 0) return false;
  const frequent = before.frequent + after.frequent;
  return frequent * most.runShare < frequent + before.gone + after.gone;
}

function runOf(kinds: Uint8Array, index: number, step: 1 | -1): { gone: number; frequent: number } {
  const run = { gone: 0, frequent: 1 };
  for (let away = 1; away <= most.window; away += 1) {
    const kind = kinds[index + away * step];
    if (kind === undefined || kind === few) break;
    if (kind === none) run.gone += 1;
    else run.frequent += 1;
  }
  return run;
}

type Box = { oldStart: number; oldEnd: number; newStart: number; newEnd: number };
type Point = { old: number; new: number };

/** Steps after which a path is taken as it is; git spends as many. */
const leastCost = 256;

class Search {
  readonly #old: Lines;
  readonly #new: Lines;
  readonly #changed: Changed;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  readonly #offset: number;
  readonly #mostCost: number;

  constructor(old: Lines, fresh: Lines, changed: Changed) {
    const diagonals = old.ids.length + fresh.ids.length + 3;
    this.#old = old;
    this.#new = fresh;
    this.#changed = changed;
    this.#forward = new Int32Array(diagonals + 2);
    this.#backward = new Int32Array(diagonals + 2);
    this.#offset = fresh.ids.length + 1;
    this.#mostCost = Math.max(leastCost, roughRoot(diagonals));
  }

  run(): void {
    const boxes: Box[] = [
      { oldStart: 0, oldEnd: this.#old.ids.length, newStart: 0, newEnd: this.#new.ids.length },
    ];
    for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
      this.#shrink(box);
      if (box.oldStart === box.oldEnd || box.newStart === box.newEnd) this.#mark(box);
      else {
        const meet = this.#meetingPoint(box);
        boxes.push(
          { ...box, oldStart: meet.old, newStart: meet.new },
          { ...box, oldEnd: meet.old, newEnd: meet.new },
        );
      }
    }
  }

  #shrink(box: Box): void {
    const old = this.#old.ids;
    const fresh = this.#new.ids;
    while (
      box.oldStart < box.oldEnd &&
      box.newStart < box.newEnd &&
      old[box.oldStart] === fresh[box.newStart]
    ) {
      box.oldStart += 1;
      box.newStart += 1;
    }
    while (
      box.oldStart < box.oldEnd &&
      box.newStart < box.newEnd &&
      old[box.oldEnd - 1] === fresh[box.newEnd - 1]
    ) {
      box.oldEnd -= 1;
      box.newEnd -= 1;
    }
  }

  #mark(box: Box): void {
    for (let index = box.oldStart; index < box.oldEnd; index += 1)
      this.#changed.old[this.#old.at[index] ?? 0] = 1;
    for (let index = box.newStart; index < box.newEnd; index += 1)
      this.#changed.new[this.#new.at[index] ?? 0] = 1;
  }

  /** Walks from both corners of the box, one edit at a time, until the paths meet or cost too much. */
  #meetingPoint(box: Box): Point {
    const front = new Front(this.#forward, this.#offset, box, 1);
    const back = new Front(this.#backward, this.#offset, box, -1);
    const odd = ((front.middle - back.middle) & 1) !== 0;
    for (let cost = 1; ; cost += 1) {
      front.widen();
      const met = front.walk(this.#old.ids, this.#new.ids, odd ? back : undefined);
      if (met !== undefined) return met;
      back.widen();
      const metBack = back.walk(this.#old.ids, this.#new.ids, odd ? undefined : front);
      if (metBack !== undefined) return metBack;
      if (cost >= this.#mostCost) return furthest(front, back, box);
    }
  }
}

/** The furthest points that one walk has reached, by diagonal (old index minus new index). */
class Front {
  readonly reach: Int32Array;
  readonly middle: number;
  low: number;
  high: number;
  readonly #offset: number;
  readonly #box: Box;
  readonly #step: 1 | -1;
  readonly #beyond: number;

  constructor(reach: Int32Array, offset: number, box: Box, step: 1 | -1) {
    this.reach = reach;
    this.#offset = offset;
    this.#box = box;
    this.#step = step;
    this.#beyond = step === 1 ? -1 : 0x7fff_ffff;
    this.middle = step === 1 ? box.oldStart - box.newStart : box.oldEnd - box.newEnd;
    this.low = this.middle;
    this.high = this.middle;
    reach[offset + this.middle] = step === 1 ? box.oldStart : box.oldEnd;
  }

  at(diagonal: number): number {
    return this.reach[this.#offset + diagonal] ?? 0;
  }

  /** One more diagonal on each side; those outside of the box fall away again. */
  widen(): void {
    if (this.low > this.#box.oldStart - this.#box.newEnd) {
      this.low -= 1;
      this.reach[this.#offset + this.low - 1] = this.#beyond;
    } else this.low += 1;
    if (this.high < this.#box.oldEnd - this.#box.newStart) {
      this.high += 1;
      this.reach[this.#offset + this.high + 1] = this.#beyond;
    } else this.high -= 1;
  }

  /** One edit further on each diagonal, and along all equal lines. Answers where it met the other walk. */
  walk(old: readonly number[], fresh: readonly number[], other: Front | undefined): Point | undefined {
    for (let diagonal = this.high; diagonal >= this.low; diagonal -= 2) {
      const index = this.#step === 1 ? this.#ahead(old, fresh, diagonal) : this.#aback(old, fresh, diagonal);
      this.reach[this.#offset + diagonal] = index;
      if (other === undefined || diagonal < other.low || diagonal > other.high) continue;
      const passed = this.#step === 1 ? other.at(diagonal) <= index : index <= other.at(diagonal);
      if (passed) return { old: index, new: index - diagonal };
    }
    return undefined;
  }

  #ahead(old: readonly number[], fresh: readonly number[], diagonal: number): number {
    const { oldEnd, newEnd } = this.#box;
    const left = this.at(diagonal - 1);
    const right = this.at(diagonal + 1);
    let index = left >= right ? left + 1 : right;
    while (index < oldEnd && index - diagonal < newEnd && old[index] === fresh[index - diagonal]) index += 1;
    return index;
  }

  #aback(old: readonly number[], fresh: readonly number[], diagonal: number): number {
    const { oldStart, newStart } = this.#box;
    const left = this.at(diagonal - 1);
    const right = this.at(diagonal + 1);
    let index = left < right ? left : right - 1;
    while (
      index > oldStart &&
      index - diagonal > newStart &&
      old[index - 1] === fresh[index - diagonal - 1]
    ) {
      index -= 1;
    }
    return index;
  }
}

/** Where the walk that came further stands: good enough when the texts have little in common. */
function furthest(front: Front, back: Front, box: Box): Point {
  let ahead: Point = { old: box.oldStart, new: box.newStart };
  for (let diagonal = front.high; diagonal >= front.low; diagonal -= 2) {
    const old = Math.min(front.at(diagonal), box.oldEnd, box.newEnd + diagonal);
    if (old + old - diagonal > ahead.old + ahead.new) ahead = { old, new: old - diagonal };
  }
  let aback: Point = { old: box.oldEnd, new: box.newEnd };
  for (let diagonal = back.high; diagonal >= back.low; diagonal -= 2) {
    const old = Math.max(back.at(diagonal), box.oldStart, box.newStart + diagonal);
    if (old + old - diagonal < aback.old + aback.new) aback = { old, new: old - diagonal };
  }
  const aheadBy = ahead.old + ahead.new - (box.oldStart + box.newStart);
  const abackBy = box.oldEnd + box.newEnd - (aback.old + aback.new);
  return abackBy < aheadBy ? ahead : aback;
}
