/**
 * Files of the work tree that a step makes others. Each is replaced only if it is what the step says (DESIGN rule 7);
 * whether it is, git is asked, for line endings and filters are its own. All are looked at before the first is written:
 * what says how files are converted is among them.
 */
import { folderOf, foldersAbove, nameOf } from '../../../shared/domain/paths.ts';
import { together } from '../../../shared/domain/together.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { swapFile } from '../apply/swap-file.ts';
import { statKey } from '../log/known-files.ts';
import type { Codec, FileStat, Files } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import type { GitObjects, StepParts, TreeChange, TreeEntry } from './repository.ts';
import { gitTemporary } from './step-leftovers.ts';
import { begins, ends, ofFile } from './submodule.ts';
import { isSameEntry } from './tree-entry.ts';

export type StepFiles = {
  /** Fails with `changed-meanwhile` when one is neither what was nor what comes. */
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

/** What lies where a file will be written, as it was when git said that it is what the step says. */
type Lying = { kind: 'nothing' } | { kind: 'link' } | { kind: 'file'; hash: string; mode: number };
type Due = { change: TreeChange; lying: Lying };

const linkMode = '120000';

export function createStepFiles(deps: Deps): StepFiles {
  const { store, parts, files } = deps;
  const swapDeps = { files, hash: async (bytes: Uint8Array) => deps.codec.sha256(bytes) };

  /** Undefined when there is nothing to do. */
  async function look(change: TreeChange, mayStay: boolean): Promise<Result<Due | undefined>> {
    const { path, before, after } = change;
    const lying = await lyingAt(path);
    if (!lying.ok) return lying;
    const now = await entryAt(path);
    if (!now.ok) return now;
    if (isSameEntry(now.value, after)) return ok(undefined);
    // What takes the place of a link, or a link, comes after a moment without anything.
    const isBetween = mayStay && now.value === undefined && before?.mode !== after?.mode;
    const isAsSaid = (isBetween || isSameEntry(now.value, before)) && (await isStill(path, lying.value));
    if (isAsSaid) return ok({ change, lying: lying.value.lying });
    return mayStay ? ok(undefined) : err(changed(path));
  }

  /** A folder is no file: what goes from there is gone, and what comes there finds out. */
  async function entryAt(path: string): Promise<Result<TreeEntry | undefined>> {
    const entry = await store.entryOnDisk(path);
    return entry.ok || entry.error.code !== 'not-found' ? entry : ok(undefined);
  }

  async function lyingAt(path: string): Promise<Result<{ lying: Lying; key: string }>> {
    const stat = await files.stat(path);
    if (!stat.ok) return stat;
    const { kind, mode = 0 } = stat.value ?? {};
    const key = keyOf(stat.value);
    if (kind === 'link') return ok({ lying: { kind }, key });
    const read = kind === 'file' ? await readWhole(files, path) : ok(undefined);
    if (!read.ok) return read;
    if (read.value === undefined) return ok({ lying: { kind: 'nothing' }, key });
    const hash = deps.codec.sha256(read.value.bytes);
    return ok({ lying: { kind: 'file', hash, mode }, key: statKey(read.value.stat) });
  }

  async function isStill(path: string, { key }: { key: string }): Promise<boolean> {
    const stat = await files.stat(path);
    return stat.ok && keyOf(stat.value) === key;
  }

  async function replace({ change: { path, after }, lying }: Due): Promise<Result<null>> {
    if (after === undefined) return takeAway(path, lying);
    if (await isBehindLink(path)) return err(changed(path));
    if (after.mode === linkMode) return placeLink(path, after, lying);
    // A link cannot be held and compared: it is taken away, and the file then placed where nothing is.
    const room = lying.kind === 'link' ? await takeAway(path, lying) : ok(null);
    return room.ok ? placeFile(path, after, lying) : room;
  }

  async function placeFile(path: string, after: TreeEntry, lying: Lying): Promise<Result<null>> {
    const bytes = await store.bytesFor(path, after.id);
    if (!bytes.ok) return bytes;
    const temporary = await files.writeTemporary(
      folderOf(path),
      bytes.value,
      modeOf(after, lying),
      gitTemporary,
    );
    if (!temporary.ok) return temporary;
    const old = lying.kind === 'file' ? lying.hash : null;
    const expected = { old, ours: deps.codec.sha256(bytes.value) };
    const swap = await swapFile(swapDeps, temporary.value.path, path, expected);
    if (!swap.ok) return swap;
    if (swap.value.kind === 'again') return err(changed(path));
    if (swap.value.leftover !== undefined) await files.remove(swap.value.leftover);
    return ok(null);
  }

  /** Only whether it may be run is git's; the rest is the user's. */
  function modeOf({ mode }: TreeEntry, lying: Lying): number {
    const permissions = lying.kind === 'file' ? lying.mode : parts.newFileMode;
    // Whoever may read it may run it.
    return mode === '100755' ? permissions | ((permissions & 0o444) >> 2) : permissions & ~0o111;
  }

  async function placeLink(path: string, { id }: TreeEntry, lying: Lying): Promise<Result<null>> {
    const target = await store.readBlob(id);
    if (!target.ok) return target;
    const room = lying.kind === 'nothing' ? ok(null) : await takeAway(path, lying);
    return room.ok ? parts.placeLink(path, target.value) : room;
  }

  /** Under another name it is looked at again: what somebody wrote in the last moment gets its name back. */
  async function takeAway(path: string, lying: Lying): Promise<Result<null>> {
    if (lying.kind === 'nothing') return ok(null);
    const room = await files.writeTemporary(folderOf(path), new Uint8Array(), 0o600, gitTemporary);
    if (!room.ok) return room;
    const away = room.value.path;
    const moved = await files.rename(path, away);
    if (!moved.ok) return files.remove(away).then(() => moved);
    const taken = await lyingAt(away);
    if (taken.ok && isSameLying(taken.value.lying, lying)) {
      const removed = await files.remove(away);
      return removed.ok ? ok(null) : removed;
    }
    await files.place(away, path);
    return err(changed(path));
  }

  /** Nothing that comes lies behind a link: somebody has just put it in the place of a folder. */
  async function isBehindLink(path: string): Promise<boolean> {
    for (const folder of foldersAbove(path)) {
      const stat = await files.stat(folder);
      if (!stat.ok || stat.value?.kind === 'link') return true;
    }
    return false;
  }

  async function all(changes: readonly TreeChange[], mayStay: boolean): Promise<Result<null>> {
    const looked = await together(changes.map(ofFile), limits.gitFilesAtOnce, (it) => look(it, mayStay));
    const due: Due[] = [];
    for (const one of looked) {
      if (!one.ok) return one;
      if (one.value !== undefined) due.push(one.value);
    }
    for (const group of inOrder(due)) {
      const done = await together(group, limits.gitFilesAtOnce, replace);
      await removeFolders(changes);
      const failed = done.find((one) => !one.ok && !(mayStay && one.error.code === 'changed-meanwhile'));
      if (failed !== undefined) return failed;
    }
    const made = await makeFolders(changes);
    return made.ok || !mayStay || made.error.code !== 'changed-meanwhile' ? made : ok(null);
  }

  /** Also of what was gone already: they may be what a crash left. */
  async function removeFolders(changes: readonly TreeChange[]): Promise<void> {
    for (const { path } of changes.filter(ends))
      if (!(await isBehindLink(path))) await parts.removeEmptyFolder(path);
    await parts.pruneFolders(changes.flatMap(({ path, after }) => (after === undefined ? [path] : [])));
  }

  /** The last of all: a folder that is empty by what goes from it would be removed otherwise. */
  async function makeFolders(changes: readonly TreeChange[]): Promise<Result<null>> {
    for (const { path } of changes.filter(begins)) {
      const lying = await files.stat(path);
      if (!lying.ok) return lying;
      if (lying.value?.kind === 'folder') continue;
      if (lying.value !== undefined || (await isBehindLink(path))) return err(changed(path));
      const made = await parts.makeFolder(path);
      if (!made.ok) return made;
    }
    return ok(null);
  }

  return {
    write: (changes) => all(changes, false),
    writeAgain: (changes) => all(changes, true),
    undo: async (changes) => void (await all(changes.map(turned), true)),
  };
}

const turned = ({ path, before, after }: TreeChange): TreeChange => ({ path, before: after, after: before });

/** What goes makes room for what comes; and what says how files are converted comes before them. */
function inOrder(due: readonly Due[]): Due[][] {
  const isAttributes = ({ change: { path } }: Due): boolean => nameOf(path) === '.gitattributes';
  const going = due.filter(({ change }) => change.after === undefined);
  const coming = due.filter(({ change }) => change.after !== undefined);
  return [going, coming.filter(isAttributes), coming.filter((it) => !isAttributes(it))];
}

/** A folder is another whenever something in it is; it only has to go. */
const keyOf = (stat: FileStat | undefined): string =>
  stat === undefined || stat.kind === 'folder' ? (stat?.kind ?? '') : statKey(stat);

const isSameLying = (one: Lying, other: Lying): boolean =>
  one.kind === other.kind && (one.kind !== 'file' || other.kind !== 'file' || one.hash === other.hash);

const changed = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `${path} was changed by somebody at the same moment; it is as they left it.`,
    'Try again: what they wrote then counts.',
  );
