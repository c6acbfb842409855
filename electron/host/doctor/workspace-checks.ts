/** What can be wrong with one open workspace's folder. */
import { realpath } from 'node:fs/promises';
import { openFiles } from '../../adapters/node-files.ts';
import { createWorkspaceSettings } from '../../engine/settings/workspace-settings.ts';
import { type Check, failure, passed, skipped, warning } from './check.ts';
import { findFileSystem, isNetwork } from './file-system.ts';

/** A workspace that is open now, or was when Skein last ran. */
export type KnownWorkspace = { name: string; folder: string };

/** Looks at the folder's disk, at letter case, and at skein.json. */
export async function checkWorkspace({ name, folder }: KnownWorkspace): Promise<Check[]> {
  const files = await openFiles(folder);
  if (!files.ok) return [failure(`folder of ${name}`, files.error.message, files.error.advice)];
  const settings = createWorkspaceSettings(files.value);
  await settings.reload();
  const view = settings.view();
  return [
    await checkFileSystem(name, folder),
    judgeLetterCase(name, folder, files.value.caseInsensitive),
    judgeSettings(name, view.fileExists, settings.problem()),
  ];
}

async function checkFileSystem(name: string, folder: string): Promise<Check> {
  const kind = await findFileSystem(await realpath(folder).catch(() => folder));
  return judgeFileSystem(name, folder, kind);
}

/** `kind` is the system's word for the file system (`ext4`, `nfs4`), undefined when it does not tell. */
export function judgeFileSystem(workspace: string, folder: string, kind: string | undefined): Check {
  const name = `disk of ${workspace}`;
  if (kind === undefined) return skipped(name, 'This system does not tell what kind of disk it is.');
  if (!isNetwork(kind)) return passed(name, `${folder} lies on a local disk (${kind}).`);
  return warning(
    name,
    `${folder} lies on a network or shared disk (${kind}), which reports no changes made elsewhere.`,
    'Skein scans it instead; choose a short check_interval_seconds in skein.json, or keep a clone on a local disk.',
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
