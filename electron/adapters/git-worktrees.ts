/** The worktrees of a repository, from git's own list. */
import { askGit } from './git-process.ts';

/** `branch` is undefined while no branch is checked out. */
export type Worktree = { folder: string; branch: string | undefined };

/**
 * Every worktree of the repository that `folder` lies in, the first one too; such as git still lists though their
 * folders are gone are among them. Empty where git cannot answer.
 */
export async function listWorktrees(folder: string): Promise<Worktree[]> {
  const question = ['worktree', 'list', '--porcelain'];
  // Before git 2.36 lines cannot end with NUL; then a folder with a line break in its name is not found.
  const printed = (await askGit(folder, [...question, '-z'])) ?? (await askGit(folder, question)) ?? '';
  const end = printed.includes('\0') ? '\0' : '\n';
  return printed.split(end + end).flatMap((entry) => readWorktree(entry.split(end)));
}

/** Lines like `worktree /folder`, `branch refs/heads/main` and `bare`: the last has no files. */
function readWorktree(lines: readonly string[]): Worktree[] {
  const after = (name: string) =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) || undefined;
  const folder = after('worktree');
  if (folder === undefined || lines.includes('bare')) return [];
  return [{ folder, branch: after('branch')?.replace(/^refs\/heads\//, '') }];
}
