/** Compares the disk with the log: everywhere, or where changes are likely. The truth behind every hint. */
import { folderOf } from '../../../shared/domain/paths.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import type { KnownFiles } from '../log/known-files.ts';
import type { Files } from '../ports.ts';
import { rootIsGone } from './root.ts';
import { type WalkGuide, walkFolders } from './walk.ts';

export type ScanPlan = {
  /** Every path to look at: what lies there, and what should. */
  paths: string[];
  folders: Set<string>;
  problems: Problem[];
  /** Tracked files found on the disk. */
  found: number;
};

/**
 * What a scan must look at: everywhere, or only where tracked files are likely and in folders that nobody knew,
 * which is for the guide to say. Fails as a whole when the workspace itself is gone: nothing counts as deleted then.
 */
export async function planScan(
  files: Files,
  tracked: TrackedSet,
  known: KnownFiles,
  everywhere: boolean,
  guide: WalkGuide,
): Promise<ScanPlan | Problem> {
  const root = await files.list('');
  if (!root.ok) return root.error;
  if (root.value === undefined) return rootIsGone();
  const present = known.present().filter((path) => tracked.classify(path) !== undefined);
  const start = everywhere ? [''] : hotFolders(known, tracked);
  const walk = await walkFolders(files, tracked, start, guide);
  const added = known.addedHere().filter((path) => tracked.classify(path) !== undefined);
  const paths = [...new Set([...walk.paths, ...present, ...added])].toSorted();
  const kept = paths.slice(0, limits.trackedFiles);
  if (kept.length < paths.length) walk.problems.push(tooMany(paths.length));
  return { paths: kept, folders: walk.folders, problems: walk.problems, found: walk.paths.length };
}

/** Folders in which tracked files lie or lay, or that the patterns name: few, however large the repository. */
export function hotFolders(known: KnownFiles, tracked: TrackedSet): string[] {
  return [...new Set(['', ...known.everSeen().map(folderOf), ...tracked.baseFolders])];
}

const tooMany = (count: number): Problem =>
  problem(
    'watch-limited',
    'the workspace',
    `${count} files match the patterns; Skein tracks ${limits.trackedFiles}.`,
    'Make the patterns in skein.json narrower.',
  );
