/** Real repositories with clones and linked worktrees beside each other. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fill, temporaryFolder } from './folders.ts';
import type { Place } from './hosts.ts';

export type Repository = Place & {
  /** Of the first folder, `project`. */
  git(...words: string[]): void;
  /** A linked worktree beside it, on a branch of its own name. */
  worktree(name: string): string;
  clone(name: string): string;
};

/** A home folder with a repository of one commit, and a place for the data beside it. */
export function makeRepository(files: Record<string, string> = { 'AGENTS.md': '# Agents\n' }): Repository {
  const root = temporaryFolder();
  const home = join(root, 'home');
  const project = fill(join(home, 'project'), files);
  const git = (...words: string[]) =>
    void execFileSync('git', [
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.org',
      '-C',
      project,
      ...words,
    ]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  return {
    home,
    dataFolder: join(root, 'data'),
    project,
    git,
    worktree(name) {
      const folder = join(home, name);
      git('worktree', 'add', '--quiet', '-b', name, folder);
      return folder;
    },
    clone(name) {
      const folder = join(home, name);
      git('clone', '--quiet', project, folder);
      return folder;
    },
  };
}
