import type { Clock, Files, OpenWatcher } from '../../electron/engine/ports.ts';
import {
  type AgentWrite,
  type AgentWriteDeps,
  createAgentWrite,
  ensureFolder,
  nameOf,
  type WriteManner,
} from './agent-write.ts';
import { createFakeFiles } from './fake-files.ts';
import { createFakeHints, type HintCounts, type HintFaults, noFaults, parentOf } from './fake-hints.ts';
import { createFakeTree, type FakeTree, type Inode } from './fake-tree.ts';
import { createLife, type Life } from './life.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

export type FakeDiskOptions = {
  clock: Clock;
  random?: SeededRandom;
  caseInsensitive?: boolean;
  /** Time stamps are multiples of this: 1 ms unless told otherwise, 2 s on old sticks. */
  granularityNs?: bigint;
  faults?: Partial<HintFaults>;
  watchLimit?: number;
  /** Milliseconds that the next operation of an engine takes; none unless told otherwise. */
  operationMs?: () => number;
};

/** What went wrong on the disk so far, for tests that would prove nothing without it. */
export type DiskCounts = HintCounts & { refusedWrites: number };

/** The bytes that a name had from this moment on; undefined: none. Links and folders are left out. */
export type DiskEvent = {
  /** Monotonic milliseconds. */
  atMs: number;
  path: string;
  bytes: Uint8Array | undefined;
  by: 'agent' | 'engine';
};

export type FakeDisk = {
  /** The disk as one process sees it. Once its life has ended it can do nothing any more; what it wrote stays. */
  mount(life?: Life): { files: Files; openWatcher: OpenWatcher };
  /** Everything that happened to names, in order: what an outside checker compares the log with. */
  readonly history: readonly DiskEvent[];
  counts(): DiskCounts;
  /** Starts to save a file as a program outside of Skein does; folders are made. Call `finish` or `step`. */
  agentWrite(path: string, bytes: Uint8Array, manner: WriteManner, pieces?: number): AgentWrite;
  /** Removes a file, a link, or a folder with all that is in it. */
  agentDelete(path: string): void;
  /** Renames a file or folder, replacing what is there. */
  agentMove(from: string, to: string): void;
  makeFolder(path: string): void;
  /** `target` is relative to the link's folder, or absolute: outside, unless it begins with `fakeRoot`. */
  makeLink(path: string, target: string): void;
  setMode(path: string, mode: number): void;
  /** Bytes that all files together may have before an engine's write fails. */
  setQuota(bytes: number): void;
  setFaults(faults: Partial<HintFaults>): void;
  /** The file at a path, links followed; undefined when there is none. */
  read(path: string): Uint8Array | undefined;
  /** All files by path. */
  snapshot(): Map<string, Uint8Array>;
};

/** A disk in memory that behaves as POSIX says and fails as its options say. */
export function createFakeDisk(options: FakeDiskOptions): FakeDisk {
  const { clock, random = createSeededRandom('disk'), caseInsensitive = false } = options;
  const tree = createFakeTree(() => stampNs(clock, options.granularityNs ?? 1_000_000n), caseInsensitive);
  const names = random.fork('names');
  let faults: HintFaults = { ...noFaults, ...options.faults };
  let quotaBytes = Number.POSITIVE_INFINITY;
  let refusedWrites = 0;
  const hints = createFakeHints({
    clock,
    random: random.fork('hints'),
    faults: () => faults,
    watchLimit: options.watchLimit ?? Number.POSITIVE_INFINITY,
    isFolder: (path) => inodeAt(tree, path, false)?.kind === 'folder',
  });
  const { history, changed } = createHistory(clock, tree, hints.changed);

  const mount = (life: Life = createLife()) => ({
    openWatcher: hints.openWatcher(life),
    files: createFakeFiles({
      tree,
      life,
      caseInsensitive,
      pass: () => wait(clock, options.operationMs?.() ?? 0),
      quotaBytes: () => quotaBytes,
      refused: () => {
        refusedWrites += 1;
      },
      changed: (path) => changed('engine', path),
      temporaryName: (label) =>
        `.skein-${label === undefined ? '' : `${label}-`}${Buffer.from(names.bytes(8)).toString('hex')}.tmp`,
    }),
  });

  return {
    history,
    counts: () => ({ ...hints.counts, refusedWrites }),
    mount,
    ...createOutside({ tree, hint: hints.changed, changed: (path) => changed('agent', path) }),
    setQuota: (bytes) => {
      quotaBytes = bytes;
    },
    setFaults: (next) => {
      faults = { ...noFaults, ...next };
    },
  };
}

