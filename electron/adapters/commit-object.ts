/**
 * A commit as git stores it, where what git would find out about it can be read from its settings and the environment
 * (git-commit-tree(1), ident.c). Everything doubtful is `undefined`: then git makes it.
 */
import type { NewCommit } from '../engine/git/repository.ts';
import type { GitSettingsNow } from './git-settings.ts';

/** What a commit holds, and the commits that it follows, by their ids. */
export type CommitLinks = { tree: string; parents: string[] };

/** Of the bytes of the object, without its head. */
export function readLinks(bytes: Buffer): CommitLinks {
  const head = bytes.toString('latin1').split('\n\n', 1)[0] ?? '';
  const [tree = ''] = idsOf(head, 'tree');
  return { tree, parents: idsOf(head, 'parent') };
}

const idsOf = (head: string, key: string): string[] =>
  head.split('\n').flatMap((line) => (line.startsWith(`${key} `) ? line.slice(key.length + 1) : []));

type Who = { settings: GitSettingsNow; env: NodeJS.ProcessEnv; now: Date };

/** The bytes of the object, without its head. */
export function formatCommit(commit: NewCommit, who: Who): Buffer | undefined {
  const given = commit.author && { name: commit.author.name, email: commit.author.email };
  const author = identityOf('author', who, given);
  const committer = identityOf('committer', who);
  const isUtf8 = /^(utf-?8)?$/i.test(who.settings.get('i18n.commitencoding') ?? '');
  const { tree, parents, message } = commit;
  if (author === undefined || committer === undefined || !isUtf8 || message.includes('\0')) return undefined;
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n${message}`);
}

type Name = { name: string; email: string };

function identityOf(role: 'author' | 'committer', who: Who, given?: Name): string | undefined {
  const { settings, env } = who;
  const upper = role.toUpperCase();
  const find = (key: 'name' | 'email'): string =>
    env[`GIT_${upper}_${key.toUpperCase()}`] ??
    settings.get(`${role}.${key}`) ??
    settings.get(`user.${key}`) ??
    '';
  const { name, email } = given ?? { name: find('name'), email: find('email') };
  const date = dateOf(env[`GIT_${upper}_DATE`], who.now);
  return isPlain(name) && isPlain(email) && date !== undefined ? `${name} <${email}> ${date}` : undefined;
}

/** Git cuts odd characters away from both ends, and finds another name where none is left. */
const isPlain = (text: string): boolean => {
  const isCut = (character = ''): boolean => /^[\0-\x20.,:;<>"\\']?$/.test(character);
  return !/[\0\r\n<>]/.test(text) && !isCut(text.at(0)) && !isCut(text.at(-1));
};

/** Seconds and the zone, as in `1767225600 +0100`. */
function dateOf(given: string | undefined, now: Date): string | undefined {
  if (given === undefined) return `${Math.floor(now.getTime() / 1_000)} ${zoneOf(-now.getTimezoneOffset())}`;
  const [, seconds, zone] = /^@?(\d{9,10}) ([+-]\d{4})$/.exec(given) ?? [];
  if (seconds !== undefined) return `${seconds} ${zone}`;
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(ms) ? undefined : `${ms / 1_000} +0000`;
}

function zoneOf(minutes: number): string {
  const far = Math.abs(minutes);
  const text = String(Math.floor(far / 60) * 100 + (far % 60)).padStart(4, '0');
  return `${minutes < 0 ? '-' : '+'}${text}`;
}
