/** Paths as users type them, seen from the folder they stand in, as paths of the workspace. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { contains } from './choose-workspace.ts';

/**
 * The path below the workspace with `/`. From a folder outside of the workspace, `typed` counts from the
 * workspace itself. A path that leaves the workspace stays as it is, for the engine to refuse by name.
 * Both folders are absolute and without links.
 */
export function workspacePath(typed: string, realWorkspace: string, realWorkingFolder: string): string {
  const isInside = contains(realWorkspace, realWorkingFolder);
  if (!isAbsolute(typed) && !isInside) return toSlashes(typed);
  const absolute = resolve(realWorkingFolder, typed);
  if (!contains(realWorkspace, absolute)) return toSlashes(typed);
  return toSlashes(relative(realWorkspace, absolute));
}

const toSlashes = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));
