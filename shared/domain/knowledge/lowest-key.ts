/**
 * Finds the lowest key within any range of a list in logarithmic time (a segment tree), so that even a note that was
 * written to make cutting slow is cut in linear time, nearly.
 */
export type LowestKeys = { keys: readonly number[]; tree: Int32Array };

export function indexLowest(keys: readonly number[]): LowestKeys {
  const tree = new Int32Array(2 * keys.length);
  for (let index = 0; index < keys.length; index += 1) tree[keys.length + index] = index;
  const lowest: LowestKeys = { keys, tree };
  for (let node = keys.length - 1; node > 0; node -= 1) {
    tree[node] = lowerOf(lowest, tree[2 * node] ?? -1, tree[2 * node + 1] ?? -1);
  }
  return lowest;
}

/** Index of the lowest key from `from` to before `to`, of equal ones the first; -1 when the range is empty. */
export function lowestWithin(lowest: LowestKeys, from: number, to: number): number {
  const { keys, tree } = lowest;
  let best = -1;
  for (let low = from + keys.length, high = to + keys.length; low < high; low >>= 1, high >>= 1) {
    if (low % 2 === 1) best = lowerOf(lowest, best, tree[low++] ?? -1);
    if (high % 2 === 1) best = lowerOf(lowest, best, tree[--high] ?? -1);
  }
  return best;
}

function lowerOf({ keys }: LowestKeys, one: number, other: number): number {
  if (one < 0) return other;
  if (other < 0) return one;
  const [first, second] = one < other ? [one, other] : [other, one];
  return (keys[second] ?? 0) < (keys[first] ?? 0) ? second : first;
}
