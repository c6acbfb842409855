import { isHostilePath } from '../../electron/adapters/confined-root.ts';
import {
  describeFileError,
  goneMeanwhile,
  hostilePath,
  linkLeaves,
} from '../../electron/adapters/file-problems.ts';
import { tooLarge } from '../../electron/adapters/node-held-file.ts';
import type { FileStat, Files, FolderEntry, HeldFile } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, ProblemError, type Result } from '../../shared/result.ts';
import { parentOf } from './fake-hints.ts';
import type { FakeTree, FileInode, FolderInode, Inode } from './fake-tree.ts';
import type { Life } from './life.ts';

/** What the files of one process need from the disk that they are on. */
export type FakeFilesDeps = {
  tree: FakeTree;
  life: Life;
  caseInsensitive: boolean;
  quotaBytes: () => number;
  /** A write found no room. */
  refused: () => void;
  /** Waits as long as one operation takes. */
  pass: () => Promise<void>;
  /** The engine changed what is under this path. */
  changed: (path: string) => void;
  /** The name of the next temporary file. */
  temporaryName: (label: string | undefined) => string;
};

/** `Files` over a fake tree, as an ordinary user who owns all of it. Each operation is a point where `life` may end. */
export function createFakeFiles(deps: FakeFilesDeps): Files {
  const { tree } = deps;
  const step = createStep(deps);
  return {
    caseInsensitive: deps.caseInsensitive,
    list: (folder) => step('list', folder, () => list(tree, folder)),
    stat: (path) => step('stat', path, () => look(tree, path, false, toStat)),
    resolveLink: (path) => step('resolveLink', path, () => look(tree, path, true, tree.pathOf)),
    hold: (path) => step('hold', path, () => hold(tree, step, path)),
    writeTemporary: (folder, bytes, mode, label) =>
      step('writeTemporary', folder, () => writeTemporary(deps, folder, { bytes, mode, label })),
    rename: (from, to) => step('rename', to, () => rename(deps, from, to)),
    exchange: (one, other) => step('exchange', other, () => exchange(deps, one, other)),
    place: (from, to) => step('place', to, () => place(deps, from, to)),
    remove: (path) => step('remove', path, () => remove(deps, path)),
  };
}

type Step = <Value>(operation: string, path: string, work: () => Value) => Promise<Value>;

function createStep({ life, pass }: FakeFilesDeps): Step {
  return async (operation, subject, work) => {
    life.reach({ source: 'disk', operation, subject, when: 'before' });
    await pass();
    const value = work();
    life.reach({ source: 'disk', operation, subject, when: 'after' });
    return value;
  };
}

/** What `see` says about the inode at the path; undefined when nothing is there. */
function look<Value>(tree: FakeTree, path: string, followLast: boolean, see: (inode: Inode) => Value) {
  if (path !== '' && isHostilePath(path)) return err(hostilePath(path));
  const found = tree.find(path, followLast);
  if (found.state === 'leaves') return err(linkLeaves(path));
  if (found.state === 'circle') return failure('ELOOP', path, 'read');
  if (found.state === 'no-permission') return failure('EACCES', path, 'read');
  return ok(found.state === 'there' ? see(found.inode) : undefined);
}

function list(tree: FakeTree, path: string): Result<FolderEntry[] | undefined> {
  const folder = look(tree, path, true, (inode) => inode);
  if (!folder.ok) return folder;
  if (folder.value?.kind !== 'folder') return ok(undefined);
  if ((folder.value.mode & 0o400) === 0) return failure('EACCES', path, 'read');
  const entries = [...folder.value.entries.values()];
  return ok(entries.map((inode) => ({ name: inode.place?.name ?? '', kind: inode.kind })));
}

function hold(tree: FakeTree, step: Step, path: string): Result<HeldFile | undefined> {
  const found = look(tree, path, false, (inode) => inode);
  if (!found.ok) return found;
  const inode = found.value;
  if (inode?.kind !== 'file') return ok(undefined);
  if ((inode.mode & 0o400) === 0) return failure('EACCES', path, 'read');
  return ok({
    stat: () => step('heldStat', path, () => toStat(inode)),
    read: () => step('read', path, () => readBounded(inode, path)),
    close: () => step('close', path, () => undefined),
  });
}

function readBounded(inode: FileInode, path: string): Uint8Array {
  if (inode.bytes.length > limits.trackedFileBytes) throw new ProblemError(tooLarge(path));
  return inode.bytes.slice();
}

