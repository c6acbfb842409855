/** A real folder as a team has it: tracked files in a git repository with real commits. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type WorkspaceFolder = {
  folder: string;
  /** Saves as an editor does, over the old bytes. */
  write(path: string, text: string): void;
  /** Saves a file that has lain still since long, so that nobody waits for it to settle. */
  writeLongAgo(path: string, text: string): void;
  remove(path: string): void;
  read(path: string): string;
  has(path: string): boolean;
  /** Commits everything; `signature` is a trailer such as `Co-Authored-By: Claude <noreply@anthropic.com>`. */
  commit(message: string, signature?: string): void;
};

/** Makes the folder with `files`; in a first commit unless told to leave git out. */
export function makeWorkspaceFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  options: { git: boolean } = { git: true },
): WorkspaceFolder {
  const at = (path: string) => join(folder, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const writeLongAgo = (path: string, text: string) => {
    write(path, text);
    utimesSync(at(path), 1_700_000_000, 1_700_000_000);
  };
  const commit = (message: string, signature?: string) => {
    git(folder, 'add', '--all');
    const signed = signature === undefined ? [] : ['--message', signature];
    git(folder, 'commit', '--quiet', '--allow-empty', '--message', message, ...signed);
  };
  mkdirSync(folder, { recursive: true });
  if (options.git) git(folder, 'init', '--quiet', '--template=');
  for (const [path, text] of Object.entries(files)) writeLongAgo(path, text);
  if (options.git) commit('Start');
  return {
    folder,
    write,
    writeLongAgo,
    remove: (path) => rmSync(at(path)),
    read: (path) => readFileSync(at(path), 'utf8'),
    has: (path) => existsSync(at(path)),
    commit,
  };
}

/** Nothing of the user's configuration counts. */
const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Mira',
  GIT_AUTHOR_EMAIL: 'mira@example.org',
  GIT_COMMITTER_NAME: 'Mira',
  GIT_COMMITTER_EMAIL: 'mira@example.org',
};

function git(folder: string, ...args: readonly string[]): void {
  execFileSync('git', args, { cwd: folder, env: environment });
}
