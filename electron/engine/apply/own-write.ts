/**
 * Skein's own writes (DESIGN rule 7): a file is replaced only while it is what we think it is, what raced the swap
 * is found and merged, and the intent is in the database first, so that a crash at any step is finished or forgotten
 * at the next start, never repeated.
 */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import { folderOf } from '../../../shared/domain/paths.ts';
import { temporaryLabel } from '../../../shared/domain/temporary-label.ts';
import { together } from '../../../shared/domain/together.ts';
import { equalBytes } from '../../../shared/domain/utf8.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Appender } from '../log/append.ts';
import { type Content, type ContentStore, contentOf } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import type { KnownFiles } from '../log/known-files.ts';
import type { Clock, Codec, FileStat, Files, Sql } from '../ports.ts';
import type { RecordDisk } from '../record-disk.ts';
import { readWhole } from '../scan/look.ts';
import { rootProblem } from '../scan/root.ts';
import type { Lineage } from './lineage.ts';
import { recordOwn, recordRaced, recordRemoval, recordUnmoved } from './record-own.ts';
import { swapFile } from './swap-file.ts';
import { clearTemporaries, createWriteIntents, type WriteIntents } from './write-intents.ts';

export type OwnWriteDeps = {
  sql: Sql;
  clock: Clock;
  codec: Codec;
  files: Files;
  contents: ContentStore;
  contentWork: ContentWork;
  known: KnownFiles;
  append: Appender;
  recordDisk: RecordDisk;
};

export type OwnWrite = {
  path: string;
  fileClass: FileClass;
  /** The bytes to write, from those that lie there now; null removes the file. Returning the same bytes writes nothing. */
  compute(current: Uint8Array | undefined): Uint8Array | null;
  /** What the bytes stand on, asked right after `compute`; undefined: the known state of the file. */
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

/** Permission bits of a file that did not exist: what an editor would give it. */
const newFileMode = 0o644;

/** Resolves with the recorded change, or undefined when the file already held what it should. */
export async function writeOwn(deps: OwnWriteDeps, write: OwnWrite): Promise<Result<Change | undefined>> {
  return goOn(deps, write, undefined);
}

/**
 * Many files at a time, so that they wait for the disk together. Whose file somebody else is at waits until the
 * others are done: what a race leaves behind is cleared away only while nobody writes.
 */
export async function writeOwnTogether(
  deps: OwnWriteDeps,
  writes: readonly OwnWrite[],
): Promise<Result<Change | undefined>[]> {
  const begun = await together(writes, limits.writesAtOnce, (write) =>
    attempt(deps, write, deps.clock.monotonicMs(), undefined),
  );
  const outcomes: Result<Change | undefined>[] = [];
  for (const [index, write] of writes.entries()) outcomes.push(await finish(deps, write, begun[index]));
  return outcomes;
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
    const next = await attempt(deps, write, untilMs, raced);
    if (!next.ok) return next;
    last = next.value;
    if (last.kind === 'raced') raced = last.bytes;
    if (last.kind === 'again') await clear();
    // Whoever raced us is not in the file yet: that is brought to its end.
    if (raced === undefined && deps.clock.monotonicMs() > untilMs) break;
  }
  return last?.kind === 'done' ? ok(last.change) : err(keptChanging(write.path));
}

/** One try. Another file than what the log knows is recorded first. */
async function attempt(
  deps: OwnWriteDeps,
  write: OwnWrite,
  untilMs: number,
  raced: Uint8Array | undefined,
): Promise<Result<Attempt>> {
  const intents = createWriteIntents(deps.sql);
  const lost = await rootProblem(deps);
  if (lost !== undefined) return err(lost);
  const recorded = await deps.recordDisk(write.path, untilMs);
  if (!recorded.ok) return recorded;
  const tried = await attemptWrite(deps, intents, write, raced);
  if (tried.ok && tried.value.kind === 'done') intents.forget(write.path);
  return tried;
}

const keptChanging = (path: string) =>
  problem(
    'changed-meanwhile',
    path,
    `${path} kept changing while Skein wanted to write it.`,
    'Nothing was overwritten. Skein tries again at its next check.',
  );

const linkInPlace = (path: string) =>
  problem(
    'not-tracked',
    path,
    `${path} is a link, and Skein replaces no links.`,
    'Restore the file that it points to.',
  );

type Attempt =
  | { kind: 'done'; change: Change | undefined }
  | { kind: 'again' }
  /** Somebody wrote to the old file while we replaced it; these are their bytes, recorded already. */
  | { kind: 'raced'; bytes: Uint8Array };

