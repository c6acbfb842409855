/**
 * What git's settings say in one repository: asked of git at once, and again when a file that they stand in is another.
 * Where some stand in files that others include, on a condition perhaps, the answer is believed for a moment only.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { factsOf } from './file-facts.ts';
import { askGitAsSet } from './git-process.ts';

export type GitSettingsNow = {
  /** The value that counts; a key that stands there without one is a switch that is on. */
  get(key: string): string | undefined;
  /** Every value that it was given, in git's order. */
  all(key: string): readonly string[];
  /** Whether there is such a key. */
  has(pattern: RegExp): boolean;
  isOn(key: string): boolean;
  /** False when git did not answer. */
  isKnown: boolean;
};

/** Keys as git prints them: in lower case, but for the middle part. */
export type KeptGitSettings = { now(): Promise<GitSettingsNow> };

type Place = { top: string; gitFolder: string; commonFolder: string };
type Asked = { settings: GitSettingsNow; facts: string; files: readonly string[]; untilMs: number };

export function keepGitSettings(place: Place, env: NodeJS.ProcessEnv = process.env): KeptGitSettings {
  let asked: Asked | undefined;
  let asking: Promise<Asked> | undefined;

  const isStill = ({ files, facts, untilMs }: Asked): boolean =>
    performance.now() < untilMs && factsOfAll(files) === facts;

  async function ask(): Promise<Asked> {
    let files = usualFiles(place, env);
    for (;;) {
      const facts = factsOfAll(files);
      const values = await list(place.top);
      const others = [...values.files].filter((file) => !files.includes(file));
      const askedMs = values.isWhole ? limits.gitSettingsSeenMs : limits.gitSettingsMs;
      if (others.length === 0)
        return { settings: settingsOf(values.byKey), facts, files, untilMs: performance.now() + askedMs };
      // Whether one of these was changed while git read it, only the next answer tells.
      files = [...files, ...others];
    }
  }

  return {
    async now() {
      if (asked !== undefined && isStill(asked)) return asked.settings;
      asking ??= ask().finally(() => (asking = undefined));
      asked = await asking;
      return asked.settings;
    },
  };
}

const factsOfAll = (files: readonly string[]): string => files.map(factsOf).join(' ');

/** Those that git reads, whether they are there or not. */
function usualFiles({ gitFolder, commonFolder }: Place, env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? homedir();
  const ofUser = [join(home, '.gitconfig'), join(env.XDG_CONFIG_HOME || join(home, '.config'), 'git/config')];
  return [
    env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig',
    ...(env.GIT_CONFIG_GLOBAL === undefined ? ofUser : [env.GIT_CONFIG_GLOBAL]),
    join(commonFolder, 'config'),
    join(gitFolder, 'config.worktree'),
  ];
}

type Listed = { byKey: Map<string, string[]>; files: Set<string>; isWhole: boolean };

/** Two parts for each: where it stands, then the key, and after a line end its value. */
async function list(top: string): Promise<Listed> {
  const printed = await askGitAsSet(top, ['config', '--list', '-z', '--show-origin', '--includes']);
  const parts = printed.split('\0');
  const listed: Listed = { byKey: new Map(), files: new Set(), isWhole: printed !== '' };
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, file] = /^file:(.+)$/s.exec(parts[at] ?? '') ?? [];
    if (file !== undefined) listed.files.add(resolve(top, file));
    const [key = '', value = 'true'] = (parts[at + 1] ?? '').split(/\n(.*)/s);
    listed.byKey.set(key, [...(listed.byKey.get(key) ?? []), value]);
    if (key.startsWith('include')) listed.isWhole = false;
  }
  return listed;
}

function settingsOf(byKey: ReadonlyMap<string, readonly string[]>): GitSettingsNow {
  const get = (key: string) => byKey.get(key)?.at(-1);
  return {
    get,
    all: (key) => byKey.get(key) ?? [],
    has: (pattern) => [...byKey.keys()].some((key) => pattern.test(key)),
    isKnown: byKey.size > 0,
    isOn: (key) => /^(true|yes|on|[1-9]\d*)$/i.test(get(key) ?? ''),
  };
}
