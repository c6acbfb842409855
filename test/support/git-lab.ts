/**
 * Real repositories for tests: nothing of the user's settings counts in them, and every commit has the same time.
 * Tests make hundreds of them, and a process that a test starts costs more than what git does in it: a repository is
 * made once and copied, and git is asked several things at once.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: join(import.meta.dirname, 'git-lab.gitconfig'),
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
    removeMade();
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
}

/** What git prints, without the last line end. Throws with its words when it fails. */
export const git = (folder: string, ...args: readonly string[]): string =>
  withoutLineEnd(run(folder, 'git', args));

/** The same for several commands, one after another until one fails; a shell starts them for less than we would. */
export function gitInTurn(folder: string, ...commands: readonly (readonly string[])[]): string[] {
  const lines = commands.map((args) => ['git', ...args].map(quoted).join(' '));
  return run(folder, 'sh', ['-c', lines.join(" && printf '\\0' && ")])
    .split('\0')
    .map(withoutLineEnd);
}

/** What a script of a shell prints, in which git has the same settings. */
export const shell = (folder: string, script: string): string =>
  withoutLineEnd(run(folder, 'sh', ['-c', script]));

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
const withoutLineEnd = (text: string): string => text.replace(/\n$/, '');

const run = (folder: string, program: string, args: readonly string[]): string =>
  execFileSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: 'pipe',
  });

export function write(folder: string, path: string, text: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
}

/** A repository with some files in one commit; `options` go to `git init`. */
export function makeRepository(
  files: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): string {
  const home = copyOfMade(`repository ${JSON.stringify([files, options])}`, (into) => {
    const folder = join(into, 'repository');
    mkdirSync(folder);
    git(folder, 'init', '--quiet', '--initial-branch=main', ...options);
    for (const [path, text] of Object.entries(files)) write(folder, path, text);
    commitAll(folder, 'First');
  });
  return withOwnIndex(join(home, 'repository'));
}

/** A new folder with what `make` puts into one; it is called once in a test file, one of `useGitLab`, for each `name`. */
export function copyOfMade(name: string, make: (into: string) => void): string {
  const made = madeByName.get(name) ?? makeFolder(make);
  madeByName.set(name, made);
  const home = temporaryFolder();
  cpSync(made, home, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return home;
}

const madeByName = new Map<string, string>();

function removeMade(): void {
  for (const made of madeByName.values()) rmSync(made, { recursive: true, force: true, maxRetries: 3 });
  madeByName.clear();
}

function makeFolder(make: (into: string) => void): string {
  const into = mkdtempSync(join(realpathSync(tmpdir()), 'skein-made-'));
  make(into);
  return into;
}

/** To git every file of a copy could be another: the index has to see these once. */
export function withOwnIndex(folder: string): string {
  git(folder, 'update-index', '--refresh');
  return folder;
}

export function commitAll(folder: string, message: string): string {
  const commit = ['commit', '--quiet', '--allow-empty', '--message', message];
  return gitInTurn(folder, ['add', '--all'], commit, ['rev-parse', 'HEAD']).at(-1) ?? '';
}

/** A copy in which git can do the same. Links and times stay. */
export function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return copy;
}

/** Everything of a repository that somebody could see. */
export function portrait(folder: string): Record<string, unknown> {
  const [head, branches, index, status] = gitInTurn(
    folder,
    ['log', '--format=%H %T %P %an <%ae> %B', '--all', '--date-order'],
    ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads'],
    ['ls-files', '--stage'],
    ['status', '--porcelain=v2', '--branch'],
  );
  return { head, branches, index, status, files: filesOf(folder) };
}

/** What git finds wrong with it; '' when nothing. */
export function faultsOf(folder: string): string {
  return git(folder, ...withoutLookups, 'fsck', '--strict', '--no-dangling', '--no-progress');
}

/** Git would start a process for each of the tables that only make it faster; Skein writes none. */
const withoutLookups = ['-c', 'core.commitGraph=false', '-c', 'core.multiPackIndex=false'];

/** The bytes of each file, without those of git. */
export function filesOf(folder: string, below = ''): Record<string, string> {
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
