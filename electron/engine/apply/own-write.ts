/**
 * Skein's own writes (DESIGN rule 7): a file is replaced only while it is what we think it is, the old inode is
 * held open across the rename and read again afterwards, and the intent is in the database first, so that a crash
 * at any step is finished or forgotten at the next start, never repeated.
 */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import { folderOf } from '../../../shared/domain/paths.ts';
import { equalBytes } from '../../../shared/domain/utf8.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Appender } from '../log/append.ts';
import type { ContentStore } from '../log/content-store.ts';
import { type KnownFiles, statKey } from '../log/known-files.ts';
import type { Clock, Codec, FileStat, Files, HeldFile, Sql } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import { createWriteIntents, type WriteIntents } from './write-intents.ts';

export type OwnWriteDeps = {
  sql: Sql;
  clock: Clock;
  codec: Codec;
  files: Files;
  contents: ContentStore;
  known: KnownFiles;
  append: Appender;
  /** Records what lies on the disk now, if it is new; false when it cannot be recorded (a problem, or a folder). */
  recordDisk(path: string): Promise<Result<void>>;
};

export type OwnWrite = {
  path: string;
  fileClass: FileClass;
  /** The bytes to write, from those that lie there now; null removes the file. Returning the same bytes writes nothing. */
  compute(current: Uint8Array | undefined): Uint8Array | null;
  evidence: Evidence;
  /** Set when the change belongs to a consolidation and so is never pending. */
  consolidation: number | null;
  /** Joins the transaction that records the change. */
  alongside(): void;
};

/** Writers that race us are found and merged; after so many rounds the file is too busy and we try again later. */
const rounds = 8;

/** Permission bits of a file that did not exist: what an editor would give it. */
const newFileMode = 0o644;

/** Resolves with the recorded change, or undefined when the file already held what it should. */
export async function writeOwn(deps: OwnWriteDeps, write: OwnWrite): Promise<Result<Change | undefined>> {
  const intents = createWriteIntents(deps.sql);
  let raced: Uint8Array | undefined;
  for (let round = 0; round < rounds; round++) {
    const recorded = await deps.recordDisk(write.path);
    if (!recorded.ok) return recorded;
    const attempt = await attemptWrite(deps, intents, write, raced);
    if (!attempt.ok) return attempt;
    if (attempt.value.kind === 'done') return ok(attempt.value.change);
    if (attempt.value.kind === 'raced') raced = attempt.value.bytes;
  }
  return err(
    problem(
      'changed-meanwhile',
      write.path,
      `${write.path} kept changing while Skein wanted to write it.`,
      'Nothing was overwritten. Skein tries again at its next check.',
    ),
  );
}

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
  const current = known?.content == null ? undefined : deps.contents.get(known.content);
  const next = write.compute(raced ?? current);
  if (isSame(next, current)) {
    deps.sql.transaction(() => write.alongside());
    return ok({ kind: 'done', change: undefined });
  }
  if (next === null) return removeFile(deps, write);
  intents.plan(
    write,
    deps.sql.transaction(() => deps.contents.put(deps.codec.sha256(next), next)),
  );
  const there = await deps.files.stat(write.path);
  if (there.ok && there.value?.kind === 'link') return err(linkInPlace(write.path));
  const held = await deps.files.hold(write.path);
  if (!held.ok) return held;
  try {
    return await replaceHeld(deps, intents, write, next, held.value);
  } finally {
    await held.value?.close();
  }
}

async function replaceHeld(
  deps: OwnWriteDeps,
  intents: WriteIntents,
  write: OwnWrite,
  next: Uint8Array,
  held: HeldFile | undefined,
): Promise<Result<Attempt>> {
  const before = await held?.stat();
  if (!(await isKnown(deps, write.path, held))) return ok({ kind: 'again' });
  const temporary = await deps.files.writeTemporary(folderOf(write.path), next, before?.mode ?? newFileMode);
  if (!temporary.ok) return temporary;
  const now = await deps.files.stat(write.path);
  if (!now.ok || !sameStat(now.value, before)) {
    await deps.files.remove(temporary.value);
    return now.ok ? ok({ kind: 'again' }) : now;
  }
  const renamed = await deps.files.rename(temporary.value, write.path);
  if (!renamed.ok) {
    await deps.files.remove(temporary.value);
    return renamed;
  }
  return afterRename(deps, intents, write, next, held);
}

