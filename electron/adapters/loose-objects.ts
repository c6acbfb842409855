/**
 * Objects of git as files of their own, written as git writes them (gitformat-loose in git's documentation): a process
 * for each would cost more than all the rest of a commit. Only where nobody has asked git for more than that.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, deflate, deflateSync } from 'node:zlib';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { describeFileError, errorCode } from './file-problems.ts';
import type { GitSettingsNow } from './git-settings.ts';

export type LooseObject = { type: 'tree' | 'commit'; bytes: Buffer };

/** `objects` is the folder of that name in git's own. */
export type LoosePlace = { objects: string; idBytes: number };

/**
 * Whether git would write an object in no other way: what is set of how it flushes, who may read it and of a second
 * kind of ids is git's to do.
 */
export const writesPlainly = ({ get, isKnown }: GitSettingsNow): boolean =>
  isKnown &&
  [
    'core.fsync',
    'core.fsyncmethod',
    'core.fsyncobjectfiles',
    'core.sharedrepository',
    'extensions.compatobjectformat',
  ].every((key) => get(key) === undefined);

const packBeside = promisify(deflate);

/** What is small is packed sooner than another thread begins with it. */
function pack(bytes: Buffer, level: number): Buffer | Promise<Buffer> {
  return bytes.length > limits.packBesideBytes ? packBeside(bytes, { level }) : deflateSync(bytes, { level });
}

/** Returns its id. One that is there already is only made young, so that no `git gc` takes it for left over. */
export async function writeLoose(
  { objects, idBytes }: LoosePlace,
  { type, bytes }: LooseObject,
  settings: GitSettingsNow,
): Promise<Result<string>> {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const id = createHash(idBytes === 20 ? 'sha1' : 'sha256')
    .update(whole)
    .digest('hex');
  const folder = join(objects, id.slice(0, 2));
  const file = join(folder, id.slice(2));
  try {
    if (!freshen(file)) place(folder, file, await pack(whole, levelOf(settings)));
    return ok(id);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}

function levelOf({ get }: GitSettingsNow): number {
  const level = Number(get('core.loosecompression') ?? get('core.compression') ?? constants.Z_BEST_SPEED);
  return Number.isInteger(level) && level >= -1 && level <= 9 ? level : constants.Z_BEST_SPEED;
}

function freshen(file: string): boolean {
  try {
    const now = new Date();
    utimesSync(file, now, now);
    return true;
  } catch {
    return false;
  }
}

/** Under the name of git's own temporary files, which it removes when their writer died. */
function place(folder: string, file: string, content: Uint8Array): void {
  const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  writeNew(folder, temporary, content);
  try {
    linkSync(temporary, file);
    unlinkSync(temporary);
  } catch (cause) {
    // Somebody had the same to store; or the disk has no second names.
    if (errorCode(cause) === 'EEXIST') unlinkSync(temporary);
    else renameSync(temporary, file);
  }
}

function writeNew(folder: string, temporary: string, content: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  const handle = openSync(temporary, 'wx', 0o444);
  try {
    for (let at = 0; at < content.length; ) at += writeSync(handle, content, at);
    // Git does it there by itself, and nowhere else.
    if (process.platform === 'win32') fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
