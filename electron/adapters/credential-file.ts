/** Logins of remotes that Skein was told, for its owner's eyes only: where no keychain is, on a server for example. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import { renameSynced, writeSynced } from './atomic-write.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';
import type { Credentials, Login } from './remote-access.ts';

const loginShape = z.object({ username: z.string(), password: z.string() });
const fileShape = z.record(z.string(), loginShape);
type Logins = z.infer<typeof fileShape>;

export type CredentialFile = Credentials & {
  /** `address` may be that of a repository: what counts is its origin. Fails with `bad-input` for one without. */
  keep(address: string, login: Login): Promise<Result<null>>;
  /** False when there was none. */
  forget(address: string): Promise<Result<boolean>>;
};

export const credentialFile = (dataFolder: string): string => join(dataFolder, 'git-logins.json');

/** A file that others may read, or that is broken, is not used: the log says so. */
export function openCredentialFile(dataFolder: string, log: Log): CredentialFile {
  const file = credentialFile(dataFolder);
  let last: Promise<unknown> = Promise.resolve();

  /** Changes follow one another. */
  function change(update: (logins: Logins) => Logins): Promise<Result<null>> {
    const turn = last.then(async () => {
      const logins = await readLogins(file);
      return logins.ok ? writeLogins(dataFolder, update(logins.value)) : logins;
    });
    last = turn;
    return turn;
  }

  return {
    async find(origin) {
      const logins = await readLogins(file);
      if (logins.ok) return logins.value[origin];
      log.warn(`${logins.error.message} ${logins.error.advice}`);
      return undefined;
    },
    async keep(address, login) {
      const origin = originOf(address);
      if (origin === undefined) return err(noOrigin(address));
      return change((logins) => ({ ...logins, [origin]: login }));
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

function originOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined;
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

async function writeLogins(dataFolder: string, logins: Logins): Promise<Result<null>> {
  const file = credentialFile(dataFolder);
  try {
    const text = `${JSON.stringify(logins, null, 2)}\n`;
    const { name } = await writeSynced(dataFolder, Buffer.from(text), 0o600);
    await renameSynced(join(dataFolder, name), file);
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}

const noOrigin = (address: string): Problem =>
  problem(
    'bad-input',
    'the address',
    `${JSON.stringify(address.replace(/\/\/[^/]*@/, '//'))} is no address that a login can be kept for.`,
    'Name one like https://host/team/site.git; ssh has keys of its own.',
  );

const isOpen = (file: string): Problem =>
  problem(
    'no-permission',
    file,
    `${file} holds passwords, and others can read it; it is not used.`,
    `Let only yourself read it (chmod 600), and change the passwords if others may have seen them.`,
  );

const isBroken = (file: string): Problem =>
  problem(
    'settings-broken',
    file,
    `${file} cannot be understood; it is not used.`,
    'Correct it, or move it away and name the logins again.',
  );
