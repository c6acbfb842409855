/** The folder with the index files that clusters exchange: looked at, read and written a piece at a time. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createSpellings,
  type IndexName,
  spellingTaken,
} from '../../shared/domain/knowledge/index-exchange.ts';
import { folderOf, foldersAbove } from '../../shared/domain/paths.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import type { IndexFile, IndexFolder, Spooled } from '../engine/knowledge/exchange/exchange-ports.ts';
import type { IndexLedger } from '../engine/knowledge/exchange/index-ledger.ts';
import type { Log } from '../engine/ports.ts';
import { makeFolderSynced, renameSynced } from './atomic-write.ts';
import { createConfinedRoot } from './confined-root.ts';
import { type DiskCalls, patientCalls } from './disk-calls.ts';
import { describeFileError, linkLeaves, meansAbsent } from './file-problems.ts';
import { beingWritten, factsOf, findIndexes, removeLeftovers } from './find-indexes.ts';
import { type OpenNew, spoolFile } from './spool-file.ts';

export type IndexFolderDeps = {
  ledger: IndexLedger;
  nowMs(): number;
  log: Pick<Log, 'warn'>;
  /** The disk's own unless told, as the next. */
  calls?: DiskCalls;
  openNew?: OpenNew;
  /** Bytes of one file; `limits.indexFileBytes` when absent. */
  fileBytes?: number;
};

/**
 * Opens the folder, made when it is missing, and removes what a crash left unfinished. Links on the way to it are
 * followed once, here; links inside it are neither followed nor replaced. Fails with what the disk says.
 */
export async function openIndexFolder(root: string, deps: IndexFolderDeps): Promise<Result<IndexFolder>> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const folder = await realpath(root);
    await removeLeftovers(folder, deps.nowMs() - limits.indexLeftoverMs);
    return ok(createIndexFolder(folder, deps));
  } catch (error) {
    return err(describeFileError(error, root, 'written'));
  }
}

function createIndexFolder(folder: string, deps: IndexFolderDeps): IndexFolder {
  const { ledger, calls = patientCalls } = deps;
  const root = createConfinedRoot(folder, calls);
  const parts: Parts = { folder, root, ledger, calls, log: deps.log, spellings: undefined };
  /** A look must not find half of what another step does. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Value>(step: () => Promise<Value>): Promise<Value> => {
    const turn = last.then(step, step);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    look: () => inTurn(() => look(parts)),
    wasDeleted: (path, md5) => ledger.wasDeleted(path, md5),
    spool: (pieces) => spoolFile(folder, pieces, deps),
    discard: ({ file }) => rm(file, { force: true }).catch(() => undefined),
    placeVerified: async (spooled, name) => {
      const placed = await inTurn(() => placeVerified(parts, spooled, name));
      await rm(spooled.file, { force: true }).catch(() => undefined);
      return placed;
    },
    remove: (path, md5) => inTurn(() => remove(parts, path, md5)),
    read: (file) => read(parts, file),
  };
}

type Parts = {
  folder: string;
  root: ReturnType<typeof createConfinedRoot>;
  ledger: IndexLedger;
  calls: DiskCalls;
  log: Pick<Log, 'warn'>;
  /** Of the files of the ledger; undefined until it is needed. */
  spellings: ReturnType<typeof createSpellings> | undefined;
};

async function look(parts: Parts): Promise<Result<Map<string, IndexFile>>> {
  const { folder, ledger } = parts;
  parts.spellings = undefined;
  try {
    const { dev, ino } = await stat(folder, { bigint: true });
    ledger.begin(`${folder} ${dev}:${ino}`);
    const known = ledger.files();
    const { files, busy } = await findIndexes(folder, known);
    // Who is busy is not gone: it stays known as it was.
    const busyBefore = [...busy].flatMap((path) => known.get(path) ?? []);
    const gone = ledger.replace(new Map([...files, ...busyBefore.map((it) => [it.path, it] as const)]));
    if (gone > 0) parts.log.warn(goneAtOnce(folder, gone));
    return ok(files);
  } catch (error) {
    return err(failureOf(error, folder, 'read'));
  }
}

/**
 * The rule for everything that comes in: verify its MD5, sync it, then rename it over the old file. So a reader sees
 * the old file or the new one, whenever the power fails.
 */
async function placeVerified(
  parts: Parts,
  spooled: Spooled,
  { path, md5 }: IndexName,
): Promise<Result<void>> {
  if (spooled.md5 !== md5) return err(wrongMd5(path));
  const free = checkSpelling(parts, path);
  if (!free.ok) return free;
  try {
    const place = await makePlace(parts, path);
    if (!place.ok) return place;
    await syncFile(parts.calls, spooled.file);
    await renameSynced(spooled.file, place.value, parts.calls);
    const stats = await parts.calls.lstat(place.value);
    if (stats !== undefined) parts.ledger.put({ path, md5, size: spooled.size, facts: factsOf(stats) });
    return ok(undefined);
  } catch (error) {
    return err(failureOf(error, path, 'written'));
  }
}

