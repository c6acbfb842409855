/** Who this installation is to its peers: a key and its certificate, made at first use, for its owner only. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, lstat, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { errorCode } from '../../adapters/file-problems.ts';
import { diskProblem } from '../disk-problem.ts';
import { fileTime } from '../file-time.ts';
import { writeAtomically } from '../write-atomically.ts';
import { makeCertificate } from './certificate.ts';
import { deviceIdOf } from './device-id.ts';

const storedShape = z.object({
  key: z.string().max(4_096),
  certificate: z.string().max(4_096),
  /** `readMachineFact` of the machine that made it. */
  machine: z.string().nullable(),
  createdMs: z.number(),
});
type Stored = z.infer<typeof storedShape>;

/** Key and certificate are PEM. */
export type Identity = { id: string; key: string; certificate: string };

export type IdentityOptions = { nowMs: number; machine: string | undefined };

/** `renewed` says why a former identity was given up. */
export type OpenedIdentity = { identity: Identity; renewed: Problem | undefined };

export const identityFile = (dataFolder: string): string => join(dataFolder, 'device.json');

/**
 * The identity of this data folder, made when there is none. One that came from another machine, or cannot be
 * read, is set aside and a new one made, because two machines with one key would pass for each other.
 * Fails as `diskProblem` says.
 */
export async function openIdentity(
  dataFolder: string,
  options: IdentityOptions,
): Promise<Result<OpenedIdentity>> {
  const found = await readStored(dataFolder);
  if (!found.ok) return found;
  if (found.value === undefined) return makeAnew(dataFolder, options, undefined);
  if (found.value === 'broken') return makeAnew(dataFolder, options, brokenIdentity(dataFolder));
  if (isElsewhere(found.value, options.machine))
    return makeAnew(dataFolder, options, copiedIdentity(dataFolder));
  await tighten(dataFolder);
  return ok({ identity: toIdentity(found.value), renewed: undefined });
}

/** Gives up the identity of this data folder: the next `openIdentity` makes another. */
export async function setIdentityAside(dataFolder: string, nowMs: number): Promise<Result<void>> {
  const file = identityFile(dataFolder);
  try {
    await rename(file, join(dataFolder, `device.former-${fileTime(nowMs)}.json`));
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') return err(diskProblem(cause, file, 'set aside'));
  }
  return ok(undefined);
}

/** Whether this data folder's identity was made on another machine; false when there is none. Changes nothing. */
export async function isIdentityCopied(dataFolder: string, machine: string | undefined): Promise<boolean> {
  const found = await readStored(dataFolder);
  return (
    found.ok && found.value !== undefined && found.value !== 'broken' && isElsewhere(found.value, machine)
  );
}

/** A machine that the system cannot name is not held against anybody. */
const isElsewhere = ({ machine }: Stored, here: string | undefined): boolean =>
  machine !== null && here !== undefined && machine !== here;

async function readStored(dataFolder: string): Promise<Result<Stored | 'broken' | undefined>> {
  const file = identityFile(dataFolder);
  try {
    const parsed = storedShape.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return ok(parsed.success && isPair(parsed.data) ? parsed.data : 'broken');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return ok(undefined);
    return cause instanceof SyntaxError ? ok('broken') : err(diskProblem(cause, file, 'read'));
  }
}

function isPair({ key, certificate }: Stored): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function makeAnew(
  dataFolder: string,
  { nowMs, machine }: IdentityOptions,
  renewed: Problem | undefined,
): Promise<Result<OpenedIdentity>> {
  if (renewed !== undefined) {
    const aside = await setIdentityAside(dataFolder, nowMs);
    if (!aside.ok) return aside;
  }
  const stored: Stored = { ...makeCertificate(), machine: machine ?? null, createdMs: nowMs };
  const written = await writeAtomically(identityFile(dataFolder), `${JSON.stringify(stored, null, 2)}\n`);
  return written.ok ? ok({ identity: toIdentity(stored), renewed }) : written;
}

async function tighten(dataFolder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = identityFile(dataFolder);
  const found = await lstat(file).catch(() => undefined);
  if (found !== undefined && (found.mode & 0o077) !== 0) await chmod(file, 0o600).catch(() => undefined);
}

const toIdentity = ({ key, certificate }: Stored): Identity => ({
  id: deviceIdOf(certificate),
  key,
  certificate,
});

const copiedIdentity = (dataFolder: string): Problem =>
  problem(
    'device-twice',
    identityFile(dataFolder),
    'The data folder of Skein came from another machine, and with it the identity of that device.',
    'This machine has an identity of its own now; pair it with your other devices: skein pair',
  );

const brokenIdentity = (dataFolder: string): Problem =>
  problem(
    'unreadable',
    identityFile(dataFolder),
    'The identity of this device could not be read, so it has a new one.',
    'Pair it with your other devices again: skein pair',
  );
