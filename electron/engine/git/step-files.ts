/**
 * Files of the work tree that a step makes others. Each is replaced only if it is what the step says (DESIGN rule 7);
 * whether it is, git is asked, for line endings and filters are its own.
 */
import { folderOf, foldersAbove } from '../../../shared/domain/paths.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { swapFile } from '../apply/swap-file.ts';
import type { Codec, Files } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import type { GitObjects, StepParts, TreeChange, TreeEntry } from './repository.ts';
import { isSameEntry } from './tree-entry.ts';

export type StepFiles = {
  /** Fails with `changed-meanwhile` at the first that is neither what was nor what comes. */
  write(files: readonly TreeChange[]): Promise<Result<null>>;
  /** The same after a crash: those that somebody changed since then stay. */
  writeAgain(files: readonly TreeChange[]): Promise<Result<null>>;
  /** Those that are what the step made of them become what they were. Never fails: what is another now stays. */
  undo(files: readonly TreeChange[]): Promise<void>;
};

type Deps = {
  store: GitObjects;
  parts: StepParts;
  files: Files;
  codec: Pick<Codec, 'sha256'>;
};

const linkMode = '120000';
const submoduleMode = '160000';

export function createStepFiles(deps: Deps): StepFiles {
  const { store, parts, files } = deps;

  async function one(change: TreeChange, mayStay: boolean): Promise<Result<null>> {
    const now = await entryAt(change.path);
    if (!now.ok) return now;
    if (isSameEntry(now.value, change.after)) return ok(null);
    if (!isSameEntry(now.value, change.before)) return mayStay ? ok(null) : err(changed(change.path));
    const replaced = await replace(change);
    const isRaced = !replaced.ok && replaced.error.code === 'changed-meanwhile';
    return isRaced && mayStay ? ok(null) : replaced;
  }

  /** A folder is no file: what goes from there is gone, and what comes there finds out. */
  async function entryAt(path: string): Promise<Result<TreeEntry | undefined>> {
    const entry = await store.entryOnDisk(path);
    return entry.ok || entry.error.code !== 'not-found' ? entry : ok(undefined);
  }

  async function replace({ path, before, after }: TreeChange): Promise<Result<null>> {
    if (after === undefined) return remove(path);
    if (await isBehindLink(path)) return err(changed(path));
    if (after.mode === linkMode) return placeLink(path, after);
    const bytes = await store.bytesFor(path, after.id);
    if (!bytes.ok) return bytes;
    // A link cannot be held and compared: it is taken away, and the file then placed where nothing is.
    if (before?.mode === linkMode) await files.remove(path);
    const old = before === undefined || before.mode === linkMode ? ok(undefined) : await hashOf(path);
    if (!old.ok) return old;
    const temporary = await files.writeTemporary(folderOf(path), bytes.value, await modeFor(path, after));
    if (!temporary.ok) return temporary;
    const expected = { old: old.value ?? null, ours: deps.codec.sha256(bytes.value) };
    const swap = await swapFile(swapDeps, temporary.value.path, path, expected);
    if (!swap.ok) return swap;
    if (swap.value.kind === 'again') return err(changed(path));
    if (swap.value.leftover !== undefined) await files.remove(swap.value.leftover);
    return ok(null);
  }

  /** Nothing that comes lies behind a link: somebody has just put it in the place of a folder. */
  async function isBehindLink(path: string): Promise<boolean> {
    for (const folder of foldersAbove(path)) {
      const stat = await files.stat(folder);
      if (!stat.ok || stat.value?.kind === 'link') return true;
    }
    return false;
  }

  const swapDeps = { files, hash: async (bytes: Uint8Array) => deps.codec.sha256(bytes) };

  async function hashOf(path: string): Promise<Result<string | undefined>> {
    const read = await readWhole(files, path);
    return read.ok ? ok(read.value && deps.codec.sha256(read.value.bytes)) : read;
  }

  /** Only whether it may be run is git's; the rest is the user's. */
  async function modeFor(path: string, { mode }: TreeEntry): Promise<number> {
    const stat = await files.stat(path);
    const permissions = stat.ok && stat.value?.kind === 'file' ? stat.value.mode : 0o644;
    return mode === '100755' ? permissions | 0o111 : permissions & ~0o111;
  }

  async function placeLink(path: string, { id }: TreeEntry): Promise<Result<null>> {
    const target = await store.readBlob(id);
    return target.ok ? parts.placeLink(path, target.value) : target;
  }

  async function remove(path: string): Promise<Result<null>> {
    const removed = await files.remove(path);
    return removed.ok ? ok(null) : removed;
  }

  async function all(changes: readonly TreeChange[], mayStay: boolean): Promise<Result<null>> {
    for (const change of inOrder(changes)) {
      const done = await one(change, mayStay);
      if (!done.ok) return done;
      if (change.after === undefined) await parts.pruneFolders([change.path]);
    }
    return ok(null);
  }

  return {
    write: (changes) => all(changes, false),
    writeAgain: (changes) => all(changes, true),
    async undo(changes) {
      for (const { path, before, after } of inOrder(changes.map(turned))) {
        const done = await one({ path, before, after }, true);
        if (done.ok && after === undefined) await parts.pruneFolders([path]);
      }
    },
  };
}

const turned = ({ path, before, after }: TreeChange): TreeChange => ({ path, before: after, after: before });

/** What goes makes room for what comes. Where a submodule begins or ends, git itself leaves the folder alone. */
const inOrder = (changes: readonly TreeChange[]): TreeChange[] =>
  changes
    .filter(({ before, after }) => before?.mode !== submoduleMode && after?.mode !== submoduleMode)
    .toSorted((one, other) => Number(one.after !== undefined) - Number(other.after !== undefined));

const changed = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `${path} was changed by somebody at the same moment; it is as they left it.`,
    'Try again: what they wrote then counts.',
  );
