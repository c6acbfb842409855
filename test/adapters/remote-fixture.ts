/** A repository with a bare remote, and what a test wants to know of both. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { openGitRemotes } from '../../electron/adapters/git-remotes.ts';
import type { Login } from '../../electron/adapters/remote-access.ts';
import type { Problem, Result } from '../../shared/result.ts';
import { openStore } from '../support/open-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, makeRepository } from './git-subjects.ts';

export type Remoted = {
  /** The folder with the bare repository `site.git`. */
  root: string;
  bare: string;
  /** Somebody else's clone, with one commit on `main` that is pushed. */
  other: string;
  folder: string;
  first: string;
};

/** `origin` of the folder is the bare repository, which has one commit that the folder has not. */
export function makeRemoted(files: Record<string, string> = { 'a.md': 'one\n' }): Remoted {
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_SYSTEM', '/dev/null');
  const root = temporaryFolder();
  const bare = join(root, 'site.git');
  git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  const other = makeRepository();
  git(other, 'remote', 'add', 'origin', bare);
  const first = commitIn(other, { files, message: 'first' });
  git(other, 'push', '--quiet', 'origin', 'main');
  const folder = makeRepository();
  git(folder, 'remote', 'add', 'origin', bare);
  return { root, bare, other, folder, first };
}

/** The remotes of a folder, with what they log; `logins` are those of the settings, by origin. */
export async function openRemotes(folder: string, logins: Record<string, Login> = {}, silenceMs?: number) {
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log = { info: note, warn: note, error: note };
  const credentials = {
    find: async (origin: string) => logins[origin] && { ...logins[origin], place: 'file' as const },
  };
  const deps = { credentials, log, ...(silenceMs === undefined ? {} : { silenceMs }) };
  return { remotes: openGitRemotes(await openStore(folder), deps), logged };
}

export function need<Value>(outcome: Result<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.error.message} ${outcome.error.advice}`);
  return outcome.value;
}

export function problemOf(outcome: Result<unknown>): Problem {
  if (outcome.ok) throw new Error(`no problem: ${String(outcome.value)}`);
  return outcome.error;
}

/** Every file below, by its path. */
export function filesIn(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted();
}
