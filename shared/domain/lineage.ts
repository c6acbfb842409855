/**
 * The history of one file as a graph: which versions stand side by side, and where they parted. Merges that Skein
 * made are transparent here: they are worked out again from what they merged, so that the outcome does not depend
 * on the order in which replicas met.
 */

/** One change of the file, as far as its place in the history matters. */
export type Ancestor = {
  stamp: string;
  parents: readonly string[];
  /** Null: deleted. */
  content: string | null;
  /** Worked out from its parents by the merge rule, the same on every replica. */
  merge: boolean;
  /** Decided by one replica, because others prefer something else, or may not have what it needed. */
  choice: boolean;
  /** Lay there when Skein first looked: nobody is known to have written it just then. */
  baseline: boolean;
  /** Not to be used on this device: it waits for approval, or was rejected. */
  held: boolean;
  /** Its bytes are not here: they are still on their way, or the retention let them go. */
  away: boolean;
};

/** Finds a change by its stamp; undefined for what the log does not hold. */
export type FindAncestor = (stamp: string) => Ancestor | undefined;

/** Asks once for each change: for one question about a file, which walks the same changes several times. */
export function remembering(find: FindAncestor): FindAncestor {
  const known = new Map<string, Ancestor | undefined>();
  return (stamp) => {
    if (!known.has(stamp)) known.set(stamp, find(stamp));
    return known.get(stamp);
  };
}

/** Newest first, each once. */
const ordered = (stamps: Iterable<string>): string[] => [...new Set(stamps)].toSorted().toReversed();

const unusable = ({ held, away }: Ancestor): boolean => held || away;

/**
 * The heads that can be used here: what waits for approval, or for its bytes, is replaced by what it stands on. A
 * version whose bytes never come so keeps nobody else's from the file.
 */
export function usableHeads(find: FindAncestor, heads: readonly string[]): string[] {
  return maximal(find, expand(find, heads, unusable));
}

/**
 * The versions that somebody wrote, side by side: merges of ours are replaced by what they merged, and what waits for
 * approval by what it stands on. Of those whose bytes are away nothing can be worked out; whoever asks must look. A
 * merge of something that is hidden here cannot be worked out again, and counts whole.
 */
export function primaryHeads(find: FindAncestor, heads: readonly string[]): string[] {
  const isKnown = (stamp: string): boolean => find(stamp) !== undefined;
  return maximal(
    find,
    expand(
      find,
      heads,
      ({ held, away, merge, parents }) => (merge && parents.every(isKnown)) || (held && !away),
    ),
  );
}

function expand(
  find: FindAncestor,
  heads: readonly string[],
  through: (change: Ancestor) => boolean,
): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = [...heads];
  for (let stamp = waiting.pop(); stamp !== undefined; stamp = waiting.pop()) {
    if (seen.has(stamp)) continue;
    seen.add(stamp);
    const change = find(stamp);
    if (change === undefined) continue;
    if (through(change)) waiting.push(...change.parents);
    else found.add(stamp);
  }
  return [...found];
}

/** Those that no other of them stands on. A parent's stamp is smaller than its child's, which bounds the walk. */
function maximal(find: FindAncestor, stamps: readonly string[]): string[] {
  const candidates = new Set(stamps);
  if (candidates.size < 2) return [...candidates];
  const oldest = [...candidates].toSorted()[0] ?? '';
  const seen = new Set<string>();
  const waiting = [...candidates].flatMap((stamp) => find(stamp)?.parents ?? []);
  for (let stamp = waiting.pop(); stamp !== undefined; stamp = waiting.pop()) {
    if (seen.has(stamp) || stamp < oldest) continue;
    seen.add(stamp);
    candidates.delete(stamp);
    waiting.push(...(find(stamp)?.parents ?? []));
  }
  return ordered(candidates);
}

type Link = Pick<Ancestor, 'stamp' | 'parents'>;

