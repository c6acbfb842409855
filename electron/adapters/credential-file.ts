/**
 * Logins of remotes, and keys of servers that embed, that Skein was told: each kind in a file for its owner's eyes only.
 * Where there is a keychain, the file only holds what the keychain has sealed.
 */
import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import { renameSynced, writeSynced } from './atomic-write.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';
import type { Credentials, Login } from './remote-access.ts';

/** Seals texts so that only this user can open them, on this machine. Both throw when the system refuses. */
export type Keychain = { seal(text: string): Uint8Array; open(sealed: Uint8Array): string };

export type LoginPlace = 'keychain' | 'file';
/** What may be told of a login: who, where, and not its secret. */
export type KeptLogin = {
  origin: string;
  username: string;
  place: LoginPlace;
  /** False for one that a keychain sealed which is not at hand. */
  usable: boolean;
};

export type CredentialFile = Credentials & {
  /** Where the next login is kept. */
  readonly place: LoginPlace;
  /** By origin. Fails when the file cannot be used. */
  list(): Promise<Result<KeptLogin[]>>;
  /**
   * `address` may be that of a repository, or a host alone: what counts is its origin. Fails with `bad-input` for one
   * without.
   */
  keep(address: string, login: Login): Promise<Result<KeptLogin>>;
  /** False when there was none. */
  forget(address: string): Promise<Result<boolean>>;
};

const loginShape = z.union([
  z.object({ username: z.string(), password: z.string() }),
  /** Base64. */
  z.object({ username: z.string(), sealed: z.string() }),
]);
const fileShape = z.record(z.string(), loginShape);
type Logins = z.infer<typeof fileShape>;
type Entry = z.infer<typeof loginShape>;

/** `meanwhile`: what happens where the keychain that sealed one is not at hand. */
export type CredentialKind = { name: string; meanwhile: string };

const gitLogins: CredentialKind = {
  name: 'git-logins.json',
  meanwhile: 'git looks for a login by itself',
};
export const embedderKeys: CredentialKind = {
  name: 'embedder-keys.json',
  meanwhile: 'without it nothing is asked there',
};

export const credentialFile = (dataFolder: string, kind = gitLogins): string => join(dataFolder, kind.name);

/** A file that others may read, or that is broken, is not used: the log says so. */
export function openCredentialFile(
  dataFolder: string,
  log: Log,
  keychain?: Keychain,
  kind = gitLogins,
): CredentialFile {
  const file = credentialFile(dataFolder, kind);
  let last: Promise<unknown> = Promise.resolve();

  /** Changes follow one another. */
  function change(update: (logins: Logins) => Logins): Promise<Result<null>> {
    const turn = last.then(async () => {
      const logins = await readLogins(file);
      return logins.ok ? writeLogins(file, update(logins.value)) : logins;
    });
    last = turn;
    return turn;
  }

  const told = (origin: string, entry: Entry): KeptLogin => ({
    origin,
    username: entry.username,
    place: 'sealed' in entry ? 'keychain' : 'file',
    usable: !('sealed' in entry) || keychain !== undefined,
  });

  return {
    place: keychain === undefined ? 'file' : 'keychain',
    async find(origin) {
      const logins = await readLogins(file);
      const entry = logins.ok ? logins.value[origin] : undefined;
      const opened = entry === undefined ? logins : openEntry(origin, entry, keychain, kind);
      if (!opened.ok) log.warn(`${opened.error.message} ${opened.error.advice}`);
      return entry !== undefined && opened.ok ? (opened.value as Found) : undefined;
    },
    async list() {
      const logins = await readLogins(file);
      if (!logins.ok) return logins;
      const kept = Object.entries(logins.value).map(([origin, entry]) => told(origin, entry));
      return ok(kept.toSorted((one, other) => (one.origin < other.origin ? -1 : 1)));
    },
    async keep(address, login) {
      const origin = originOf(address);
      if (origin === undefined) return err(noOrigin(address));
      const entry = sealEntry(origin, login, keychain);
      if (!entry.ok) return entry;
      const kept = await change((logins) => ({ ...logins, [origin]: entry.value }));
      return kept.ok ? ok(told(origin, entry.value)) : kept;
    },
    async forget(address) {
      const origin = originOf(address);
      if (origin === undefined) return err(noOrigin(address));
      let wasThere = false;
      const changed = await change(({ [origin]: gone, ...others }) => {
        wasThere = gone !== undefined;
        return others;
      });
      return changed.ok ? ok(wasThere) : changed;
    },
  };
}

