import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openGit } from '../../electron/adapters/git-command.ts';
import type { GitRepository } from '../../electron/engine/ports.ts';
import { createFakeGit, type NewCommit } from '../support/fake-git.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Why tests that need the real git cannot run; undefined when they can. */
export const gitMissing = spawnSync('git', ['--version']).error && 'git is not installed';

/** Runs the real git in a folder, untouched by the settings of whoever runs the tests, and returns what it prints. */
export function git(folder: string, ...words: string[]): string {
  return gitAt(folder, {}, ...words);
}

function gitAt(folder: string, env: NodeJS.ProcessEnv, ...words: string[]): string {
  const alone = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const person = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org' };
  const committer = { GIT_COMMITTER_NAME: 'Bob', GIT_COMMITTER_EMAIL: 'bob@example.org' };
  return execFileSync('git', ['-C', folder, ...words], {
    env: { ...process.env, ...alone, ...person, ...committer, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A new empty repository of the real git. */
export function makeRepository(): string {
  const folder = temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main');
  return folder;
}

/** Writes the files and commits exactly them; returns the id. */
export function commitIn(folder: string, commit: NewCommit): string {
  for (const [path, text] of Object.entries(commit.files)) {
    if (text === null) rmSync(join(folder, path));
    else {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  git(folder, 'add', '--all', '.');
  const date = commit.atMs === undefined ? {} : datesOf(commit.atMs);
  const author = {
    GIT_AUTHOR_NAME: commit.authorName ?? 'Ada',
    GIT_AUTHOR_EMAIL: commit.authorEmail ?? 'ada@example.org',
  };
  gitAt(folder, { ...author, ...date }, 'commit', '--quiet', '--allow-empty', '--message', commit.message);
  return git(folder, 'rev-parse', 'HEAD');
}

function datesOf(atMs: number): NodeJS.ProcessEnv {
  const date = `${Math.floor(atMs / 1000)} +0200`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

/** Follows a repository until the test ends. `next` resolves at the next move; those before count for nothing. */
export function followed(repository: GitRepository) {
  let told = 0;
  let heard = 0;
  let wake = () => {};
  const moves = repository.follow(() => {
    told += 1;
    wake();
  });
  onTestFinished(moves.close);
  const next = async () => {
    while (told === heard) await new Promise<void>((resolve) => (wake = resolve));
    heard = told;
  };
  return { ...moves, next, told: () => told };
}

/** One implementation of `GitRepository` on an empty repository, and the way to commit to it. */
export type GitSubject = { repository: GitRepository; commit(commit: NewCommit): string };

export function realGit(): GitSubject {
  const folder = makeRepository();
  return { repository: openGit(folder), commit: (commit) => commitIn(folder, commit) };
}

export function fakeGit(): GitSubject {
  const repository = createFakeGit();
  return { repository, commit: repository.commit };
}
