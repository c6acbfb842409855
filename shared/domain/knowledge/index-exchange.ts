/**
 * The rules by which two clusters exchange index files (reference/000 with the repairs of DESIGN section 9). A file is
 * known by its path and the MD5 of its bytes. What both held alike at the end of their last exchange is `agreed`: only
 * that tells a file that was deleted from one that the other side has never seen.
 */
import { err, ok, problem, type Result } from '../../result.ts';
import { checkNotePath, foldPath } from '../note-path.ts';

export type IndexName = { path: string; md5: string };

/** What is known of one path; each is an MD5, or undefined where there is no such file. */
export type Sides = {
  ours: string | undefined;
  theirs: string | undefined;
  agreed: string | undefined;
  /** These bytes of theirs lay here once under this path, and were deleted. */
  wasDeletedHere: boolean;
  /** The other side says that the path was removed. */
  isSaidRemoved: boolean;
  /** The two have never finished an exchange, so `agreed` says nothing. */
  isFirst: boolean;
  /** The other side says `removed` only of what it deleted, as Skein does; others say it of all that they lack. */
  knowsDeletions: boolean;
};

export type ExchangeStep = 'none' | 'take' | 'give' | 'remove-here' | 'remove-there';

/** What brings the two together. A file is removed only where the very bytes were shared and one side deleted them. */
export function stepOf(sides: Sides): ExchangeStep {
  const { ours, theirs, agreed, isFirst } = sides;
  if (ours === theirs) return 'none';
  if (ours === undefined)
    return sides.wasDeletedHere && (isFirst || agreed === theirs) ? 'remove-there' : 'take';
  if (theirs === undefined) {
    const wasShared = agreed === ours || (isFirst && sides.knowsDeletions);
    return sides.isSaidRemoved && wasShared ? 'remove-here' : 'give';
  }
  return theirs === agreed ? 'give' : 'take';
}

/** Whether so many files of all that there were can hardly have been deleted: rather a disk in their folder is not there. */
export const areTooMany = (gone: number, before: number): boolean => gone > Math.max(1, before / 2);

/** The part of all paths that the two do not hold alike, from 0 to 1. */
export function driftBetween(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): number {
  const paths = new Set([...ours.keys(), ...theirs.keys()]);
  let apart = 0;
  for (const path of paths) if (ours.get(path) !== theirs.get(path)) apart += 1;
  return paths.size === 0 ? 0 : apart / paths.size;
}

/** Names of files that are being written; they are no indexes yet. */
export const unfinishedPattern = /(?:^|\/)\.skein-[^/]*\.tmp$/i;

/** Returns the path in Unicode form NFC, or fails with `hostile-path`: it comes from another machine. */
export function checkIndexPath(path: string): Result<string> {
  const checked = checkNotePath(path);
  if (!checked.ok) {
    const advice = 'Give the file a plain relative name, with / between folders, on the machine that has it.';
    return err({ ...checked.error, advice });
  }
  return unfinishedPattern.test(path) ? err(unfinished(path)) : checked;
}

const unfinished = (path: string) =>
  problem(
    'hostile-path',
    path,
    `The path ${JSON.stringify(path)} is refused: such names belong to files that Skein is still writing.`,
    'Give the file another name on the machine that has it.',
  );

/**
 * Says whether a path can stand beside others on every disk. `take` remembers it and returns undefined, or returns the
 * path that has the same name in another spelling, or is a file where this one needs a folder, or the reverse.
 */
export function createSpellings(): { take(path: string): string | undefined } {
  const spellingByKey = new Map<string, string>();
  const fileByKey = new Map<string, string>();
  const partsOf = (path: string): string[] => {
    const names = path.split('/');
    return names.map((_, index) => names.slice(0, index + 1).join('/'));
  };
  return {
    take(path) {
      const parts = partsOf(path);
      for (const part of parts) {
        const key = foldPath(part);
        const known = spellingByKey.get(key);
        const isFile = fileByKey.has(key);
        if (known !== undefined && (known !== part || isFile !== (part === path)))
          return fileByKey.get(key) ?? known;
      }
      for (const part of parts) spellingByKey.set(foldPath(part), part);
      fileByKey.set(foldPath(path), path);
      return undefined;
    },
  };
}

export const spellingTaken = (path: string, other: string) =>
  err(
    problem(
      'hostile-path',
      path,
      `${JSON.stringify(path)} cannot stand beside ${JSON.stringify(other)}: on some disks the two are one name.`,
      'Rename one of the two on the machine that has both.',
    ),
  );

export const cleanMd5 = (text: string): Result<string> =>
  /^[0-9a-f]{32}$/i.test(text)
    ? ok(text.toLowerCase())
    : err(
        problem(
          'bad-input',
          'md5',
          `${JSON.stringify(text.slice(0, 80))} is no MD5.`,
          'Send its 32 hexadecimal digits.',
        ),
      );