const failureOf = (error: unknown, path: string, deed: 'read' | 'written'): Problem =>
  error instanceof ProblemError ? error.problem : describeFileError(error, path, deed);

function checkSpelling(parts: Parts, path: string): Result<void> {
  const { ledger } = parts;
  if (ledger.file(path) !== undefined) return ok(undefined);
  if (ledger.count() >= limits.indexFiles) return err(tooMany(path));
  parts.spellings ??= spellingsOf(ledger.files().keys());
  const other = parts.spellings.take(path);
  return other === undefined ? ok(undefined) : spellingTaken(path, other);
}

function spellingsOf(paths: Iterable<string>): ReturnType<typeof createSpellings> {
  const spellings = createSpellings();
  for (const path of paths) spellings.take(path);
  return spellings;
}

/**
 * The folders on the way are made one by one, each below one that is real: none of them may be a link. What lies at the
 * place is replaced only if it is what the last look found.
 */
async function makePlace({ folder, root, ledger, calls }: Parts, path: string): Promise<Result<string>> {
  for (const above of foldersAbove(path).reverse()) {
    await makeFolderSynced(join(folder, above), calls);
    const real = await root.follow(above);
    if (!real.ok) return real;
    if (real.value !== join(folder, above)) return err(linkLeaves(path));
  }
  const place = join(folder, path);
  const there = await calls.lstat(place);
  if (there === undefined) return ok(place);
  if (!there.isFile()) return err(inTheWay(path));
  const isKnown = ledger.file(path)?.facts.startsWith(factsOf(there)) === true;
  return isKnown ? ok(place) : err(beingWritten(path));
}

async function syncFile(calls: DiskCalls, file: string): Promise<void> {
  const handle = await calls.open(file, constants.O_RDWR);
  await handle.sync().finally(() => handle.close());
}

async function remove(parts: Parts, path: string, md5: string | undefined): Promise<Result<boolean>> {
  const { folder, root, ledger, calls } = parts;
  const known = ledger.file(path);
  if (known === undefined || (md5 !== undefined && known.md5 !== md5)) return ok(false);
  try {
    const above = await root.follow(folderOf(path));
    if (!above.ok) return above;
    const place = join(folder, path);
    const stats = above.value === dirname(place) ? await calls.lstat(place) : undefined;
    if (stats === undefined || !known.facts.startsWith(factsOf(stats))) return ok(false);
    await calls.unlink(place);
    ledger.drop(path);
    parts.spellings = undefined;
    return ok(true);
  } catch (error) {
    return meansAbsent(error) ? ok(false) : err(failureOf(error, path, 'written'));
  }
}

async function* read({ folder, root }: Parts, file: IndexFile): AsyncIterable<Uint8Array> {
  const real = await root.follow(file.path);
  if (!real.ok) throw new ProblemError(real.error);
  if (real.value !== join(folder, file.path)) throw new ProblemError(beingWritten(file.path));
  const handle = await open(real.value, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error) => {
    throw new ProblemError(describeFileError(error, file.path, 'read'));
  });
  try {
    const hash = createHash('md5');
    for (let at = 0; at < file.size; ) {
      const piece = await readPiece(handle, at, file);
      at += piece.length;
      hash.update(piece);
      yield piece;
    }
    if (hash.digest('hex') !== file.md5) throw new ProblemError(beingWritten(file.path));
  } finally {
    await handle.close();
  }
}

/** Pieces are full but for the last one, so that base64 needs no padding between them. */
async function readPiece(handle: FileHandle, at: number, { path, size }: IndexFile): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafe(Math.min(limits.indexPieceBytes, size - at));
  for (let filled = 0; filled < piece.length; ) {
    const { bytesRead } = await handle.read(piece, filled, piece.length - filled, at + filled);
    if (bytesRead === 0) throw new ProblemError(beingWritten(path));
    filled += bytesRead;
  }
  return piece;
}

const goneAtOnce = (folder: string, gone: number): string =>
  `${gone} index files in ${folder} are gone at once, more than half, so they are not taken for deleted: other clusters keep theirs, and give them back. Look whether a disk is mounted there; to delete many, do it in parts, with an exchange between.`;

const wrongMd5 = (path: string): Problem =>
  problem(
    'bad-input',
    path,
    `The bytes that came for ${path} do not have the MD5 that was said, so they were thrown away.`,
    'Send the file again; if it stays, look at it on the machine that has it.',
  );

const tooMany = (path: string): Problem =>
  problem(
    'too-large',
    path,
    `${path} was left out: the folder holds ${limits.indexFiles} index files, the most that are exchanged.`,
    'Join small files, or keep what nobody searches elsewhere.',
  );

const inTheWay = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `${path} could not be written: a link or a folder has this name.`,
    'Give the link or the folder another name; links are not replaced.',
  );
