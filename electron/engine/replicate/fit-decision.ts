/** What somebody decided about a file that went on meanwhile. */
import { mergeVersions } from '../../../shared/domain/merge/merge.ts';
import { equalBytes } from '../../../shared/domain/utf8.ts';

/** The file as the person saw it, as it is now, and as it is to be; undefined or null where there is none. */
export type Fitting = {
  path: string;
  seen: Uint8Array | undefined;
  current: Uint8Array | undefined;
  decided: Uint8Array | null;
};

/**
 * The bytes that hold the decision and what was written since, merged from what the person saw. `no fit` when both
 * concern the same words, or one of them is the end of the file: then only the person can say what counts.
 */
export function fitDecision({ path, seen, current, decided }: Fitting): Uint8Array | null | 'no fit' {
  if (isSame(current, seen) || isSame(current, decided ?? undefined)) return decided;
  if (seen === undefined || current === undefined || decided === null) return 'no fit';
  const merged = mergeVersions(seen, [current, decided], { path });
  return merged.settled ? merged.content : 'no fit';
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one === undefined || other === undefined ? one === other : equalBytes(one, other);