function sealEntry(origin: string, login: Login, keychain: Keychain | undefined): Result<Entry> {
  if (keychain === undefined) return ok(login);
  try {
    const sealed = Buffer.from(keychain.seal(login.password)).toString('base64');
    return ok({ username: login.username, sealed });
  } catch {
    return err(closed(origin, 'does not take'));
  }
}

type Found = Login & { place: LoginPlace };

function openEntry(
  origin: string,
  entry: Entry,
  keychain: Keychain | undefined,
  kind: CredentialKind,
): Result<Found> {
  if (!('sealed' in entry)) return ok({ ...entry, place: 'file' });
  if (keychain === undefined) return err(isElsewhere(origin, kind));
  try {
    const password = keychain.open(Buffer.from(entry.sealed, 'base64'));
    return ok({ username: entry.username, password, place: 'keychain' });
  } catch {
    return err(closed(origin, 'does not open'));
  }
}

/** A host alone is reached over https. What else may stand before a host is no address of the web. */
function originOf(address: string): string | undefined {
  const url = URL.parse(address.includes('://') ? address : `https://${address}`);
  const isPlain = url !== null && (address.includes('://') || url.username === '');
  return isPlain && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

async function readLogins(file: string): Promise<Result<Logins>> {
  try {
    const { mode, size } = await lstat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return err(isOpen(file));
    if (size > limits.credentialFileBytes) return err(isBroken(file));
    const parsed = fileShape.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? ok(parsed.data) : err(isBroken(file));
  } catch (cause) {
    if (meansAbsent(cause)) return ok({});
    return err(cause instanceof SyntaxError ? isBroken(file) : describeFileError(cause, file, 'read'));
  }
}

async function writeLogins(file: string, logins: Logins): Promise<Result<null>> {
  const folder = dirname(file);
  try {
    const text = `${JSON.stringify(logins, null, 2)}\n`;
    const { name } = await writeSynced(folder, Buffer.from(text), 0o600);
    await renameSynced(join(folder, name), file);
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}

const noOrigin = (address: string): Problem =>
  problem(
    'bad-input',
    'the address',
    `${JSON.stringify(address.replace(/[^/]*@/, ''))} is no address that a login can be kept for.`,
    'Name one like https://host/team/site.git; ssh has keys of its own.',
  );

const isOpen = (file: string): Problem =>
  problem(
    'no-permission',
    file,
    `${file} holds passwords, and others can read it; it is not used.`,
    `Let only yourself read it (chmod 600), and change the passwords if others may have seen them.`,
  );

const isElsewhere = (origin: string, { meanwhile }: CredentialKind): Problem =>
  problem(
    'no-permission',
    origin,
    `The token for ${origin} is in the keychain, which only the desktop app opens; ${meanwhile}.`,
    'Let the desktop app do it, or keep the token again while that does not run.',
  );

const closed = (origin: string, deed: string): Problem =>
  problem(
    'no-permission',
    origin,
    `The keychain of the system ${deed} the token for ${origin}.`,
    'Unlock the keychain, then try again; if it lost the token, keep it again.',
  );

const isBroken = (file: string): Problem =>
  problem(
    'settings-broken',
    file,
    `${file} cannot be understood; it is not used.`,
    'Correct it, or move it away and name the logins again.',
  );
