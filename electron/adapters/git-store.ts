/** A repository that Skein writes to, by the installed git; see `GitObjects` and `StepParts`. */
import { lstat, mkdir, rename, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { GitObjects, StepParts } from '../engine/git/repository.ts';
import { type BranchMover, createBranchMover } from './branch-mover.ts';
import { describeFileError } from './file-problems.ts';
import { createGitObjects, type ObjectsByGit } from './git-objects.ts';
import { type IndexPlace, lockIndex, readIndex } from './index-lock.ts';
import { clearOwnLocks } from './own-git-files.ts';
import { findPlace, type RepositoryPlace, readFacts } from './repository-facts.ts';
import { runGit } from './run-git.ts';
import { createStepNotes } from './step-note.ts';

export type OpenedRepository = { store: GitObjects; parts: StepParts; place: RepositoryPlace };

/** The repository that `folder` lies in. Fails with `not-found` where there is none. */
export async function openGitStore(folder: string): Promise<Result<OpenedRepository>> {
  const found = await findPlace(folder);
  if (!found.ok) return found;
  const place = found.value;
  const objects = createGitObjects({
    top: place.top,
    keptMode: createModeKeeper(place, () => indexPlace),
    signs: createSigning(place.top),
  });
  const moves = createBranchMover(place.top);
  const indexPlace: IndexPlace = { ...place, statOf: createStatOf(place.top, objects) };
  const store: GitObjects = {
    ...objects,
    close() {
      objects.close();
      moves.close();
    },
    facts: () => readFacts(place, objects.commitAt),
    staged: (paths) => readIndex(indexPlace, paths),
    ignored: (paths) => findIgnored(place.top, paths),
  };
  return ok({ place, store, parts: createStepParts(place, indexPlace, { objects, moves }) });
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
    pruneFolders: (paths) => pruneFolders(top, paths),
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
  const temporary = `${file}.skein-link`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await symlink(Buffer.from(target), temporary);
    await rename(temporary, file);
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}

/** Upwards from each file until a folder is not empty. */
async function pruneFolders(top: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const isGone = await rmdir(join(top, folder)).then(
        () => true,
        () => false,
      );
      if (!isGone) break;
    }
  }
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
function createModeKeeper({ top }: RepositoryPlace, index: () => IndexPlace) {
  let asked: Promise<boolean> | undefined;
  return async (path: string): Promise<string | undefined> => {
    asked ??= isSet(top, 'core.fileMode');
    if (await asked) return undefined;
    const entries = await readIndex(index(), [path]);
    const entry = entries.ok ? entries.value.get(path) : undefined;
    return entry === undefined || entry === 'unmerged' ? '100644' : entry.mode;
  };
}

/** Asked again after a while: settings change while a repository is open. */
function createSigning(top: string): () => Promise<boolean> {
  let [asked, untilMs]: [Promise<boolean> | undefined, number] = [undefined, 0];
  return () => {
    if (asked === undefined || performance.now() > untilMs) {
      asked = isSet(top, 'commit.gpgSign');
      untilMs = performance.now() + limits.gitSettingsMs;
    }
    return asked;
  };
}

async function isSet(top: string, name: string): Promise<boolean> {
  const answer = await runGit(top, ['config', '--type=bool', '--get', name], { answers: [1] });
  return answer.ok && answer.value.bytes.toString().trim() === 'true';
}
