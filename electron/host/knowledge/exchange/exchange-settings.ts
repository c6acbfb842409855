/** The variables of reference/000, and ours for calls from other machines. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { limits } from '../../../../shared/limits.ts';

export type ExchangeSettings = {
  /** Absolute. */
  folder: string;
  /** Base addresses, each ending in a slash. */
  peers: readonly string[];
  timeoutMs: number;
  intervalMs: number;
  /** What peers show each other; undefined: only who has the token of this Skein may ask. */
  token: string | undefined;
  /** Where calls from other machines are taken; undefined: nowhere. */
  listen: { host: string; port: number } | undefined;
};

export type ReadSettings = {
  /** Undefined: the exchange is off. */
  settings: ExchangeSettings | undefined;
  /** What is wrong with the variables, a sentence each; a default stands in. */
  complaints: string[];
};

const shortestToken = 32;

/** Relative folders are below the data folder. */
export function readExchangeSettings(env: NodeJS.ProcessEnv, dataFolder: string): ReadSettings {
  const complaints: string[] = [];
  const complain = (sentence: string) => void complaints.push(sentence);
  if (!isOn(env['ENABLE_GLOBAL_KNOWLEDGE_SYNC'], complain)) return { settings: undefined, complaints };
  const seconds = {
    name: 'GLOBAL_KNOWLEDGE_SYNC_TIMEOUT',
    unit: 'seconds',
    usual: 30,
    most: limits.indexTimeoutSeconds,
  };
  const minutes = {
    name: 'GLOBAL_KNOWLEDGE_SYNC_INTERVAL_MINUTES',
    unit: 'minutes',
    usual: 5,
    most: limits.indexIntervalMinutes,
  };
  const token = readToken(env, complain);
  const settings = {
    folder: readFolder(env, dataFolder, complain),
    peers: readPeers(env['GLOBAL_KNOWLEDGE_SYNC_PEERS'] ?? '', complain),
    timeoutMs: readNumber(env, seconds, complain) * 1_000,
    intervalMs: readNumber(env, minutes, complain) * 60_000,
    token,
    listen: readListen(env, token, complain),
  };
  return { settings, complaints };
}

type Complain = (sentence: string) => void;

/** What lies in it is given to others: never the folder of our keys, nor a home, nor one above them. */
function readFolder(env: NodeJS.ProcessEnv, dataFolder: string, complain: Complain): string {
  const usual = resolve(dataFolder, 'storage/knowledge');
  const folder = resolve(dataFolder, env['KNOWLEDGE_INDEX_DIR'] || usual);
  const secret = [dataFolder, env['HOME'] || env['USERPROFILE'] || homedir()];
  if (!secret.some((it) => holds(folder, it))) return folder;
  complain(
    `KNOWLEDGE_INDEX_DIR is ${JSON.stringify(folder)}, which holds more than index files, so it is ${usual}.`,
  );
  return usual;
}

/** Whether `outer` is `inner` or holds it, also by a link. */
function holds(outer: string, inner: string): boolean {
  const way = relative(realOrSame(outer), realOrSame(inner));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function realOrSame(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function isOn(text: string | undefined, complain: Complain): boolean {
  const value = text?.trim().toLowerCase() ?? '';
  if (value === 'true') return true;
  if (value !== '' && value !== 'false')
    complain(
      `ENABLE_GLOBAL_KNOWLEDGE_SYNC is ${JSON.stringify(text)}, which is neither true nor false, so index files are not exchanged.`,
    );
  return false;
}

type NumberVariable = { name: string; unit: string; usual: number; most: number };

function readNumber(
  env: NodeJS.ProcessEnv,
  { name, unit, usual, most }: NumberVariable,
  complain: Complain,
): number {
  const text = env[name]?.trim() ?? '';
  if (text === '') return usual;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= most) return value;
  complain(
    `${name} is ${JSON.stringify(text)}, which is no number of ${unit} up to ${most}, so it is ${usual}.`,
  );
  return usual;
}

function readPeers(text: string, complain: Complain): string[] {
  const peers = new Set<string>();
  for (const given of text.split(',').map((it) => it.trim())) {
    if (given === '') continue;
    const address = readAddress(given);
    if (address === undefined)
      complain(
        `GLOBAL_KNOWLEDGE_SYNC_PEERS names ${JSON.stringify(withoutLogin(given))}, which is no address like http://host:7421, so it is left out.`,
      );
    else peers.add(address);
  }
  const listed = [...peers];
  if (listed.length > limits.indexPeers)
    complain(
      `GLOBAL_KNOWLEDGE_SYNC_PEERS names ${listed.length} peers; only the first ${limits.indexPeers} are asked.`,
    );
  return listed.slice(0, limits.indexPeers);
}

const withoutLogin = (given: string): string => given.replace(/\/\/.*@/, '//…@');

/** A name and password in the address would stand in logs and metrics. */
function readAddress(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  if (url.search !== '' || url.hash !== '') return undefined;
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function readToken(env: NodeJS.ProcessEnv, complain: Complain): string | undefined {
  const token = env['GLOBAL_KNOWLEDGE_SYNC_TOKEN']?.trim() ?? '';
  if (token === '') return undefined;
  if (token.length >= shortestToken && /^[\x21-\x7e]+$/.test(token)) return token;
  complain(
    `GLOBAL_KNOWLEDGE_SYNC_TOKEN is not ${shortestToken} or more letters and digits without a blank, so it is not used.`,
  );
  return undefined;
}

function readListen(
  env: NodeJS.ProcessEnv,
  token: string | undefined,
  complain: Complain,
): ExchangeSettings['listen'] {
  const text = env['GLOBAL_KNOWLEDGE_SYNC_LISTEN']?.trim() ?? '';
  if (text === '') return undefined;
  const [, host = '', port = ''] = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) {
    complain(
      `GLOBAL_KNOWLEDGE_SYNC_LISTEN is ${JSON.stringify(text)}, which is no address and port like 10.0.0.5:7421, so other machines cannot ask.`,
    );
    return undefined;
  }
  if (token === undefined) {
    complain(
      'GLOBAL_KNOWLEDGE_SYNC_LISTEN is set without a GLOBAL_KNOWLEDGE_SYNC_TOKEN that can be used, so other machines cannot ask.',
    );
    return undefined;
  }
  return { host, port: Number(port) };
}
