/**
 * What comes from elsewhere is hostile (DESIGN rule 8). Git takes such trees in and refuses only to check them out;
 * where we write the work tree, the door is ours.
 */
import { checkOwnPath } from '../../../shared/domain/note-path.ts';
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { isHostile } from './pull-problems.ts';
import type { TreeChange } from './repository.ts';

const linkMode = '120000';

/** Fails with `hostile-path` for what would lead out of the work tree, into git's own folder, or through its own links. */
export function refuseHostile(changes: readonly TreeChange[]): Result<null> {
  const coming = changes.filter(({ after }) => after !== undefined);
  const names = new Set(coming.map(({ path }) => path));
  for (const { path, after } of coming) {
    const why = reasonAgainst(path, after?.mode) ?? reasonAmong(path, names);
    if (why !== undefined) return err(isHostile(path, why));
  }
  return names.size < coming.length ? err(isHostile(twice(coming), 'it is there twice')) : ok(null);
}

function reasonAgainst(path: string, mode: string | undefined): string | undefined {
  if (!checkOwnPath(path).ok) return "it leads out of the work tree or into git's own folder";
  // Git would follow it to read settings.
  if (mode === linkMode && isModulesFile(path)) return 'git reads it, so it must be a file and no link';
  return path.includes('\uFFFD') ? 'its name is no UTF-8' : undefined;
}

/** No disk can hold both; what is written below a link would be written where that leads. */
const reasonAmong = (path: string, names: ReadonlySet<string>): string | undefined =>
  foldersAbove(path).some((folder) => names.has(folder))
    ? 'the folder that it is in is a file or a link there, too'
    : undefined;

/** Also under the other names that disks know it by. */
const isModulesFile = (path: string): boolean =>
  /^(?:\.gitmodules|gitmod~[1-4]|gi7eba~\d)[. ]*(?::.*)?$/i.test(path.replace(/\p{Cf}/gu, ''));

const twice = (coming: readonly TreeChange[]): string =>
  coming.find(({ path }, index) => coming[index + 1]?.path === path)?.path ?? '';
