/** What trees of git hold below a folder, by path. */
import { askGit } from './git-process.ts';

/** Blobs by path; undefined where there is none any more. */
export type Touched = ReadonlyMap<string, string | undefined>;

/** What `to` has at each path at which the two commits differ; undefined when git does not say. */
export async function readDifference(
  folder: string,
  from: string,
  to: string,
): Promise<Map<string, string | undefined> | undefined> {
  const shape = ['-r', '-z', '--raw', '--relative', '--no-abbrev', '--no-renames', '--no-ext-diff'];
  const printed = await askGit(folder, ['diff-tree', ...shape, from, to]);
  if (printed === undefined) return undefined;
  const parts = printed.split('\0');
  const touched = new Map<string, string | undefined>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode, , blob = ''] = (parts[at] ?? '').split(' ');
    touched.set(parts[at + 1] ?? '', isBlob(mode, blob) ? blob : undefined);
  }
  return touched;
}

/** The blobs of a commit; undefined when git does not say. */
export async function readTree(folder: string, commit: string): Promise<Map<string, string> | undefined> {
  const printed = await askGit(folder, ['ls-tree', '-r', '-z', commit]);
  if (printed === undefined) return undefined;
  const blobs = new Map<string, string>();
  for (const part of printed.split('\0')) {
    const [, mode, blob = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(part) ?? [];
    if (isBlob(mode, blob)) blobs.set(path, blob);
  }
  return blobs;
}

/** Not what was deleted, nor a submodule. */
const isBlob = (mode: string | undefined, blob: string): boolean => mode !== '160000' && !/^0*$/.test(blob);
