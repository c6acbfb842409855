/**
 * The index file of git, versions 2 and 3, read and changed as bytes: of 20,000 entries only those that change are
 * touched (gitformat-index(5)). What we cannot change safely is `undefined`; then git itself does it.
 */
import { createHash } from 'node:crypto';
import type { StagedEntry, TreeEntry } from '../engine/git/repository.ts';
import { extensionsAfter, extensionsIn } from './git-index-extensions.ts';

/** As git keeps it to see whether a file was touched; each number is cut to 32 bits. */
export type IndexStat = { fields: readonly number[] };
/** `outside`: the sparse checkout leaves it out of the work tree. */
export type NextEntry = TreeEntry & { stat?: IndexStat; outside?: true };

/**
 * Git sees by its facts whether a file was touched, and many gits count whole seconds. A file that was written in the
 * second of the index itself, or later, they compare by content; a newer index would end that, so entries whose file is
 * another by now lose their size, as when git itself writes (racy-git in git's documentation).
 */
export type Racy = {
  /** When the index was written, in seconds. */
  sinceSeconds: number;
  /** Whether the file at the path still has these facts, to the nanosecond. */
  isUntouched(path: string, stat: IndexStat): boolean;
};

/** Bytes of an entry before its id: ten numbers of 4 bytes. */
const statBytes = 40;
const headBytes = 12;
const secondsAt = 8;
const modeAt = 24;
const sizeAt = 36;
const extendedFlag = 0x4000;
const stageMask = 0x3000;
const intentToAdd = 0x2000;
const skipWorktree = 0x4000;

type Entry = { start: number; end: number; nameStart: number; nameEnd: number; stage: number };

/** What is at each path; a path with nothing is not in the answer. */
export function findInIndex(
  bytes: Buffer,
  idBytes: number,
  paths: readonly string[],
): Map<string, StagedEntry> | undefined {
  if (!isPlain(bytes, idBytes)) return undefined;
  const found = new Map<string, StagedEntry>();
  const wanted = sorted(paths);
  walk(bytes, idBytes, wanted, (path, entry) => {
    const extra = extraFlags(bytes, entry, idBytes);
    const isPending = entry.stage > 0 || (extra & intentToAdd) !== 0;
    const outside = (extra & skipWorktree) !== 0;
    found.set(path, isPending ? 'unmerged' : { ...entryOf(bytes, entry, idBytes), outside });
  });
  return found;
}

/** The index with these paths changed. */
export function patchIndex(
  bytes: Buffer,
  idBytes: number,
  changes: ReadonlyMap<string, NextEntry | undefined>,
  racy?: Racy,
): Buffer | undefined {
  if (!isPlain(bytes, idBytes)) return undefined;
  const parts: Buffer[] = [];
  let [copied, count] = [headBytes, bytes.readUInt32BE(8)];
  const put = (path: string, before: Entry | undefined) => {
    const next = changes.get(path);
    if (next === undefined) return;
    count += 1;
    parts.push(formatEntry(next, path, before && flagsKept(bytes, before, idBytes)));
  };
  const placed = new Set<string>();
  const end = walk(
    bytes,
    idBytes,
    sorted([...changes.keys()]),
    (path, entry) => {
      parts.push(bytes.subarray(copied, entry.start));
      copied = entry.end;
      count -= 1;
      if (!placed.has(path)) put(path, entry);
      placed.add(path);
    },
    (path, at) => {
      parts.push(bytes.subarray(copied, at));
      copied = at;
      put(path, undefined);
    },
  );
  parts.push(bytes.subarray(copied, end), ...extensionsAfter(bytes, { end, idBytes }, [...changes.keys()]));
  const isExtended = [...changes.values()].some((next) => next?.outside);
  return closed(bytes, parts, { count, idBytes, racy, isExtended });
}

/** An index without entries. */
export function emptyIndex(idBytes: number): Buffer {
  const head = Buffer.alloc(headBytes);
  head.write('DIRC', 0, 'latin1');
  head.writeUInt32BE(2, 4);
  return Buffer.concat([head, digest(head, idBytes)]);
}

type Closing = { count: number; idBytes: number; racy: Racy | undefined; isExtended: boolean };

function closed(
  before: Buffer,
  parts: readonly Buffer[],
  { count, idBytes, racy, isExtended }: Closing,
): Buffer {
  const head = Buffer.from(before.subarray(0, headBytes));
  // Entries with more flags are known since version 3.
  if (isExtended) head.writeUInt32BE(3, 4);
  head.writeUInt32BE(count, 8);
  const body = Buffer.concat([head, ...parts]);
  if (racy !== undefined) forgetTouched(body, idBytes, racy);
  return Buffer.concat([body, digest(body, idBytes)]);
}

function forgetTouched(body: Buffer, idBytes: number, { sinceSeconds, isUntouched }: Racy): void {
  let at = headBytes;
  const entry = newEntry();
  for (let left = body.readUInt32BE(8); left > 0; left--) {
    readEntry(body, at, idBytes, entry);
    if (body.readUInt32BE(at + secondsAt) >= sinceSeconds) {
      const fields = Array.from({ length: statBytes / 4 }, (_, index) =>
        body.readUInt32BE(entry.start + index * 4),
      );
      const path = body.toString('utf8', entry.nameStart, entry.nameEnd);
      if (!isUntouched(path, { fields })) body.writeUInt32BE(0, at + sizeAt);
    }
    at = entry.end;
  }
}

const digest = (bytes: Buffer, idBytes: number): Buffer =>
  createHash(idBytes === 20 ? 'sha1' : 'sha256')
    .update(bytes)
    .digest();

