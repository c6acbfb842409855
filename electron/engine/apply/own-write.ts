/**
 * Skein's own writes (DESIGN rule 7): a file is replaced only while it is what we think it is, what raced the swap
 * is found and merged, and the intent is in the database first, so that a crash at any step is finished or forgotten
 * at the next start, never repeated.
 */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import { folderOf } from '../../../shared/domain/paths.ts';
import { together } from '../../../shared/domain/together.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Appender } from '../log/append.ts';
import type { ContentStore } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import type { KnownFiles } from '../log/known-files.ts';
import type { Clock, Codec, Files, GitRepository, Sql } from '../ports.ts';
import type { RecordDisk } from '../record-disk.ts';
import type { OwnFacts } from '../scan/own-facts.ts';
import { type Attempt, attemptWrites } from './attempt-writes.ts';
import type { Lineage } from './lineage.ts';
import { clearTemporaries, createWriteIntents } from './write-intents.ts';

export type OwnWriteDeps = {
  sql: Sql;
  clock: Clock;
  codec: Codec;
  files: Files;
  contents: ContentStore;
  contentWork: ContentWork;
  known: KnownFiles;
  append: Appender;
  ownFacts: OwnFacts;
  recordDisk: RecordDisk;
  git: Pick<GitRepository, 'isInTheMiddle' | 'checkedOut' | 'hasCommitted' | 'isStashed'>;
  settleSoon(): void;
};

export type OwnWrite = {
  path: string;
  fileClass: FileClass;
  /** To say what should lie there takes a merge, which may hold up the loop for some milliseconds. */
  merges?: boolean;
  /** Bytes that will lie there, about, from whoever writes many files at a time. */
  size?: number;
  /** Hash of the version in the log that should lie there as it is, null for none; undefined: `compute` says what. */
  version?(): string | null | undefined;
  /** The bytes to write, from those that lie there now; null removes the file. Returning the same bytes writes nothing. */
  compute(current: Uint8Array | undefined): Uint8Array | null;
  /** What the bytes stand on, asked right after they are known; undefined: the known state of the file. */
  lineage?(): Lineage | undefined;
  evidence: Evidence;
  /** Set when the change belongs to a consolidation and so is never pending. */
  consolidation: number | null;
  /** Milliseconds that others may keep it from being done before it gives way to them. */
  patienceMs: number;
  /** Joins the transaction that records the change. */
  alongside(): void;
};

/** Writers that race us are found and merged; after so many rounds the file is too busy and we try again later. */
const rounds = 8;

/** Resolves with the recorded change, or undefined when the file already held what it should. */
export async function writeOwn(deps: OwnWriteDeps, write: OwnWrite): Promise<Result<Change | undefined>> {
  return goOn(deps, write, undefined);
}

/**
 * Many files at a time, so that they wait for the disk and the database together. Whose file somebody else is at waits
 * until the others are done: what a race leaves behind is cleared away only while nobody writes.
 */
export async function writeOwnTogether(
  deps: OwnWriteDeps,
  writes: readonly OwnWrite[],
): Promise<Result<Change | undefined>[]> {
  // While some wait for the disk, the next are prepared.
  const begun = await together(inBatches(writes), 2, (batch) =>
    attemptWrites(
      deps,
      batch.map((write) => ({ write, untilMs: deps.clock.monotonicMs() })),
    ),
  );
  const attempts = begun.flat();
  const outcomes: Result<Change | undefined>[] = [];
  for (const [index, write] of writes.entries()) outcomes.push(await finish(deps, write, attempts[index]));
  return outcomes;
}

/** So many that their contents may be in memory at a time. */
function inBatches(writes: readonly OwnWrite[]): OwnWrite[][] {
  const batches: OwnWrite[][] = [];
  let room = 0;
  for (const write of writes) {
    const batch = batches.at(-1);
    room -= write.size ?? 0;
    if (batch !== undefined && batch.length < limits.writesAtOnce && room >= 0) batch.push(write);
    else {
      batches.push([write]);
      room = limits.writtenAtOnceBytes - (write.size ?? 0);
    }
  }
  return batches;
}

async function finish(
  deps: OwnWriteDeps,
  write: OwnWrite,
  begun: Result<Attempt> | undefined,
): Promise<Result<Change | undefined>> {
  if (begun?.ok === false && begun.error.code !== 'changed-meanwhile') return begun;
  return goOn(deps, write, begun?.ok ? begun.value : undefined);
}

/** Tries until it is done, from where the last try ended. */
async function goOn(
  deps: OwnWriteDeps,
  write: OwnWrite,
  begun: Attempt | undefined,
): Promise<Result<Change | undefined>> {
  const untilMs = deps.clock.monotonicMs() + write.patienceMs;
  const clear = () => clearTemporaries(deps, folderOf(write.path), createWriteIntents(deps.sql).all());
  let last = begun;
  let raced = last?.kind === 'raced' ? last.bytes : undefined;
  if (last?.kind === 'again') await clear();
  for (let round = 0; last?.kind !== 'done' && round < rounds; round++) {
    const [next] = await attemptWrites(deps, [{ write, untilMs, raced }]);
    if (next?.ok !== true) return next ?? err(keptChanging(write.path));
    last = next.value;
    if (last.kind === 'raced') raced = last.bytes;
    if (last.kind === 'again') await clear();
    // Whoever raced us is not in the file yet: that is brought to its end.
    if (raced === undefined && deps.clock.monotonicMs() > untilMs) break;
  }
  return last?.kind === 'done' ? ok(last.change) : err(keptChanging(write.path));
}

const keptChanging = (path: string) =>
  problem(
    'changed-meanwhile',
    path,
    `${path} kept changing while Skein wanted to write it.`,
    'Nothing was overwritten. Skein tries again at its next check.',
  );
