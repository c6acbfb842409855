/** What of git a workspace wants: skein.json, and before it the environment variables of reference/001. */
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
};

type Environment = Readonly<Record<string, string | undefined>>;

export function gitSettingsOf(settings: Settings, env: Environment): GitSettings {
  return {
    enabled: flag(env['KB_GIT_ENABLED']) ?? settings.git_enabled,
    autoPush: flag(env['KB_GIT_AUTO_PUSH']) ?? settings.git_auto_push,
    remote: env['KB_GIT_REMOTE'] || settings.git_remote,
    branch: env['KB_GIT_BRANCH'] || settings.git_branch || undefined,
    commitConsolidations: settings.git_commit_consolidations,
    hooks: settings.git_hooks,
  };
}

/** Undefined when the variable says neither. */
function flag(text: string | undefined): boolean | undefined {
  if (/^(true|1|yes|on)$/i.test(text ?? '')) return true;
  return /^(false|0|no|off)$/i.test(text ?? '') ? false : undefined;
}
