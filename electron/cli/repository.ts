/** The git repository around a folder. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The nearest folder at or above `folder` that holds `.git`, a linked worktree's file too; undefined when there
 * is none below the home folder, which some people keep in git as a whole. Absolute paths.
 */
export function repositoryAround(folder: string, homeFolder: string): string | undefined {
  for (let place = folder; place !== homeFolder; place = dirname(place)) {
    if (existsSync(join(place, '.git'))) return place;
    if (dirname(place) === place) return undefined;
  }
  return undefined;
}
