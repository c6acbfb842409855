/** What differs in a work tree from its last commit, by the files themselves: what is staged counts like any change. */
import { ok, type Result } from '../../shared/result.ts';
import type { GitObjects } from '../engine/git/repository.ts';
import type { Snapshot } from '../engine/git/task.ts';
import { runGit } from './run-git.ts';

/**
 * By paths from the top: of files the id of what lies there, '' where nothing does, and what is staged. Files that git
 * overlooks are not among them.
 */
export async function findWorkTreeChanges(
  top: string,
  store: Pick<GitObjects, 'entryOnDisk'>,
): Promise<Result<Snapshot>> {
  const question = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  const answer = await runGit(top, question);
  if (!answer.ok) return answer;
  const lines = answer.value.bytes.toString().split('\0').filter(Boolean);
  const files = new Map<string, string>();
  const staged = new Map<string, 'merged' | 'unmerged'>();
  for (const line of lines) {
    const [state, path] = [line.slice(0, 2), line.slice(3)];
    if (unmergedStates.test(state)) staged.set(path, 'unmerged');
    else if (stagedStates.test(state)) staged.set(path, 'merged');
    const entry = await store.entryOnDisk(path);
    // Such as a submodule, which is no file.
    if (!entry.ok && entry.error.code === 'not-found') continue;
    if (!entry.ok) return entry;
    files.set(path, entry.value === undefined ? '' : `${entry.value.mode} ${entry.value.id}`);
  }
  return ok({ files, staged });
}

/** Of the index and of the work tree, as git-status(1) lists them. */
const unmergedStates = /U|AA|DD/;
/** The last is announced by `git add -N`. */
const stagedStates = /^[^ ?!]|^ A/;
