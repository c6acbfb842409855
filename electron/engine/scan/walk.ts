/** Walks the folders that can hold tracked files, and no others. */
import { joinPath } from '../../../shared/domain/paths.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import type { Files, FolderEntry } from '../ports.ts';

export type Walk = {
  /** Tracked paths that lie there, links included. */
  paths: string[];
  folders: Set<string>;
  /** Folders that could not be listed: what they hold is unknown, not deleted. */
  problems: Problem[];
};

/** Folders listed at once: enough to keep the disk busy, few enough to leave the loop responsive. */
const listedAtOnce = 16;

/** Whom a walk asks on its way. */
export type WalkGuide = {
  /** Whether to enter a folder that was found. */
  enters(folder: string): boolean;
  /** Called with folders before they are listed: who watches them now misses nothing that comes after the listing. */
  approach(folders: readonly string[]): void;
};

/** `start` are the folders to begin with. */
export async function walkFolders(
  files: Files,
  tracked: TrackedSet,
  start: readonly string[],
  guide: WalkGuide,
): Promise<Walk> {
  const walk: Walk = { paths: [], folders: new Set(), problems: [] };
  let wave = [...new Set(start)];
  while (wave.length > 0) {
    const next: string[] = [];
    guide.approach(wave);
    for (let from = 0; from < wave.length && !isTooWide(walk); from += listedAtOnce) {
      const below = await Promise.all(
        wave.slice(from, from + listedAtOnce).map((folder) => visit(files, tracked, folder, walk)),
      );
      next.push(...below.flat());
    }
    wave = next.filter(guide.enters);
    if (isTooWide(walk)) {
      walk.problems.push(tooWide());
      break;
    }
  }
  return walk;
}

const isTooWide = (walk: Walk): boolean => walk.folders.size > limits.scannedFolders;

/** Notes what the folder holds and returns the folders to enter. */
async function visit(files: Files, tracked: TrackedSet, folder: string, walk: Walk): Promise<string[]> {
  const entries = await files.list(folder);
  if (!entries.ok) {
    walk.problems.push(entries.error);
    return [];
  }
  if (entries.value === undefined) return [];
  walk.folders.add(folder);
  return sort(tracked, folder, entries.value, walk);
}

function sort(tracked: TrackedSet, folder: string, entries: readonly FolderEntry[], walk: Walk): string[] {
  const below: string[] = [];
  const mayTrack = tracked.namesIn(folder);
  for (const { name, kind, unnameable: isUnnameable } of entries) {
    if (kind === 'other' || (kind !== 'folder' && !mayTrack(name))) continue;
    const path = joinPath(folder, name);
    const counts = kind === 'folder' ? mayEnter(tracked, path) : tracked.classify(path) !== undefined;
    if (!counts) continue;
    if (isUnnameable) walk.problems.push(unnameable(path));
    else if (kind === 'folder') below.push(path);
    else walk.paths.push(path);
  }
  return below;
}

export function mayEnter(tracked: TrackedSet, folder: string): boolean {
  if (tracked.folderSkipped(folder) || !tracked.folderMayHold(folder)) return false;
  return folder.split('/').length <= limits.folderDepth;
}

const unnameable = (path: string): Problem =>
  problem(
    'unreadable',
    path,
    `The name of ${path} is not UTF-8, so what lies there is not recorded.`,
    'Give it a name in UTF-8.',
  );

const tooWide = (): Problem =>
  problem(
    'watch-limited',
    'the workspace',
    `The workspace has more than ${limits.scannedFolders} folders that could hold tracked files; the rest is not searched.`,
    'Name the generated folders in "ignore" in skein.json, or open a smaller folder.',
  );