/** Version 4 shortens names; a split or a sparse index keeps entries elsewhere; others are not known to us. */
function isPlain(bytes: Buffer, idBytes: number): boolean {
  const version = bytes.length >= headBytes + idBytes ? bytes.readUInt32BE(4) : 0;
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || (version !== 2 && version !== 3)) return false;
  const isKnown = plain.get(bytes);
  if (isKnown !== undefined) return isKnown;
  const end = walk(bytes, idBytes, [], () => undefined);
  const isOurs = extensionsIn(bytes, end, idBytes).every(({ name }) => /^[A-Z]{4}$/.test(name));
  plain.set(bytes, isOurs);
  return isOurs;
}

/** Of bytes that were looked through already: they are asked for what they hold, and then changed. */
const plain = new WeakMap<Buffer, boolean>();

type Wanted = { path: string; bytes: Buffer };

const sorted = (paths: readonly string[]): Wanted[] =>
  paths
    .map((path) => ({ path, bytes: Buffer.from(path) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes));

/** Tells of each entry at a wanted path, and where those would stand that have none. Returns where the entries end. */
function walk(
  bytes: Buffer,
  idBytes: number,
  wanted: readonly Wanted[],
  found: (path: string, entry: Entry) => void,
  absent: (path: string, at: number) => void = () => undefined,
): number {
  let [at, next, matched] = [headBytes, 0, false];
  const entry = newEntry();
  for (let left = bytes.readUInt32BE(8); left > 0; left--) {
    readEntry(bytes, at, idBytes, entry);
    for (let want = wanted[next]; want !== undefined; want = wanted[next]) {
      const order = compareName(bytes, entry, want.bytes);
      if (order < 0) break;
      if (order === 0) {
        found(want.path, entry);
        matched = true;
        break;
      }
      if (!matched) absent(want.path, at);
      matched = false;
      next += 1;
    }
    at = entry.end;
  }
  for (const { path } of wanted.slice(next + (matched ? 1 : 0))) absent(path, at);
  return at;
}

/** One object for all entries of a walk: of 20,000 each would cost more to make than to read. */
const newEntry = (): Entry => ({ start: 0, end: 0, nameStart: 0, nameEnd: 0, stage: 0 });

function readEntry(bytes: Buffer, start: number, idBytes: number, into: Entry): Entry {
  const flagsAt = start + statBytes + idBytes;
  const flags = bytes.readUInt16BE(flagsAt);
  into.start = start;
  into.nameStart = flagsAt + ((flags & extendedFlag) === 0 ? 2 : 4);
  const length = flags & 0xfff;
  into.nameEnd = length < 0xfff ? into.nameStart + length : bytes.indexOf(0, into.nameStart + length);
  // One to eight NULs, so that the next entry begins at a multiple of eight from this one.
  into.end = start + ((into.nameEnd + 8 - start) & ~7);
  into.stage = (flags & stageMask) >> 12;
  return into;
}

/** Byte by byte: most names differ early, and a call costs more than that. */
function compareName(bytes: Buffer, { nameStart, nameEnd }: Entry, wanted: Buffer): number {
  const length = Math.min(nameEnd - nameStart, wanted.length);
  for (let index = 0; index < length; index++) {
    const difference = (bytes[nameStart + index] ?? 0) - (wanted[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return nameEnd - nameStart - wanted.length;
}

function entryOf(bytes: Buffer, { start }: Entry, idBytes: number): TreeEntry {
  return {
    mode: bytes.readUInt32BE(start + modeAt).toString(8),
    id: bytes.toString('hex', start + statBytes, start + statBytes + idBytes),
  };
}

function extraFlags(bytes: Buffer, { start, nameStart }: Entry, idBytes: number): number {
  const flagsAt = start + statBytes + idBytes;
  return nameStart - flagsAt === 4 ? bytes.readUInt16BE(flagsAt + 2) : 0;
}

/** What a user asked for and stays: assume-unchanged, and outside the sparse checkout. */
type KeptFlags = { assumed: boolean; extra: number };

function flagsKept(bytes: Buffer, entry: Entry, idBytes: number): KeptFlags {
  const flags = bytes.readUInt16BE(entry.start + statBytes + idBytes);
  return { assumed: (flags & 0x8000) !== 0, extra: extraFlags(bytes, entry, idBytes) & ~intentToAdd };
}

function formatEntry({ mode, id, stat, outside }: NextEntry, path: string, kept?: KeptFlags): Buffer {
  const [name, idBytes] = [Buffer.from(path), Buffer.from(id, 'hex')];
  const extra = (kept?.extra ?? 0) | (outside ? skipWorktree : 0);
  const nameStart = statBytes + idBytes.length + (extra === 0 ? 2 : 4);
  const entry = Buffer.alloc(Math.ceil((nameStart + name.length + 1) / 8) * 8);
  for (const [index, field] of (stat?.fields ?? []).entries()) entry.writeUInt32BE(field >>> 0, index * 4);
  entry.writeUInt32BE(Number.parseInt(mode, 8), modeAt);
  idBytes.copy(entry, statBytes);
  const flags =
    Math.min(name.length, 0xfff) | (kept?.assumed ? 0x8000 : 0) | (extra === 0 ? 0 : extendedFlag);
  entry.writeUInt16BE(flags, statBytes + idBytes.length);
  if (extra !== 0) entry.writeUInt16BE(extra, statBytes + idBytes.length + 2);
  name.copy(entry, nameStart);
  return entry;
}
