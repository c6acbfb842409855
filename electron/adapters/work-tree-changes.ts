/** What differs in a work tree from its last commit, by the files themselves: what is staged counts like any change. */
import { ok, type Result } from '../../shared/result.ts';
import type { GitObjects } from '../engine/git/repository.ts';
import { runGit } from './run-git.ts';

/** By path from the top, the id of what lies there; '' where nothing does. Files that git overlooks are not among them. */
export async function findWorkTreeChanges(
  top: string,
  store: Pick<GitObjects, 'entryOnDisk'>,
): Promise<Result<Map<string, string>>> {
  const question = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  const answer = await runGit(top, question);
  if (!answer.ok) return answer;
  const lines = answer.value.bytes.toString().split('\0').filter(Boolean);
  const found = new Map<string, string>();
  for (const path of lines.map((line) => line.slice(3))) {
    const entry = await store.entryOnDisk(path);
    // Such as a submodule, which is no file.
    if (!entry.ok && entry.error.code === 'not-found') continue;
    if (!entry.ok) return entry;
    found.set(path, entry.value === undefined ? '' : `${entry.value.mode} ${entry.value.id}`);
  }
  return ok(found);
}
