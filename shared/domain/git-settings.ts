/** What of git a workspace wants: skein.json, and before it the environment variables of reference/001. */
import { type Problem, problem } from '../result.ts';
import { hasPassword } from './secrets.ts';
import type { Settings } from './settings.ts';

export type GitSettings = {
  /** False: notes are only written, and nothing is committed or pulled by Skein. */
  enabled: boolean;
  autoPush: boolean;
  remote: string;
  /** The branch there; the one that is checked out here when undefined. */
  branch: string | undefined;
  /** Whether the tracked files are committed after a consolidation. */
  commitConsolidations: boolean;
  /** Whether hooks run around what Skein does. */
  hooks: boolean;
  /** A variable that cannot be understood: nothing is done with git until it can. */
  refused: Problem | undefined;
};

type Environment = Readonly<Record<string, string | undefined>>;

const flags = ['KB_GIT_ENABLED', 'KB_GIT_AUTO_PUSH'] as const;

export function gitSettingsOf(settings: Settings, env: Environment): GitSettings {
  const remote = env['KB_GIT_REMOTE'] || settings.git_remote;
  const refused = refusalOf(env, remote);
  const isClear = refused === undefined;
  return {
    enabled: isClear && (flag(env['KB_GIT_ENABLED']) ?? settings.git_enabled),
    autoPush: isClear && (flag(env['KB_GIT_AUTO_PUSH']) ?? settings.git_auto_push),
    // It is named in answers, errors and on the screen.
    remote: hasPassword(remote) ? '' : remote,
    branch: env['KB_GIT_BRANCH'] || settings.git_branch || undefined,
    commitConsolidations: settings.git_commit_consolidations,
    hooks: settings.git_hooks,
    refused,
  };
}

function refusalOf(env: Environment, remote: string): Problem | undefined {
  const unclear = flags.find((name) => env[name] && flag(env[name]) === undefined);
  if (unclear !== undefined) return isNoFlag(unclear, env[unclear] ?? '');
  return hasPassword(remote) ? hasLogin() : undefined;
}

const hasLogin = (): Problem =>
  problem(
    'settings-broken',
    'KB_GIT_REMOTE',
    'KB_GIT_REMOTE, or git_remote of skein.json, is an address with a password, and not the name of a remote.',
    'Name a remote there, such as origin: git remote -v lists them. `skein git token set` keeps its password.',
  );

const isNoFlag = (name: string, value: string): Problem =>
  problem(
    'settings-broken',
    name,
    `${name} says ${JSON.stringify(value)}, which is neither true nor false.`,
    `Set it to true or false (1, yes, on, 0, no and off will do), or take it out of the environment; then skein.json counts.`,
  );

/** Undefined when the variable says neither. */
function flag(text: string | undefined): boolean | undefined {
  if (/^(true|1|yes|on)$/i.test(text ?? '')) return true;
  return /^(false|0|no|off)$/i.test(text ?? '') ? false : undefined;
}
