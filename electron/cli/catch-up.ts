/**
 * Makes the log of a workspace that was just opened equal to its disk. A scan leaves alone what may still be in
 * the middle of a write, so one scan right after a user's edit would miss that edit; a file that lay still until
 * a second scan is recorded by it.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '../../shared/contracts/client.ts';
import type { TrackedFileJson, WorkspaceJson } from '../../shared/contracts/shapes.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';

/** Whole files settle in the first pause. What looks cut, or is gone, is given the second, longer one. */
const shortPauseMs = 2 * limits.settleWholeMs;
const longPauseMs = limits.settleCutMs + shortPauseMs;

/** Resolves when what lies still on the disk is in the log. Fails as a scan does, but not for being paused. */
export async function catchUp(client: Client, workspace: WorkspaceJson): Promise<Result<void>> {
  const first = await scan(client, workspace);
  if (!first.ok) return first;
  await wait(shortPauseMs);
  const second = await scan(client, workspace);
  if (!second.ok || (await isEqual(client, workspace))) return second;
  await wait(longPauseMs);
  return scan(client, workspace);
}

async function scan(client: Client, { id }: WorkspaceJson): Promise<Result<void>> {
  const scanned = await client.call('scan', { workspace: id });
  return scanned.ok || scanned.error.code === 'paused' ? ok(undefined) : scanned;
}

/** Whether every file that the log knows stands on the disk as it knows it. */
async function isEqual(client: Client, { id, folder }: WorkspaceJson): Promise<boolean> {
  const answer = await client.call('listFiles', { workspace: id });
  if (!answer.ok) return true;
  const known = answer.value.files.filter(({ deleted, problem }) => !deleted && problem === null);
  const equal = await Promise.all(known.map((file) => standsAsKnown(folder, file)));
  return equal.every((it) => it);
}

async function standsAsKnown(folder: string, file: TrackedFileJson): Promise<boolean> {
  const found = await stat(join(folder, file.file_path)).catch(() => undefined);
  // The log's time is cut to milliseconds.
  return found !== undefined && Math.abs(found.mtimeMs - file.last_modified_ms) < 1.5;
}