/** These changes and all that they stand on, near or far. `history` is that of their file, newest first. */
export function withAncestors(history: Iterable<Link>, stamps: Iterable<string>): Set<string> {
  const found = new Set(stamps);
  for (const { stamp, parents } of history) {
    if (found.has(stamp)) for (const parent of parents) found.add(parent);
  }
  return found;
}

/** These changes and all that stand on them, near or far. `history` is that of their file, oldest first. */
export function withDescendants(history: Iterable<Link>, stamps: Iterable<string>): Set<string> {
  const found = new Set(stamps);
  for (const { stamp, parents } of history) {
    if (parents.some((parent) => found.has(parent))) found.add(stamp);
  }
  return found;
}

/**
 * Versions without those that only lay where Skein had not looked before, and that another one has in its history:
 * an old copy of a file is old, not an edit, and does not bring back what was changed or deleted since. Looks at up
 * to `atMost` changes.
 */
export function withoutOldCopies(
  find: FindAncestor,
  versions: readonly Ancestor[],
  atMost: number,
): Ancestor[] {
  const isCopy = ({ baseline, parents, content }: Ancestor): boolean =>
    baseline && parents.length === 0 && content !== null;
  if (!versions.some(isCopy)) return [...versions];
  const past = contentsBefore(
    find,
    versions.filter((version) => !isCopy(version)),
    atMost,
  );
  return versions.filter((version) => !isCopy(version) || !past.has(version.content));
}

/** Contents of everything that the versions stand on. */
function contentsBefore(
  find: FindAncestor,
  versions: readonly Ancestor[],
  atMost: number,
): Set<string | null> {
  const contents = new Set<string | null>();
  const seen = new Set<string>();
  const waiting = versions.flatMap(({ parents }) => parents);
  for (let stamp = waiting.pop(); stamp !== undefined && seen.size < atMost; stamp = waiting.pop()) {
    if (seen.has(stamp)) continue;
    seen.add(stamp);
    const change = find(stamp);
    if (change === undefined) continue;
    contents.add(change.content);
    waiting.push(...change.parents);
  }
  return contents;
}

/** The newest of these changes, or of what they stand on, with this content; looks at up to `atMost` of them. */
export function newestWith(
  find: FindAncestor,
  stamps: readonly string[],
  content: string | null,
  atMost: number,
): string | undefined {
  const waiting = new Set(stamps);
  for (let step = 0; step < atMost && waiting.size > 0; step++) {
    const stamp = newest(waiting);
    waiting.delete(stamp);
    const change = find(stamp);
    if (change === undefined) continue;
    if (change.content === content) return stamp;
    for (const parent of change.parents) waiting.add(parent);
  }
  return undefined;
}

/** What two or more versions have in common: a content and the oldest change with it; undefined when nothing is. */
export type Base = { content: string; stamp: string } | undefined;

/**
 * The nearest version that all of `stamps` come from, found by content: two replicas that began with the same
 * bytes share them, whoever recorded them. Walks from new to old, as `git merge-base` does, and gives up after
 * `atMost` changes.
 */
export function nearestBase(find: FindAncestor, stamps: readonly string[], atMost: number): Base {
  // Of any number of versions, each a bit.
  const all = 2n ** BigInt(stamps.length) - 1n;
  const colours = new Map(stamps.map((stamp, index) => [stamp, 2n ** BigInt(index)]));
  const coloursByContent = new Map<string, bigint>();
  for (let step = 0; step < atMost && colours.size > 0; step++) {
    const stamp = newest(colours.keys());
    const colour = colours.get(stamp) ?? 0n;
    colours.delete(stamp);
    const change = find(stamp);
    if (change === undefined) continue;
    if (change.content !== null) {
      const seen = (coloursByContent.get(change.content) ?? 0n) | colour;
      if (seen === all) return { content: change.content, stamp };
      coloursByContent.set(change.content, seen);
    }
    for (const parent of change.parents) colours.set(parent, (colours.get(parent) ?? 0n) | colour);
  }
  return undefined;
}

function newest(stamps: Iterable<string>): string {
  let best = '';
  for (const stamp of stamps) if (stamp > best) best = stamp;
  return best;
}
