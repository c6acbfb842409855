/** The best of very many scores, without sorting them all. */

/**
 * Places of at most `atMost` of the highest scores, the best first, of equal ones the lower place; of those `among` only,
 * where some are given.
 */
export function placesOfBest(scores: Float32Array, atMost: number, among?: readonly number[]): number[] {
  const chosen = among === undefined ? scores : Float32Array.from(among, (place) => scores[place] ?? 0);
  const wanted = Math.min(atMost, chosen.length);
  if (wanted <= 0) return [];
  const least = scoreOfBest(chosen, wanted);
  const best: { score: number; place: number }[] = [];
  // No iterator: it would make an array for each of them.
  for (let at = 0; at < chosen.length; at += 1) {
    const score = chosen[at] ?? 0;
    if (score >= least) best.push({ score, place: among?.[at] ?? at });
  }
  best.sort((one, other) => other.score - one.score || one.place - other.place);
  return best.slice(0, wanted).map(({ place }) => place);
}

const buckets = 4_096;

/** A score that at least `wanted` reach, and not many more: sorting them all would take as long as finding them. */
function scoreOfBest(scores: Float32Array, wanted: number): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  const width = (most - least) / buckets;
  if (width === 0) return least;
  const counts = new Uint32Array(buckets + 1);
  for (const score of scores) {
    const bucket = Math.floor((score - least) / width);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  let bucket = buckets;
  for (let count = counts[bucket] ?? 0; count < wanted; count += counts[bucket] ?? 0) bucket -= 1;
  // One bucket lower: what stands at its border may have been counted on the other side of it.
  return least + (bucket - 1) * width;
}
