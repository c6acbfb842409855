/** Real repositories for tests: nothing of the user's settings counts in them, and every commit has the same time. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '2026-02-03T04:05:06Z',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_COMMITTER_DATE: '2026-02-03T04:05:06Z',
  GIT_ALLOW_PROTOCOL: 'file:http:https:ssh',
};

/** Call once in a file: what the code under test starts gets the same settings as what the test starts. */
export function useGitLab(): void {
  const before = { ...process.env };
  beforeAll(() => void Object.assign(process.env, environment));
  afterAll(() => {
    process.env = before;
  });
}

/** What git prints, without the last line end. Throws with its words when it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const options = {
    env: { ...process.env, ...environment },
    encoding: 'utf8' as const,
    stdio: 'pipe' as const,
  };
  return execFileSync('git', ['-C', folder, ...args], options).replace(/\n$/, '');
}

export function write(folder: string, path: string, text: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
}

/** A repository with some files in one commit; `options` go to `git init`. */
export function makeRepository(
  files: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): string {
  const folder = join(temporaryFolder(), 'repository');
  mkdirSync(folder);
  git(folder, 'init', '--quiet', '--initial-branch=main', ...options);
  for (const [path, text] of Object.entries(files)) write(folder, path, text);
  commitAll(folder, 'First');
  return folder;
}

export function commitAll(folder: string, message: string): string {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** A copy in which git can do the same. Links and times stay. */
export function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return copy;
}

/** Everything of a repository that somebody could see. */
export function portrait(folder: string): Record<string, unknown> {
  return {
    head: git(folder, 'log', '--format=%H %T %P %an <%ae> %B', '--all', '--date-order'),
    branches: git(folder, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads'),
    index: git(folder, 'ls-files', '--stage'),
    status: git(folder, 'status', '--porcelain=v2', '--branch'),
    files: filesOf(folder),
  };
}

/** What git finds wrong with it; '' when nothing. */
export function faultsOf(folder: string): string {
  return git(folder, 'fsck', '--strict', '--no-dangling', '--no-progress');
}

/** The bytes of each file, without those of git. */
function filesOf(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below)).toSorted()) {
    const path = below === '' ? name : `${below}/${name}`;
    if (name === '.git') continue;
    const stats = lstatSync(join(folder, path));
    if (stats.isDirectory()) Object.assign(found, filesOf(folder, path));
    else if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(folder, path))}`;
    else
      found[path] = `${(stats.mode & 0o100) === 0 ? '' : 'x '}${readFileSync(join(folder, path), 'latin1')}`;
  }
  return found;
}
