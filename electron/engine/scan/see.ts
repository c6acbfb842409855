/** What lies at a tracked path, links and spellings considered, before anything is read. */
import { folderOf, nameOf } from '../../../shared/domain/paths.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import type { FileStat, Files } from '../ports.ts';

export type Sight =
  | { kind: 'absent' }
  | { kind: 'folder' }
  /** `readPath` differs from the path when a link inside the workspace leads there. */
  | { kind: 'file'; stat: FileStat; readPath: string }
  /** A link to another tracked file: that file has the history. */
  | { kind: 'alias'; of: string }
  | { kind: 'problem'; problem: Problem };

export async function seePath(
  files: Files,
  path: string,
  isTracked: (path: string) => boolean,
): Promise<Sight> {
  const stat = await files.stat(path);
  if (!stat.ok) return { kind: 'problem', problem: stat.error };
  if (stat.value === undefined || stat.value.kind === 'other') return { kind: 'absent' };
  if (files.caseInsensitive && !(await isSpelledSo(files, path))) return { kind: 'absent' };
  if (stat.value.kind === 'folder') return { kind: 'folder' };
  if (stat.value.kind === 'link') return seeLink(files, path, isTracked);
  return sizeChecked(path, stat.value, path);
}

/** On a case-insensitive disk `agents.md` answers to `AGENTS.md`; only the folder's list tells the true name. */
async function isSpelledSo(files: Files, path: string): Promise<boolean> {
  const entries = await files.list(folderOf(path));
  return entries.ok && (entries.value ?? []).some((entry) => entry.name === nameOf(path));
}

async function seeLink(files: Files, path: string, isTracked: (path: string) => boolean): Promise<Sight> {
  const target = await files.resolveLink(path);
  if (!target.ok) return { kind: 'problem', problem: target.error };
  if (target.value === undefined) return { kind: 'absent' };
  if (isTracked(target.value)) return { kind: 'alias', of: target.value };
  const stat = await files.stat(target.value);
  if (!stat.ok) return { kind: 'problem', problem: stat.error };
  if (stat.value?.kind !== 'file') return { kind: 'absent' };
  return sizeChecked(path, stat.value, target.value);
}

function sizeChecked(path: string, stat: FileStat, readPath: string): Sight {
  if (stat.size <= limits.trackedFileBytes) return { kind: 'file', stat, readPath };
  const mebibytes = (stat.size / 1024 / 1024).toFixed(1);
  return {
    kind: 'problem',
    problem: problem(
      'too-large',
      path,
      `${path} is ${mebibytes} MiB; Skein records files up to ${limits.trackedFileBytes / 1024 / 1024} MiB.`,
      'Its earlier versions stay. Split the file, or add it to "ignore" in skein.json.',
    ),
  };
}
