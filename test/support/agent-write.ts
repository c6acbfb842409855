import { parentOf } from './fake-hints.ts';
import type { FakeTree, FileInode, FolderInode } from './fake-tree.ts';

/**
 * How a program saves a file: over the old bytes, by a new file that takes the name, or by emptying the file
 * first. The second is what most editors and agents do; the others show the file half-written.
 */
export type WriteManner = 'in-place' | 'rename' | 'truncate-then-write';

/** A write under way. Between two steps anything else may happen; the file that is open stays the one written to. */
export type AgentWrite = {
  readonly done: boolean;
  /** Does the next step; false when there was none. */
  step(): boolean;
  finish(): void;
};

export type AgentWriteDeps = { tree: FakeTree; changed: (path: string) => void };

/** Opens nothing yet: the first step does. `pieces` is the number of writes that the bytes come in. */
export function createAgentWrite(
  deps: AgentWriteDeps,
  path: string,
  bytes: Uint8Array,
  manner: WriteManner,
  pieces: number,
): AgentWrite {
  const steps = writeSteps(deps, path, bytes, manner, pieces);
  let done = false;
  const step = () => {
    if (!done) done = steps.next().done === true;
    return !done;
  };
  return {
    get done() {
      return done;
    },
    step,
    finish: () => {
      while (step());
    },
  };
}

function* writeSteps(
  deps: AgentWriteDeps,
  path: string,
  bytes: Uint8Array,
  manner: WriteManner,
  pieces: number,
): Generator<void, void> {
  const target = manner === 'rename' ? besides(path) : path;
  const file = open(deps, target, manner);
  yield;
  for (let piece = 1; piece < pieces; piece += 1) {
    const written = bytes.slice(0, Math.floor((bytes.length * piece) / pieces));
    write(deps, file, concat(written, file.bytes.slice(written.length)));
    yield;
  }
  write(deps, file, bytes.slice());
  if (manner !== 'rename') return;
  yield;
  deps.tree.attach(parentFolder(deps, path), nameOf(path), file);
  deps.changed(target);
  deps.changed(path);
}

function open(deps: AgentWriteDeps, path: string, manner: WriteManner): FileInode {
  const found = deps.tree.find(path, true);
  if (found.state === 'there' && found.inode.kind === 'file') {
    if (manner !== 'in-place') write(deps, found.inode, new Uint8Array());
    return found.inode;
  }
  const file = deps.tree.makeFile(new Uint8Array(), 0o644);
  deps.tree.attach(parentFolder(deps, path), nameOf(path), file);
  deps.changed(path);
  return file;
}

function write({ tree, changed }: AgentWriteDeps, file: FileInode, bytes: Uint8Array): void {
  tree.write(file, bytes);
  const path = tree.pathOf(file);
  if (path !== undefined) changed(path);
}

function parentFolder(deps: AgentWriteDeps, path: string): FolderInode {
  return ensureFolder(deps, parentOf(path));
}

/** The folder at the path, made when missing, with those above it. */
export function ensureFolder(deps: AgentWriteDeps, path: string): FolderInode {
  const found = deps.tree.find(path, true);
  if (found.state === 'there' && found.inode.kind === 'folder') return found.inode;
  const parent = ensureFolder(deps, parentOf(path));
  const folder = deps.tree.makeFolder();
  deps.tree.attach(parent, nameOf(path), folder);
  deps.changed(path);
  return folder;
}

/** The last part of a path. */
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Where an editor puts the new file before it takes the name. */
const besides = (path: string) => `${path.slice(0, path.length - nameOf(path).length)}.${nameOf(path)}.swp`;

function concat(one: Uint8Array, two: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + two.length);
  both.set(one);
  both.set(two, one.length);
  return both;
}
