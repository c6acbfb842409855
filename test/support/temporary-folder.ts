import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Ten thousand files in it take a busy disk this long at most, in milliseconds. */
const removalMs = 120_000;

/** A new empty folder, by its real path, that goes when the test ends; call it inside a test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'skein-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }), removalMs);
  return folder;
}

/** Why a test on permission bits cannot run here; undefined where it can. */
export const permissionBitsMissing =
  process.platform === 'win32' ? 'Windows has no permission bits' : undefined;

/** The user id of `nobody` on Linux and the BSDs; any id without rights does. */
const ordinaryUser = 65_534;

/**
 * Runs `work` with the rights of an ordinary user: the superuser may read and write everything, which would
 * make tests on permissions pass for nothing. Changes the whole process, so nothing may run beside it.
 */
export async function asOrdinaryUser<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(ordinaryUser);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
