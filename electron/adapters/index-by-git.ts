/** An index that only git can read or change: git is asked, and changes a copy. */
import type { BigIntStats } from 'node:fs';
import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import type { StagedEntry } from '../engine/git/repository.ts';
import type { NextEntry } from './git-index-file.ts';
import { newOwnFile } from './own-git-files.ts';
import { runGit } from './run-git.ts';

type Place = { top: string; gitFolder: string };

/** For an index that only git can change: in a copy, whose name git is told. */
export async function patchByGit(
  { top, gitFolder }: Place,
  next: ReadonlyMap<string, NextEntry | undefined>,
  there: ReadonlyMap<string, StagedEntry>,
): Promise<Result<Buffer>> {
  const copy = newOwnFile(gitFolder);
  try {
    const index = join(gitFolder, 'index');
    const { atime, mtime } = await stat(index);
    await writeIndexFile(copy, await readFile(index), undefined);
    // By the time of the index git knows which files it cannot judge by their facts.
    await utimes(copy, atime, mtime);
    const lines = [...next].map(([path, entry]) =>
      entry === undefined ? `0 ${'0'.repeat(40)}\t${path}\0` : `${entry.mode} ${entry.id}\t${path}\0`,
    );
    const env = { GIT_INDEX_FILE: copy };
    const input = lines.toSorted().join('');
    const answer = await runGit(top, ['update-index', '-z', '--index-info'], { input, env });
    if (!answer.ok) return answer;
    const outside = [...next].filter(
      ([path, entry]) => entry !== undefined && isOutside(there.get(path), entry),
    );
    const paths = outside.map(([path]) => `${path}\0`).join('');
    const marked =
      paths === ''
        ? answer
        : await runGit(top, ['update-index', '-z', '--skip-worktree', '--stdin'], { input: paths, env });
    return marked.ok ? ok(await readFile(copy)) : marked;
  } finally {
    await rm(copy, { force: true });
  }
}

/** As many as a command line surely holds. */
const pathsAtOnce = 500;

/** Git forgets it of an entry that becomes another. */
const isOutside = (now: StagedEntry | undefined, next: NextEntry): boolean =>
  next.outside === true || (now !== undefined && now !== 'unmerged' && now.outside);

export async function askIndex(
  top: string,
  paths: readonly string[],
): Promise<Result<Map<string, StagedEntry>>> {
  const found = new Map<string, StagedEntry>();
  for (let at = 0; at < paths.length; at += pathsAtOnce) {
    const some = paths.slice(at, at + pathsAtOnce);
    const answer = await runGit(top, ['ls-files', '-s', '-t', '-z', '--', ...some]);
    if (!answer.ok) return answer;
    for (const [, tag, mode = '', id = '', stage, path = ''] of answer.value.bytes
      .toString()
      .matchAll(/(\w) (\d+) ([0-9a-f]+) (\d)\t([^\0]*)\0/g))
      found.set(path, stage === '0' ? { mode, id, outside: tag === 'S' } : 'unmerged');
  }
  return ok(found);
}

/** A new file, with the permissions of the index that it will replace. Returns its facts. */
export async function writeIndexFile(
  file: string,
  bytes: Buffer,
  before: BigIntStats | undefined,
): Promise<BigIntStats> {
  const handle = await open(file, 'wx', before === undefined ? 0o666 : Number(before.mode & 0o777n));
  try {
    await handle.writeFile(bytes);
    return await handle.stat({ bigint: true });
  } finally {
    await handle.close();
  }
}
