/** A repository that Skein writes to, by the installed git; see `GitObjects` and `StepParts`. */
import { lstat, mkdir, readdir, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';
import type { GitHistory, GitObjects, StepParts, TreeEntry } from '../engine/git/repository.ts';
import { createAttributeWatch } from './attribute-watch.ts';
import { type BranchMover, createBranchMover } from './branch-mover.ts';
import { describeFileError } from './file-problems.ts';
import { createGitHistory } from './git-history.ts';
import { createGitObjects, type ObjectsByGit } from './git-objects.ts';
import { type GitSettingsNow, type KeptGitSettings, keepGitSettings } from './git-settings.ts';
import { type IndexPlace, lockIndex, readIndex, readIndexBelow } from './index-lock.ts';
import { untouchedEntry } from './index-stat.ts';
import { keepIndex } from './kept-index.ts';
import { newFileMode } from './new-file-mode.ts';
import { noFileAt } from './no-file.ts';
import { clearOwnLocks, newOwnFile } from './own-git-files.ts';
import { findPlace, type RepositoryPlace, readFacts } from './repository-facts.ts';
import { runGit } from './run-git.ts';
import { findOutside } from './sparse-checkout.ts';
import { createStepNotes } from './step-note.ts';
import { entriesBelow } from './tree-below.ts';

export type OpenedRepository = {
  store: GitObjects & GitHistory;
  parts: StepParts;
  place: RepositoryPlace;
  settings: KeptGitSettings;
  /** The commit behind a name; undefined when there is none. */
  commitAt: ObjectsByGit['commitAt'];
};

/** The repository that `folder` lies in. Fails with `not-found` where there is none. */
export async function openGitStore(folder: string): Promise<Result<OpenedRepository>> {
  const found = await findPlace(folder);
  if (!found.ok) return found;
  const place = found.value;
  const settings = keepGitSettings(place);
  const objects = createGitObjects({
    top: place.top,
    settings,
    loose: { objects: join(place.commonFolder, 'objects'), idBytes: place.idBytes },
    keptMode: createModeKeeper(settings, (path) => indexedAt(indexPlace, path)),
    attributes: createAttributeWatch(place.top, place.commonFolder),
    indexed: (path) => indexedAt(indexPlace, path),
    untouched: (path, stats) => untouchedEntry(indexPlace, path, stats),
    temporaryIndex: () => newOwnFile(place.gitFolder),
  });
  const moves = createBranchMover(place.top);
  const indexPlace: IndexPlace = {
    ...place,
    kept: keepIndex(join(place.gitFolder, 'index'), place.idBytes),
    statOf: createStatOf(place.top, objects),
  };
  const store: OpenedRepository['store'] = {
    ...objects,
    ...createGitHistory(place.top, objects),
    close() {
      objects.close();
      moves.close();
    },
    facts: () => readFacts(place, objects.commitAt),
    staged: (paths) => readIndex(indexPlace, paths),
    stagedBelow: (folders) => readIndexBelow(indexPlace, folders),
    entriesBelow: (treeish, folders) =>
      entriesBelow({ top: place.top, read: objects.readPlainTree }, treeish, folders),
    noFileAt: async (path) => noFileAt(place.top, path),
    ignored: (paths) => findIgnored(place.top, paths),
    outside: (paths) => findOutside(place, objects, paths),
    isEmptyFolder: (path) => isEmptyFolder(join(place.top, path)),
  };
  const parts = createStepParts(place, indexPlace, { objects, moves });
  return ok({ place, settings, store, parts, commitAt: objects.commitAt });
}

function createStepParts(
  place: RepositoryPlace,
  indexPlace: IndexPlace,
  { objects, moves }: { objects: ObjectsByGit; moves: BranchMover },
): StepParts {
  const { top, gitFolder } = place;
  return {
    ...createStepNotes(gitFolder),
    lockIndex: (changes, signal) => lockIndex(indexPlace, changes, signal),
    clearOwnLocks: () => clearOwnLocks(gitFolder),
    tipOf: (branch) => objects.commitAt(`refs/heads/${branch}`),
    moveBranch: (branch, move) => moves.move(branch, move),
    placeLink: (path, target) => placeLink(join(top, path), target),
    newFileMode: newFileMode(),
    pruneFolders: (paths) => pruneFolders(top, paths),
    makeFolder: (path) => makeFolder(join(top, path)),
    removeEmptyFolder: async (path) => void (await removeEmpty(join(top, path))),
  };
}

/** Git takes no literal paths here; with a dot before it, none can mean more than itself. */
async function findIgnored(top: string, paths: readonly string[]): Promise<Result<Set<string>>> {
  if (paths.length === 0) return ok(new Set());
  const input = paths.map((path) => `./${path}\0`).join('');
  const question = ['--no-literal-pathspecs', 'check-ignore', '-z', '--stdin'];
  const answer = await runGit(top, question, { input, answers: [1] });
  if (!answer.ok) return answer;
  return ok(
    new Set(
      answer.value.bytes
        .toString()
        .split('\0')
        .filter(Boolean)
        .map((path) => path.slice(2)),
    ),
  );
}

async function placeLink(file: string, target: Uint8Array): Promise<Result<null>> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await symlink(Buffer.from(target), file);
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}

/** Upwards from each file until a folder is not empty. */
async function pruneFolders(top: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (!(await removeEmpty(join(top, folder)))) break;
    }
  }
}

const removeEmpty = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

async function makeFolder(folder: string): Promise<Result<null>> {
  try {
    await mkdir(folder, { recursive: true });
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, folder, 'written'));
  }
}

/** A link to a folder is none. */
async function isEmptyFolder(folder: string): Promise<boolean> {
  const stats = await lstat(folder).catch(() => undefined);
  const names = stats?.isDirectory() ? await readdir(folder).catch(() => undefined) : undefined;
  return names?.length === 0;
}

/** The facts of a file that holds exactly this entry, taken before it was read, so that a later write shows. */
function createStatOf(top: string, objects: ObjectsByGit): IndexPlace['statOf'] {
  return async (path, { mode, id }) => {
    const stats = await lstat(join(top, path), { bigint: true }).catch(() => undefined);
    if (!stats?.isFile()) return undefined;
    const lying = await objects.entryOnDisk(path);
    return lying.ok && lying.value?.id === id && lying.value.mode === mode ? stats : undefined;
  };
}

/** Where git was told not to believe the disk about modes (on Windows, on FAT), the index says what a file is. */
function createModeKeeper(
  settings: KeptGitSettings,
  indexed: (path: string) => Promise<TreeEntry | undefined>,
) {
  return async (path: string): Promise<string | undefined> =>
    believesModes(await settings.now()) ? undefined : ((await indexed(path))?.mode ?? '100644');
}

/** Git does unless told. */
const believesModes = ({ get, isOn }: GitSettingsNow): boolean =>
  get('core.filemode') === undefined || isOn('core.filemode');

/** What the index holds at a path; undefined also in the middle of a merge. */
async function indexedAt(place: IndexPlace, path: string): Promise<TreeEntry | undefined> {
  const entries = await readIndex(place, [path]);
  const entry = entries.ok ? entries.value.get(path) : undefined;
  return entry === 'unmerged' ? undefined : entry;
}
