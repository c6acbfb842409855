/**
 * The hooks of a repository, run by the installed git, which knows where they are, and how a system starts them. While
 * there are none, no process is started.
 */
import { access, constants, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type HookName, type Hooks, hookNames } from '../engine/git/hooks.ts';
import { variablesOfHold } from '../engine/lock/hold-variables.ts';
import { askGitAsSet } from './git-process.ts';
import { type KeptGitSettings, keepGitSettings } from './git-settings.ts';
import { layOut } from './hook-draft.ts';
import { type HookCall, runHook } from './hook-process.ts';
import type { RepositoryPlace } from './repository-facts.ts';

/** `gitVersion` is what `git version` prints. */
export function createGitHooks(
  place: RepositoryPlace,
  settings: KeptGitSettings = keepGitSettings(place),
  gitVersion: () => Promise<string> = () => askGitAsSet(place.top, ['version']),
): Hooks {
  let hasHookRun: Promise<boolean> | undefined;

  /** A place of their own may be written in many ways, which git knows; and no hook is missed over a failed answer. */
  async function hooksFolder(): Promise<string> {
    const now = await settings.now();
    const isUsual = now.isKnown && now.get('core.hookspath') === undefined;
    return isUsual ? join(place.commonFolder, 'hooks') : findHooksFolder(place.top);
  }

  async function present(): Promise<ReadonlySet<HookName>> {
    const inside = await hooksFolder();
    const names = new Set(await readdir(inside).catch(() => []));
    const found = new Set<HookName>();
    for (const name of hookNames) if (names.has(name) && (await mayRun(join(inside, name)))) found.add(name);
    return found;
  }

  async function call(name: HookName, { args, env, run }: HookCall) {
    if (!(await present()).has(name)) return { ok: true as const, value: null };
    hasHookRun ??= gitVersion().then(knowsHookRun);
    const file = join(await hooksFolder(), name);
    const words = (await hasHookRun) ? ['hook', 'run', '--ignore-missing', name, '--'] : byAlias;
    const around = { ...env, ...variablesOfHold(process.env, run.hold), SKEIN_HOOK: file };
    return runHook(place.top, { name, words: [...words, ...args], env: around, signal: run.signal });
  }

  return {
    present,
    layOut: (draft) => layOut(place, draft, call),
    runAfter: (name, run) => call(name, { args: name === 'post-merge' ? ['0'] : [], env: {}, run }),
  };
}

/** Gits before 2.36 start what an alias names as they start a hook: at the top of the work tree, with their own shell. */
const byAlias = ['-c', 'alias.skein-hook=!"$SKEIN_HOOK"', 'skein-hook'];

function knowsHookRun(version: string): boolean {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 36);
}

/** Windows has no such bit: there git runs whatever has the name. */
const mayRun = (file: string): Promise<boolean> =>
  access(file, process.platform === 'win32' ? constants.F_OK : constants.X_OK).then(
    () => true,
    () => false,
  );

/** Of a push, which git itself runs. */
export const hasPushHook = async (top: string): Promise<boolean> =>
  mayRun(join(await findHooksFolder(top), 'pre-push'));

/** With `core.hooksPath`, which may be relative to the top. */
async function findHooksFolder(top: string): Promise<string> {
  const printed = await askGitAsSet(top, ['rev-parse', '--git-path', 'hooks']);
  return resolve(top, printed.replace(/\r?\n$/, ''));
}
