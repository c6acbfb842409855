/** Sees from outside what an engine meets: writes in the middle of a scan, half-written files, raced swaps. */
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { Files } from '../../electron/engine/ports.ts';
import type { AgentWrite } from '../support/agent-write.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import type { DiskEvent, FakeDisk } from '../support/fake-disk.ts';
import type { LifePoint } from '../support/life.ts';
import type { Met } from './met.ts';

export type Witness = {
  /** Says when the start is through, and counts writes in the middle of scans and changes that the disk overtook. */
  follow(engine: Engine, started: Promise<void>): Promise<void>;
  isStarting(): boolean;
  /** The same files; a temporary file that is exchanged a second time was put back. */
  seeSwaps(files: Files): Files;
  /** Paths that an agent wrote to in the middle of a swap, on top of ours: what ours displaced is not below it. */
  readonly overtaken: ReadonlySet<string>;
  see(point: LifePoint): void;
  /** Saves a file in pieces, with up to `pauseMs` between them: whoever reads neither bytes sees it half-written. */
  writeSlowly(path: string, after: Uint8Array, write: AgentWrite, pauseMs: () => number): Promise<void>;
  /** Saves a file as an editor does that removes the old one first: for `pauseMs` nothing is there. */
  replace(path: string, save: () => void, pauseMs: number): Promise<void>;
  /** What stood only while somebody was writing. */
  readonly moments: readonly Moment[];
  /** An engine packed these bytes beside its loop. */
  seePacked(bytes: Uint8Array): void;
  readonly prepared: readonly Packing[];
};

/** A content that was packed beside the loop, and when: monotonic milliseconds. */
export type Packing = { atMs: number; hash: string };

/** A half-written version, or the absence (undefined) in the middle of a save, and how long it stood. */
export type Moment = { path: string; bytes: Uint8Array | undefined; stoodMs: number };

type Pieces = { before: Uint8Array; after: Uint8Array };

export function createWitness(disk: FakeDisk, clock: FakeClock, met: Met): Witness {
  const writes = new Map<string, Pieces>();
  const moments: Moment[] = [];
  const prepared: Packing[] = [];
  const swaps = createSwapWatch(disk, met);
  let starting: Promise<void> | undefined;

  function isHalfWritten(path: string): boolean {
    const write = writes.get(path);
    const bytes = disk.read(path);
    if (write === undefined || bytes === undefined) return false;
    return Buffer.compare(bytes, write.before) !== 0 && Buffer.compare(bytes, write.after) !== 0;
  }

  function lies(path: string, content: string): boolean {
    const bytes = disk.read(path);
    return bytes !== undefined && nodeCodec.sha256(bytes) === content;
  }

  /** A piece may leave the file as it was: then the moment goes on. */
  function noteMoment(path: string, bytes: Uint8Array, stoodMs: number): void {
    const same = moments.find((it) => it.path === path && isSame(it.bytes, bytes));
    if (same === undefined) moments.push({ path, bytes, stoodMs });
    else same.stoodMs += stoodMs;
  }

  return {
    follow(engine, started) {
      engine.on('measured', ({ what, seconds }) => {
        const endMs = clock.monotonicMs();
        if (what === 'check') met.writeInScan += writesBetween(disk, endMs - seconds * 1000, endMs);
      });
      engine.on('changes', ({ changes }) => {
        const late = changes.filter(({ path, content }) => content !== null && !lies(path, content));
        met.recordedLate += late.length;
      });
      starting = started;
      return started.then(() => {
        if (starting === started) starting = undefined;
      });
    },
    isStarting: () => starting !== undefined,
    seeSwaps: swaps.see,
    overtaken: swaps.overtaken,
    see({ source, operation, when, subject }) {
      if (source === 'disk' && operation === 'read' && when === 'after' && isHalfWritten(subject))
        met.halfWritten += 1;
    },
    async writeSlowly(path, after, write, pauseMs) {
      writes.set(path, { before: disk.read(path) ?? new Uint8Array(), after });
      const earlier = disk.history.length;
      while (write.step()) {
        const bytes = isHalfWritten(path) ? disk.read(path) : undefined;
        const fromMs = clock.monotonicMs();
        await clock.advance(pauseMs());
        // What had stood there before the write is a version of its own, however briefly it stands again.
        if (bytes !== undefined && !stoodBefore(disk.history.slice(0, earlier), path, bytes))
          noteMoment(path, bytes, clock.monotonicMs() - fromMs);
      }
      writes.delete(path);
    },
    async replace(path, save, pauseMs) {
      disk.agentDelete(path);
      await clock.advance(pauseMs);
      save();
      moments.push({ path, bytes: undefined, stoodMs: pauseMs });
    },
    moments,
    seePacked(bytes) {
      met.preparedBeside += 1;
      prepared.push({ atMs: clock.monotonicMs(), hash: nodeCodec.sha256(bytes) });
    },
    prepared,
  };
}

const isSame = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0;

const stoodBefore = (history: readonly DiskEvent[], path: string, bytes: Uint8Array): boolean =>
  history.some((event) => event.path === path && isSame(event.bytes, bytes));

/** Writes of agents to files strictly inside a span of monotonic milliseconds. */
function writesBetween(disk: FakeDisk, fromMs: number, toMs: number): number {
  let count = 0;
  for (let index = disk.history.length - 1; index >= 0; index--) {
    const event = disk.history[index];
    if (event === undefined || event.atMs <= fromMs) break;
    if (event.by === 'agent' && event.atMs < toMs) count += 1;
  }
  return count;
}

/** A swap is open from the exchange of a temporary file until it is exchanged back or removed. */
function createSwapWatch(disk: FakeDisk, met: Met) {
  const openByTemporary = new Map<string, { path: string; from: number }>();
  const overtaken = new Set<string>();

  function close(temporary: string): boolean {
    const swap = openByTemporary.get(temporary);
    if (swap === undefined) return false;
    const since = disk.history.slice(swap.from);
    if (since.some(({ by, path }) => by === 'agent' && path === swap.path)) overtaken.add(swap.path);
    return openByTemporary.delete(temporary);
  }

  const see = (files: Files): Files => ({
    ...files,
    async exchange(one, other) {
      const before = disk.history.length;
      try {
        return await files.exchange(one, other);
      } finally {
        // A process that dies right after has exchanged them all the same, one that dies before has not.
        const isDone = disk.history.length > before;
        if (isDone && close(one)) met.racedSwap += 1;
        else if (isDone)
          openByTemporary.set(one, { path: other, from: disk.history.findLastIndex(isOurs(other)) });
      }
    },
    async remove(path) {
      close(path);
      return files.remove(path);
    },
  });
  return { see, overtaken };
}

const isOurs =
  (wanted: string) =>
  ({ by, path }: DiskEvent): boolean =>
    by === 'engine' && path === wanted;
