/** What can be wrong with one open workspace's folder. */
import { readFile, realpath } from 'node:fs/promises';
import { nodeCodec } from '../../adapters/node-codec.ts';
import { openFiles } from '../../adapters/node-files.ts';
import { isOnRemoteMount, mountTypeOf } from '../../adapters/watched-mount.ts';
import { createWorkspaceSettings } from '../../engine/settings/workspace-settings.ts';
import { type Check, failure, passed, skipped, warning } from './check.ts';

/** A workspace that is open now, or was when Skein last ran. */
export type KnownWorkspace = { name: string; folder: string };

/** Looks at the folder's disk, at letter case, and at skein.json. */
export async function checkWorkspace({ name, folder }: KnownWorkspace): Promise<Check[]> {
  const files = await openFiles(folder);
  if (!files.ok) return [failure(`folder of ${name}`, files.error.message, files.error.advice)];
  const settings = createWorkspaceSettings({ files: files.value, codec: nodeCodec });
  await settings.reload();
  const view = settings.view();
  return [
    await checkDisk(name, folder),
    judgeLetterCase(name, folder, files.value.caseInsensitive),
    judgeSettings(name, view.fileExists, settings.problem()),
  ];
}

async function checkDisk(name: string, folder: string): Promise<Check> {
  const real = await realpath(folder).catch(() => folder);
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  return judgeDisk(name, folder, { type: mountTypeOf(mounts, real), remote: isOnRemoteMount(real) });
}

/** `type` is the kernel's word for the file system (`ext4`), '' when the system does not tell. */
export function judgeDisk(
  workspace: string,
  folder: string,
  { type, remote }: { type: string; remote: boolean },
): Check {
  const name = `disk of ${workspace}`;
  const kind = type === '' ? '' : ` (${type})`;
  if (!remote && type === '') return skipped(name, 'This system does not tell what kind of disk it is.');
  if (!remote) return passed(name, `${folder} lies on a local disk${kind}.`);
  return warning(
    name,
    `${folder} lies on a network or shared disk${kind}, which reports no changes made elsewhere.`,
    'Skein looks at it again and again instead, which is slower; a clone on a local disk is faster.',
  );
}

function judgeLetterCase(workspace: string, folder: string, folds: boolean): Check {
  const name = `letter case of ${workspace}`;
  return passed(
    name,
    folds
      ? `The disk of ${folder} takes A.md and a.md for one file; so does Skein.`
      : `The disk of ${folder} tells A.md from a.md.`,
  );
}

function judgeSettings(
  workspace: string,
  exists: boolean,
  problem: { message: string; advice: string } | undefined,
): Check {
  const name = `skein.json of ${workspace}`;
  if (problem !== undefined) return failure(name, problem.message, problem.advice);
  return passed(name, exists ? 'It is valid.' : 'There is none, so the defaults hold.');
}
