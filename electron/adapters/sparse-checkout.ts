/** Which files a sparse checkout leaves out of the work tree, by git's own rules. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import type { GitObjects } from '../engine/git/repository.ts';
import { runGit } from './run-git.ts';

type Objects = Pick<GitObjects, 'storeBlob' | 'storeTree'>;

/** Those of the paths, which may be new, that would lie nowhere. */
export async function findOutside(
  { top }: { top: string },
  objects: Objects,
  paths: readonly string[],
): Promise<Result<Set<string>>> {
  if (paths.length === 0 || !(await isSparse(top))) return ok(new Set());
  const empty = await objects.storeBlob(new Uint8Array());
  if (!empty.ok) return empty;
  const entry = { mode: '100644', id: empty.value };
  const tree = await objects.storeTree(undefined, new Map(paths.map((path) => [path, entry])));
  return tree.ok ? checkOutElsewhere(top, tree.value) : tree;
}

async function isSparse(top: string): Promise<boolean> {
  const answer = await runGit(top, ['config', '--type=bool', '--get', 'core.sparseCheckout'], {
    answers: [1],
  });
  return answer.ok && answer.value.bytes.toString().trim() === 'true';
}

/** Git tells it only of what it checks out: empty files, into a folder that goes again. */
async function checkOutElsewhere(top: string, tree: string): Promise<Result<Set<string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-sparse-'));
  const env = { GIT_WORK_TREE: join(folder, '.'), GIT_INDEX_FILE: join(folder, '.index') };
  try {
    const read = await runGit(top, ['read-tree', '-m', '-u', tree], { env });
    const listed = read.ok ? await runGit(top, ['ls-files', '-t', '-z'], { env }) : read;
    if (!listed.ok) return listed;
    const lines = listed.value.bytes.toString().split('\0');
    return ok(new Set(lines.flatMap((line) => (line.startsWith('S ') ? [line.slice(2)] : []))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
