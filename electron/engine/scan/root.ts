/**
 * Whether the workspace folder is the one that the log knows. An unmounted disk leaves an empty folder behind, or
 * none: nothing in it counts as deleted then, and nothing is written there.
 */
import { type Problem, problem } from '../../../shared/result.ts';
import type { KnownFiles } from '../log/known-files.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Files, Sql } from '../ports.ts';

type RootDeps = { sql: Sql; files: Files; known: KnownFiles };

/** Undefined while the folder is the workspace. Another folder is it, too, when a file that we know lies there. */
export async function rootProblem(deps: RootDeps): Promise<Problem | undefined> {
  const root = await deps.files.stat('');
  if (!root.ok) return root.error;
  if (root.value === undefined) return rootIsGone();
  const before = readMeta(deps.sql, 'root');
  if (before === undefined || before === root.value.inode) return undefined;
  const present = deps.known.present();
  for (const path of present) {
    const there = await deps.files.stat(path);
    if (there.ok && there.value !== undefined) return undefined;
  }
  return present.length === 0 ? undefined : anotherDisk();
}

/** Whether everything is gone at once and the folder is another one than before; `found` is how many files a scan saw. */
export async function isAnotherDisk(deps: RootDeps, found: number): Promise<boolean> {
  const root = await deps.files.stat('');
  const inode = root.ok ? root.value?.inode : undefined;
  if (inode === undefined) return false;
  const before = readMeta(deps.sql, 'root');
  if (before !== undefined && before !== inode && found === 0 && deps.known.presentCount() > 0) return true;
  if (before !== inode) writeMeta(deps.sql, 'root', inode);
  return false;
}

export const rootIsGone = (): Problem =>
  problem(
    'not-found',
    'the workspace folder',
    'The workspace folder is gone. Nothing was recorded as deleted.',
    'Bring the folder back (a disk that is not mounted?), or close this workspace.',
  );

export const anotherDisk = (): Problem =>
  problem(
    'not-found',
    'the workspace folder',
    'The workspace folder is empty and not the one that Skein knows. Nothing was recorded as deleted.',
    'Mount the disk that holds the workspace, or close this workspace.',
  );
