/**
 * What `git stash` took out of a work tree. HEAD stays where it is, and its reflog says nothing of files that git does not
 * track, or that were named; each stash says itself what it took.
 */
import { join } from 'node:path';
import type { Movement } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import type { FileFacts } from './file-facts.ts';
import { askGit } from './git-process.ts';

/** A stash is a commit on top of its first parent; the third, if any, holds the files that git did not track. */
type Stash = {
  id: string;
  base: string;
  untracked: string | undefined;
  atMs: number;
  branch: string | undefined;
};

/** By path, the blob that lies there now instead; undefined where nothing does. */
type Left = ReadonlyMap<string, string | undefined>;

export type Stashes = {
  /** The stash since `sinceMs` that left at the path what lies there: one of `blobs`, or nothing when there are none. */
  behind(
    commonFolder: string,
    lying: { path: string; blobs: () => Promise<readonly string[]> },
    sinceMs: number,
  ): Promise<Movement | undefined>;
  /** Whether one took something from the path. */
  have(commonFolder: string, path: string): Promise<boolean>;
};

export function createStashes(folder: string, factsOf: FileFacts['factsOf']): Stashes {
  let known: { facts: string; read: Promise<Stash[]> } | undefined;
  const leftById = new Map<string, Promise<Left>>();

  async function stashesNow(commonFolder: string): Promise<Stash[]> {
    const files = ['refs/stash', 'logs/refs/stash', 'reftable/tables.list'].map((name) =>
      join(commonFolder, name),
    );
    const facts = await factsOf(files);
    if (known?.facts !== facts) {
      leftById.clear();
      known = { facts, read: /\d/.test(facts) ? readStashes(folder) : Promise.resolve([]) };
    }
    return known.read;
  }

  function leftBy(stash: Stash): Promise<Left> {
    const left = leftById.get(stash.id) ?? readLeft(folder, stash);
    leftById.set(stash.id, left);
    return left;
  }

  return {
    async have(commonFolder, path) {
      for (const stash of await stashesNow(commonFolder)) if ((await leftBy(stash)).has(path)) return true;
      return false;
    },
    async behind(commonFolder, { path, blobs }, sinceMs) {
      for (const stash of await stashesNow(commonFolder)) {
        // Git tells whole seconds.
        if (stash.atMs + 1_000 <= sinceMs) return undefined;
        const left = await leftBy(stash);
        if (!left.has(path)) continue;
        const [blob, lying] = [left.get(path), await blobs()];
        const isWhatItLeft = blob === undefined ? lying.length === 0 : lying.includes(blob);
        return isWhatItLeft ? movementOf(stash) : undefined;
      }
      return undefined;
    },
  };
}

const movementOf = ({ id, base, atMs, branch }: Stash): Movement => ({
  id: `${atMs / 1000}-${id.slice(0, 12)}-stash`,
  kind: 'reset',
  from: id.slice(0, 10),
  to: 'HEAD',
  commit: base,
  atMs,
  grew: false,
  // What it took was in no commit of the branch.
  left: { branch, commit: base },
});

/** The newest first. */
async function readStashes(folder: string): Promise<Stash[]> {
  const how = [
    '--walk-reflogs',
    `--max-count=${limits.gitReflogEntries}`,
    '--no-color',
    '--format=%H %ct %P%x00%s',
  ];
  const printed = await askGit(folder, ['log', ...how, 'refs/stash', '--']);
  return (printed ?? '').split('\n').flatMap((line) => {
    const [commits = '', subject = ''] = line.split('\0');
    const [id = '', seconds, base, , untracked] = commits.split(' ');
    // "(no branch)" where HEAD is detached.
    const branch = /^(?:WIP on|On) ([^(\s]\S*):/.exec(subject)?.[1];
    return base === undefined ? [] : [{ id, base, untracked, atMs: Number(seconds) * 1000, branch }];
  });
}

async function readLeft(folder: string, { id, base, untracked }: Stash): Promise<Left> {
  const left = new Map<string, string | undefined>();
  const shape = ['-r', '-z', '--raw', '--relative', '--no-abbrev', '--no-renames', '--no-ext-diff'];
  const parts = ((await askGit(folder, ['diff-tree', ...shape, id, base])) ?? '').split('\0');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const blob = (parts[at] ?? '').split(' ')[3] ?? '';
    left.set(parts[at + 1] ?? '', /^0*$/.test(blob) ? undefined : blob);
  }
  const taken =
    untracked === undefined ? '' : await askGit(folder, ['ls-tree', '-r', '-z', '--name-only', untracked]);
  for (const path of (taken ?? '').split('\0')) if (path !== '') left.set(path, undefined);
  return left;
}