/** The moment after the swap: keep what raced us, then record our own version. */
async function afterRename(
  deps: OwnWriteDeps,
  intents: WriteIntents,
  write: OwnWrite,
  next: Uint8Array,
  held: HeldFile | undefined,
): Promise<Result<Attempt>> {
  const late = await racedBytes(deps, write.path, held);
  const written = await deps.files.stat(write.path);
  if (!written.ok) return written;
  const stat = written.value;
  if (stat?.kind !== 'file') return ok({ kind: 'again' });
  const change = deps.sql.transaction(() => {
    if (late !== undefined) recordRaced(deps, write, late);
    const own = recordOwn(deps, write, next, stat);
    intents.forget(write.path);
    if (late === undefined) write.alongside();
    return own;
  });
  return ok(late === undefined ? { kind: 'done', change } : { kind: 'raced', bytes: late });
}

async function racedBytes(
  deps: OwnWriteDeps,
  path: string,
  held: HeldFile | undefined,
): Promise<Uint8Array | undefined> {
  if (held === undefined) return undefined;
  const bytes = await held.read();
  return deps.codec.sha256(bytes) === deps.known.get(path)?.content ? undefined : bytes;
}

function recordRaced(deps: OwnWriteDeps, write: OwnWrite, bytes: Uint8Array): void {
  const known = deps.known.get(write.path);
  if (known === undefined) return;
  deps.append.change({
    kind: 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content: { hash: deps.codec.sha256(bytes), bytes },
    previous: known.content,
    parents: [known.head],
    evidence: [
      {
        agent: 'unknown',
        source: 'none',
        detail: 'Written in the moment in which Skein replaced the file.',
        at: deps.clock.nowMs(),
      },
    ],
    stat: known.stat,
    consolidation: null,
    baseline: false,
  });
}

export function recordOwn(
  deps: Pick<OwnWriteDeps, 'codec' | 'known' | 'append'>,
  write: Pick<OwnWrite, 'path' | 'fileClass' | 'evidence' | 'consolidation'>,
  bytes: Uint8Array,
  stat: FileStat,
): Change {
  const known = deps.known.get(write.path);
  return deps.append.change({
    kind: known === undefined || known.content === null ? 'created' : 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content: { hash: deps.codec.sha256(bytes), bytes },
    previous: known?.content ?? null,
    parents: known === undefined ? [] : [known.head],
    evidence: [write.evidence],
    stat,
    consolidation: write.consolidation,
    baseline: false,
  });
}

/** Restoring a deletion: the bytes are in the log, so removing them loses nothing. */
async function removeFile(deps: OwnWriteDeps, write: OwnWrite): Promise<Result<Attempt>> {
  const known = deps.known.get(write.path);
  if (known?.content == null) return ok({ kind: 'done', change: undefined });
  const read = await readWhole(deps.files, write.path);
  if (!read.ok) return read;
  if (read.value === undefined || deps.codec.sha256(read.value.bytes) !== known.content)
    return ok({ kind: 'again' });
  const removed = await deps.files.remove(write.path);
  if (!removed.ok) return removed;
  const change = deps.sql.transaction(() => {
    write.alongside();
    return deps.append.change({
      kind: 'deleted',
      path: write.path,
      fileClass: write.fileClass,
      content: null,
      previous: known.content,
      parents: [known.head],
      evidence: [write.evidence],
      stat: known.stat,
      consolidation: write.consolidation,
      baseline: false,
    });
  });
  return ok({ kind: 'done', change });
}

async function isKnown(deps: OwnWriteDeps, path: string, held: HeldFile | undefined): Promise<boolean> {
  const content = deps.known.get(path)?.content ?? null;
  if (held === undefined) return content === null;
  return content !== null && deps.codec.sha256(await held.read()) === content;
}

function sameStat(now: FileStat | undefined, before: FileStat | undefined): boolean {
  if (now === undefined || before === undefined) return now === before;
  return statKey(now) === statKey(before);
}

function isSame(next: Uint8Array | null, current: Uint8Array | undefined): boolean {
  if (next === null || current === undefined) return next === null && current === undefined;
  return equalBytes(next, current);
}
