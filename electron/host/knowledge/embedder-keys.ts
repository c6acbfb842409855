/** The keys of servers that embed: from the environment, or kept as the tokens of remotes are. They come out only here. */
import { hostOf, type ServerKind, usualUrlByKind } from '../../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { type CredentialFile, embedderKeys, openCredentialFile } from '../../adapters/credential-file.ts';
import type { Log } from '../../engine/ports.ts';
import type { KeychainChoice } from '../git-tokens.ts';

/** Where the key of a server comes from; never the key. */
export type KeySource =
  | { from: 'none' }
  | { from: 'environment'; variable: string }
  /** `usable` is false where this Skein cannot open the keychain. */
  | { from: 'keychain' | 'file'; usable: boolean };

export type EmbedderKey = { source: KeySource; key: Result<string | undefined> };

export type EmbedderKeys = Pick<CredentialFile, 'place' | 'forget' | 'list'> & {
  /** Why the next one is not kept in the keychain; null when it is. */
  readonly reason: string | null;
  find(server: { kind: ServerKind; url: string }): Promise<EmbedderKey>;
  keep(url: string, key: string): Promise<Result<unknown>>;
};

type Deps = { dataFolder: string; env: NodeJS.ProcessEnv; log: Log; choice: KeychainChoice };

/** What the environment says goes before what is kept. */
export function openEmbedderKeys({ dataFolder, env, log, choice }: Deps): EmbedderKeys {
  const keychain = 'keychain' in choice ? choice.keychain : undefined;
  const file = openCredentialFile(dataFolder, log, keychain, embedderKeys);
  return {
    place: file.place,
    forget: file.forget,
    list: file.list,
    reason: 'missing' in choice ? choice.missing : null,
    keep: (url, key) => file.keep(url, { username: 'key', password: key }),
    async find(server) {
      const named = fromEnvironment(env, server);
      return named ?? findKept(file, new URL(server.url).origin);
    },
  };
}

/** The key of OpenAI is for OpenAI alone: an address of somebody else must not get it. */
function fromEnvironment(
  env: NodeJS.ProcessEnv,
  { kind, url }: { kind: ServerKind; url: string },
): EmbedderKey | undefined {
  const isOpenai = kind === 'openai' && new URL(url).origin === new URL(usualUrlByKind.openai).origin;
  const variables = ['SKEIN_EMBEDDING_KEY', ...(isOpenai ? ['OPENAI_API_KEY'] : [])];
  for (const variable of variables) {
    const key = env[variable]?.trim() ?? '';
    if (key === '') continue;
    const isWhole = /^[\x21-\x7e]+$/.test(key);
    return { source: { from: 'environment', variable }, key: isWhole ? ok(key) : err(noKey(variable)) };
  }
  return undefined;
}

async function findKept(file: CredentialFile, origin: string): Promise<EmbedderKey> {
  const listed = await file.list();
  if (!listed.ok) return { source: { from: 'none' }, key: listed };
  const kept = listed.value.find((it) => it.origin === origin);
  if (kept === undefined) return { source: { from: 'none' }, key: ok(undefined) };
  const found = await file.find(origin);
  const source = { from: kept.place, usable: found !== undefined };
  return { source, key: found === undefined ? err(closed(origin)) : ok(found.password) };
}

const noKey = (variable: string): Problem =>
  problem(
    'bad-input',
    variable,
    `${variable} holds a blank or a character that no key has.`,
    'Set it to the key alone.',
  );

const closed = (origin: string): Problem =>
  problem(
    'no-permission',
    origin,
    `The key for ${hostOf(origin)} is in the keychain of the system, which this Skein cannot open.`,
    'Let the desktop app do it, or set SKEIN_EMBEDDING_KEY where Skein is started.',
  );
