/** What git's index notes of a file on the disk, and whether the file is still as it was noted. */
import { type BigIntStats, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeEntry } from '../engine/git/repository.ts';
import { factsInIndex, type Racy } from './git-index-file.ts';
import type { KeptIndex } from './kept-index.ts';

/** Without the mode, which git keeps in its own form, and the group of fields that a copy of the tree changes. */
const factsCompared = [0, 1, 2, 3, 9];

/** The same, and the file itself: whoever asks this wants to be sure without a look into it. */
const factsNoted = [...factsCompared, 5];
const sizeField = 9;
const second = 1_000_000_000n;

export function racyIn(top: string, written: BigIntStats): Racy {
  return {
    sinceSeconds: Number(written.mtimeNs / second),
    isUntouched(path, { fields }) {
      const facts = factsNow(join(top, path));
      return facts !== undefined && factsCompared.every((index) => facts[index] === fields[index]);
    },
  };
}

/** Undefined where nothing lies, also where a file stands in the place of a folder on the way. */
function factsNow(file: string): number[] | undefined {
  try {
    return statFields(lstatSync(file, { bigint: true }));
  } catch {
    return undefined;
  }
}

export function statFields(stats: BigIntStats): number[] {
  const time = (ns: bigint): number[] => [Number(ns / second), Number(ns % second)];
  const cut = (value: bigint): number => Number(BigInt.asUintN(32, value));
  return [
    ...time(stats.ctimeNs),
    ...time(stats.mtimeNs),
    cut(stats.dev),
    cut(stats.ino),
    cut(stats.mode),
    cut(stats.uid),
    cut(stats.gid),
    cut(stats.size),
  ];
}

/**
 * The entry of a file that has not been touched since the index was written, so that nobody need read it. Undefined where
 * that is not sure: its facts are others, or it was written in the second of the index itself.
 */
export async function untouchedEntry(
  { kept, idBytes }: { kept: KeptIndex; idBytes: number },
  path: string,
  stats: BigIntStats,
): Promise<TreeEntry | undefined> {
  const index = await kept.read();
  const known = factsInIndex(index.bytes, idBytes, path);
  if (known === undefined || index.stats === undefined) return undefined;
  const { fields } = known.stat;
  const now = statFields(stats);
  const isAsNoted = factsNoted.every((field) => now[field] === fields[field]);
  // Of an empty file git cannot tell what it wanted to have looked at again.
  const isSure = (fields[sizeField] ?? 0) > 0 && stats.mtimeNs / second < index.stats.mtimeNs / second;
  return isAsNoted && isSure ? known.entry : undefined;
}