async function attemptWrite(
  deps: OwnWriteDeps,
  intents: WriteIntents,
  write: OwnWrite,
  raced: Uint8Array | undefined,
): Promise<Result<Attempt>> {
  const known = deps.known.get(write.path);
  const current = known?.content == null ? undefined : await deps.contentWork.read(known.content);
  const next = write.compute(raced ?? current);
  const lineage = write.lineage?.();
  if (isSame(next, current)) return ok({ kind: 'done', change: recordUnmoved(deps, write, known, lineage) });
  if (next === null) return removeFile(deps, intents, write, lineage);
  const there = await deps.files.stat(write.path);
  if (!there.ok) return there;
  if (there.value?.kind === 'link') return err(linkInPlace(write.path));
  const content = await deps.contentWork.prepare(next);
  deps.sql.transaction(() => intents.plan({ ...write, planned: lineage }, deps.contents.put(content)));
  const temporary = await deps.files.writeTemporary(
    folderOf(write.path),
    next,
    there.value?.mode ?? newFileMode,
    temporaryLabel(write.path),
  );
  if (!temporary.ok) return temporary;
  const expected = { old: known?.content ?? null, ours: content.hash };
  const { hash } = deps.contentWork;
  const swap = await swapFile({ files: deps.files, hash }, temporary.value, write.path, expected);
  if (!swap.ok) return swap;
  if (swap.value.kind === 'swapped')
    return afterSwap(deps, write, { bytes: next, content, lineage }, swap.value);
  for (const bytes of swap.value.unseen) recordRaced(deps, write, await deps.contentWork.prepare(bytes));
  return ok({ kind: 'again' });
}

/** Our version lies there: keep what raced us, then record our own. The intent goes last, with the leftover. */
async function afterSwap(
  deps: OwnWriteDeps,
  write: OwnWrite,
  ours: { bytes: Uint8Array; content: Content; lineage: Lineage | undefined },
  swap: { raced: Uint8Array[]; leftover: string | undefined },
): Promise<Result<Attempt>> {
  const stat = await statOf(deps, write.path, ours.bytes);
  const last = swap.raced.at(-1);
  const raced: Content[] = [];
  for (const bytes of swap.raced) raced.push(await deps.contentWork.prepare(bytes));
  const change = deps.sql.transaction(() => {
    for (const content of raced) recordRaced(deps, write, content);
    const own = recordOwn(deps, write, ours.content, stat, ours.lineage);
    if (last === undefined) write.alongside();
    return own;
  });
  if (swap.leftover !== undefined) await deps.files.remove(swap.leftover);
  return ok(last === undefined ? { kind: 'done', change } : { kind: 'raced', bytes: last });
}

/** Facts of the file that holds our bytes. Somebody may have written to it at once: those are not ours to know. */
async function statOf(deps: OwnWriteDeps, path: string, ours: Uint8Array): Promise<FileStat> {
  const read = await readWhole(deps.files, path);
  if (!read.ok || read.value === undefined || !equalBytes(read.value.bytes, ours)) return unknownStat;
  return read.value.stat;
}

/** Facts that match nothing make the next look read the file. */
export const unknownStat: FileStat = {
  kind: 'file',
  size: -1,
  mtimeNs: '0',
  ctimeNs: '0',
  inode: '',
  mode: newFileMode,
};

/** Restoring a deletion: the file is moved aside in one step, looked at, and only then removed. */
async function removeFile(
  deps: OwnWriteDeps,
  intents: WriteIntents,
  write: OwnWrite,
  lineage: Lineage | undefined,
): Promise<Result<Attempt>> {
  const known = deps.known.get(write.path);
  if (known?.content == null) return ok({ kind: 'done', change: undefined });
  const nothing = new Uint8Array();
  deps.sql.transaction(() =>
    intents.plan({ ...write, planned: lineage }, deps.contents.put(contentOf(deps.codec, nothing))),
  );
  const aside = await deps.files.writeTemporary(
    folderOf(write.path),
    nothing,
    newFileMode,
    temporaryLabel(write.path),
  );
  if (!aside.ok) return aside;
  const moved = await deps.files.rename(write.path, aside.value);
  if (!moved.ok) {
    await deps.files.remove(aside.value);
    return moved.error.code === 'changed-meanwhile' ? ok({ kind: 'again' }) : moved;
  }
  const read = await readWhole(deps.files, aside.value);
  const lying =
    read.ok && read.value !== undefined ? await deps.contentWork.hash(read.value.bytes) : undefined;
  if (lying !== known.content) return bringBack(deps, aside.value, write.path);
  const change = deps.sql.transaction(() => recordRemoval(deps, write, known, lineage));
  await deps.files.remove(aside.value);
  return ok({ kind: 'done', change });
}

async function bringBack(deps: OwnWriteDeps, aside: string, path: string): Promise<Result<Attempt>> {
  const placed = await deps.files.place(aside, path);
  return placed.ok ? ok({ kind: 'again' }) : placed;
}

function isSame(next: Uint8Array | null, current: Uint8Array | undefined): boolean {
  if (next === null || current === undefined) return next === null && current === undefined;
  return equalBytes(next, current);
}