function writeTemporary(
  deps: FakeFilesDeps,
  path: string,
  { bytes, mode, label }: { bytes: Uint8Array; mode: number; label: string | undefined },
): Result<{ path: string; stat: FileStat }> {
  const { tree, life } = deps;
  const folder = makeFolder(deps, path);
  if (!folder.ok) return folder;
  if (!isWritable(folder.value)) return failure('EACCES', path, 'written');
  if (tree.usedBytes() + bytes.length > deps.quotaBytes()) {
    deps.refused();
    return failure('ENOSPC', path, 'written');
  }
  const file = tree.makeFile(bytes.slice(0, bytes.length / 2), mode);
  const name = deps.temporaryName(label);
  tree.attach(folder.value, name, file);
  const temporary = path === '' ? name : `${path}/${name}`;
  deps.changed(temporary);
  life.reach({ source: 'disk', operation: 'writeTemporary', subject: temporary, when: 'during' });
  tree.write(file, bytes.slice());
  deps.changed(temporary);
  return ok({ path: temporary, stat: toStat(file) });
}

function makeFolder(deps: FakeFilesDeps, path: string): Result<FolderInode> {
  const there = look(deps.tree, path, true, (inode) => inode);
  if (!there.ok) return there;
  if (there.value?.kind === 'folder') return ok(there.value);
  if (there.value !== undefined) return err(goneMeanwhile(path));
  const parent = makeFolder(deps, parentOf(path));
  if (!parent.ok) return parent;
  if (!isWritable(parent.value)) return failure('EACCES', path, 'written');
  const folder = deps.tree.makeFolder();
  deps.tree.attach(parent.value, path.slice(path.lastIndexOf('/') + 1), folder);
  deps.changed(path);
  return ok(folder);
}

function rename(deps: FakeFilesDeps, from: string, to: string): Result<void> {
  if (from === '' || to === '') return err(hostilePath(''));
  const source = look(deps.tree, from, false, (inode) => inode);
  if (!source.ok) return source;
  if (source.value === undefined) return err(goneMeanwhile(from));
  const target = look(deps.tree, to, false, (inode) => inode);
  if (!target.ok) return target;
  if (target.value?.kind === 'folder') return failure('EISDIR', to, 'written');
  const parent = look(deps.tree, parentOf(to), true, (inode) => inode);
  if (!parent.ok) return parent;
  if (parent.value?.kind !== 'folder') return err(goneMeanwhile(to));
  if (!isWritable(parent.value)) return failure('EACCES', to, 'written');
  deps.tree.attach(parent.value, to.slice(to.lastIndexOf('/') + 1), source.value);
  deps.changed(from);
  deps.changed(to);
  return ok(undefined);
}

function exchange(deps: FakeFilesDeps, one: string, other: string): Result<boolean> {
  if (one === '' || other === '') return err(hostilePath(''));
  const first = look(deps.tree, one, false, (inode) => inode);
  const second = look(deps.tree, other, false, (inode) => inode);
  if (!first.ok) return first;
  if (!second.ok) return second;
  const [a, b] = [first.value, second.value];
  if (a?.place === undefined || b?.place === undefined) return err(goneMeanwhile(one));
  const [placeOfA, placeOfB] = [a.place, b.place];
  // The real call only says that it did not work, and the caller then takes the plain way, which says why.
  if (!isWritable(placeOfA.parent) || !isWritable(placeOfB.parent)) return ok(false);
  deps.tree.detach(a);
  deps.tree.attach(placeOfB.parent, placeOfB.name, a);
  deps.tree.attach(placeOfA.parent, placeOfA.name, b);
  deps.changed(one);
  deps.changed(other);
  return ok(true);
}

function place(deps: FakeFilesDeps, from: string, to: string): Result<boolean> {
  if (from === '' || to === '') return err(hostilePath(''));
  const source = look(deps.tree, from, false, (inode) => inode);
  if (!source.ok) return source;
  const target = look(deps.tree, to, false, (inode) => inode);
  if (!target.ok) return target;
  if (source.value !== undefined && target.value !== undefined) return ok(false);
  const renamed = rename(deps, from, to);
  return renamed.ok ? ok(true) : renamed;
}

function remove(deps: FakeFilesDeps, path: string): Result<void> {
  if (path === '') return err(hostilePath(path));
  const found = look(deps.tree, path, false, (inode) => inode);
  if (!found.ok) return found;
  if (found.value === undefined) return ok(undefined);
  if (found.value.kind === 'folder') return failure('EISDIR', path, 'written');
  if (found.value.place !== undefined && !isWritable(found.value.place.parent)) {
    return failure('EACCES', path, 'written');
  }
  deps.tree.detach(found.value);
  deps.changed(path);
  return ok(undefined);
}

function toStat(inode: Inode): FileStat {
  return {
    kind: inode.kind,
    size: inode.kind === 'file' ? inode.bytes.length : 4_096,
    mtimeNs: String(inode.mtimeNs),
    ctimeNs: String(inode.ctimeNs),
    inode: `1:${inode.id}`,
    mode: inode.mode,
  };
}

const isWritable = (folder: FolderInode) => (folder.mode & 0o300) === 0o300;

function failure(code: string, path: string, deed: 'read' | 'written') {
  return err(describeFileError(Object.assign(new Error(code), { code }), path, deed));
}