function createHistory(clock: Clock, tree: FakeTree, hint: (path: string) => void) {
  const history: DiskEvent[] = [];
  const changed = (by: DiskEvent['by'], path: string) => {
    const inode = inodeAt(tree, path, false);
    const bytes = inode?.kind === 'file' ? inode.bytes : undefined;
    history.push({ atMs: clock.monotonicMs(), path, bytes, by });
    hint(path);
  };
  return { history, changed };
}

type OutsideDeps = AgentWriteDeps & { hint: (path: string) => void };

/** What everybody but Skein does to the disk. */
function createOutside(
  deps: OutsideDeps,
): Omit<FakeDisk, 'history' | 'counts' | 'mount' | 'setQuota' | 'setFaults'> {
  const { tree, changed, hint } = deps;
  const attach = (path: string, inode: Inode) =>
    tree.attach(ensureFolder(deps, parentOf(path)), nameOf(path), inode);

  function agentDelete(path: string): void {
    const inode = inodeAt(tree, path, false);
    if (inode !== undefined) changedUnder(deps, inode, () => tree.detach(inode));
  }

  function agentMove(from: string, to: string): void {
    const inode = inodeAt(tree, from, false);
    if (inode === undefined) return;
    if (inodeAt(tree, to, false)?.kind === 'folder') agentDelete(to);
    changedUnder(deps, inode, () => attach(to, inode));
  }

  return {
    agentWrite: (path, bytes, manner, pieces = 1) => createAgentWrite(deps, path, bytes, manner, pieces),
    agentDelete,
    agentMove,
    makeFolder: (path) => void ensureFolder(deps, path),
    makeLink: (path, target) => {
      attach(path, tree.makeLink(target));
      changed(path);
    },
    setMode: (path, mode) => {
      const inode = inodeAt(tree, path, false);
      if (inode !== undefined) tree.setMode(inode, mode);
      hint(path);
    },
    read: (path) => {
      const inode = inodeAt(tree, path, true);
      return inode?.kind === 'file' ? inode.bytes.slice() : undefined;
    },
    snapshot: () => snapshot(tree),
  };
}

/** Tells of every name under an inode that is about to go, or has just come. */
function changedUnder({ tree, changed }: OutsideDeps, inode: Inode, act: () => void): void {
  const paths = () => tree.under(inode).flatMap((it) => tree.pathOf(it) ?? []);
  const before = paths();
  act();
  for (const path of new Set([...before, ...paths()])) changed(path);
}

function snapshot(tree: FakeTree): Map<string, Uint8Array> {
  const bytesByPath = new Map<string, Uint8Array>();
  for (const inode of tree.under(tree.root)) {
    const path = tree.pathOf(inode);
    if (inode.kind === 'file' && path !== undefined) bytesByPath.set(path, inode.bytes.slice());
  }
  return bytesByPath;
}

function inodeAt(tree: FakeTree, path: string, followLast: boolean): Inode | undefined {
  const found = tree.find(path, followLast);
  return found.state === 'there' ? found.inode : undefined;
}

async function wait(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await new Promise<void>((resolve) => clock.after(ms, resolve));
}

function stampNs(clock: Clock, granularityNs: bigint): bigint {
  const nowNs = BigInt(Math.floor(clock.nowMs() * 1_000_000));
  return nowNs - (nowNs % granularityNs);
}
