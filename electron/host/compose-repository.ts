/** Gives the work on a git repository its adapters: for the host, and for commands that need no running Skein. */
import { type GitSettings, gitSettingsOf } from '../../shared/domain/git-settings.ts';
import { folderOf, foldersAbove } from '../../shared/domain/paths.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { createGitHooks } from '../adapters/git-hooks.ts';
import { openGitRemotes } from '../adapters/git-remotes.ts';
import { openGitStore } from '../adapters/git-store.ts';
import { type LastDoneFile, openLastDone } from '../adapters/last-done.ts';
import { createMixedNotes } from '../adapters/mixed-notes.ts';
import { newFileMode } from '../adapters/new-file-mode.ts';
import { nodeCodec } from '../adapters/node-codec.ts';
import { openFiles } from '../adapters/node-files.ts';
import { openNoteQueue } from '../adapters/note-queue.ts';
import { hasLeftovers } from '../adapters/own-git-files.ts';
import type { Credentials } from '../adapters/remote-access.ts';
import { swapFile } from '../engine/apply/swap-file.ts';
import type { Hooks } from '../engine/git/hooks.ts';
import type { NoteDeps } from '../engine/git/note.ts';
import type { TrackedFiles } from '../engine/git/repository.ts';
import { clearMixLeftovers, gitTemporary } from '../engine/git/step-leftovers.ts';
import { createSteps } from '../engine/git/take-step.ts';
import type { Clock, Files, Log } from '../engine/ports.ts';
import { readWhole } from '../engine/scan/look.ts';
import { createWorkspaceSettings, type WorkspaceSettings } from '../engine/settings/workspace-settings.ts';
import { composeLock } from './compose-lock.ts';
import { hidingTemporaries } from './hide-from-git.ts';

export type ComposedRepository = NoteDeps & {
  /** The top of the work tree, and where the workspace lies in it. */
  top: string;
  prefix: string;
  /** As skein.json and the environment say now. */
  settings(): Promise<GitSettings>;
  lastDone: LastDoneFile;
  /** Whether somebody died in the middle of a step. Needs no lock; a step that is being taken looks the same. */
  isInterrupted(): Promise<boolean>;
  close(): void;
};

type Around = {
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
  /** What Skein itself was told for remotes. */
  credentials: Credentials;
};

/** The repository around the folder of a workspace. Fails with `not-found` where there is none. */
export async function composeRepository(folder: string, around: Around): Promise<Result<ComposedRepository>> {
  const opened = await openGitStore(folder);
  if (!opened.ok) return opened;
  const { store, parts, place, settings: gitSettings } = opened.value;
  const composed = await composeLock(folder, around);
  if (!composed.ok) return composed;
  const disk = await openFiles(place.top);
  if (!disk.ok) return disk;
  const own = await openFiles(folder);
  if (!own.ok) return own;
  const files = hidingTemporaries(disk.value, place.top, around.log);
  const settings = createWorkspaceSettings({ files: own.value, codec: nodeCodec });
  const codec = nodeCodec;
  const settingsNow = async () => {
    await settings.reload();
    return gitSettingsOf(settings.current(), around.env);
  };
  const runsHooks = async () => (await settingsNow()).hooks;
  return ok({
    ...around,
    top: place.top,
    prefix: place.prefix,
    store: {
      ...store,
      ...createSteps({ store, parts, files: place.isBare ? undefined : files, codec }),
    },
    remotes: openGitRemotes(opened.value, { ...around, runsHooks }),
    lock: composed.value.lock,
    notes: createMixedNotes(place.gitFolder),
    codec,
    tracked: trackedFiles(files, place.prefix, settings),
    queue: openNoteQueue(place.gitFolder),
    isBare: place.isBare,
    notesFolder: `${place.prefix}${notesFolder}`,
    writeNew: (path, text) => writeNew(files, path, text),
    settings: settingsNow,
    hooks: unlessOff(createGitHooks(place, gitSettings), runsHooks),
    lastDone: openLastDone(place.gitFolder),
    isInterrupted: () => hasLeftovers(place.gitFolder),
    close: store.close,
  });
}

/** Tracked by default, and each note is a file of its own. */
const notesFolder = 'memory-bank/notes/';

/** With none there, nothing runs. */
const unlessOff = (hooks: Hooks, isOn: () => Promise<boolean>): Hooks => ({
  ...hooks,
  present: async () => ((await isOn()) ? hooks.present() : new Set()),
});

function trackedFiles(files: Files, prefix: string, settings: WorkspaceSettings): TrackedFiles {
  const hash = async (bytes: Uint8Array) => nodeCodec.sha256(bytes);
  return {
    isTracked: (path) =>
      path.startsWith(prefix) && settings.tracked().classify(path.slice(prefix.length)) !== undefined,
    async read(path) {
      const read = await readWhole(files, path);
      return read.ok ? ok(read.value?.bytes) : read;
    },
    async write(path, { expected, next }) {
      const stat = await files.stat(path);
      if (!stat.ok) return stat;
      const temporary = await files.writeTemporary(
        folderOf(path),
        next,
        stat.value?.mode ?? newFileMode(),
        gitTemporary,
      );
      if (!temporary.ok) return temporary;
      const hashes = { old: nodeCodec.sha256(expected), ours: nodeCodec.sha256(next) };
      const swap = await swapFile({ files, hash }, temporary.value.path, path, hashes);
      if (!swap.ok) return swap;
      if (swap.value.kind === 'again') return err(writtenMeanwhile(path));
      if (swap.value.leftover !== undefined) await files.remove(swap.value.leftover);
      return ok(null);
    },
    clearUp: (mixed) => clearMixLeftovers({ files, codec: nodeCodec }, mixed),
  };
}

/** Whole or not at all, and through no link that leads out. */
async function writeNew(files: Files, path: string, text: string): Promise<Result<boolean>> {
  const temporary = await files.writeTemporary(folderOf(path), Buffer.from(text), newFileMode());
  if (!temporary.ok) return err((await noFolder(files, path)) ?? temporary.error);
  const placed = await files.place(temporary.value.path, path);
  if (!placed.ok || !placed.value) await files.remove(temporary.value.path);
  return placed;
}

/** What lies where a folder would have to be. */
async function noFolder(files: Files, path: string): Promise<Problem | undefined> {
  for (const above of foldersAbove(path).toReversed()) {
    const stat = await files.stat(above);
    if (stat.ok && stat.value !== undefined && stat.value.kind === 'file')
      return problem(
        'unreadable',
        above,
        `${folderOf(path)} could not be made for the note: ${above} is no folder.`,
        `Give ${above} another name, then try again.`,
      );
  }
  return undefined;
}

const writtenMeanwhile = (path: string) =>
  problem(
    'changed-meanwhile',
    path,
    `${path} was changed by somebody at the same moment; it is as they left it.`,
    'Try again: what they wrote then counts.',
  );
