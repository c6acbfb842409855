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

type Entry = { start: number; nameStart: number; nameEnd: number; stage: number };

/** What is at each path; a path with nothing is not in the answer. */
export function findInIndex(
  bytes: Buffer,
  idBytes: number,
  paths: readonly string[],
): Map<string, StagedEntry> | undefined {
  const entries = entriesIn(bytes, idBytes);
  if (entries === undefined) return undefined;
  const found = new Map<string, StagedEntry>();
  for (const path of paths) {
    const { from, to } = entries.find(Buffer.from(path));
    // A path in the middle of a merge has more than one.
    if (from < to) found.set(path, stagedEntry(bytes, entries.at(to - 1), idBytes));
  }
  return found;
}

/** What is below these folders. */
export function findBelow(
  bytes: Buffer,
  idBytes: number,
  folders: readonly string[],
): Map<string, StagedEntry> | undefined {
  const entries = entriesIn(bytes, idBytes);
  if (entries === undefined) return undefined;
  const found = new Map<string, StagedEntry>();
  for (const folder of folders.map((name) => Buffer.from(`${name}/`))) {
    for (let index = entries.find(folder).from; index < entries.count; index++) {
      const entry = entries.at(index);
      const name = bytes.subarray(entry.nameStart, entry.nameEnd);
      if (!name.subarray(0, folder.length).equals(folder)) break;
      found.set(name.toString(), stagedEntry(bytes, entry, idBytes));
    }
  }
  return found;
}

/** What is at one path with the facts of its file; undefined where more is to be said of it. */
export function factsInIndex(
  bytes: Buffer,
  idBytes: number,
  path: string,
): { entry: TreeEntry; stat: IndexStat } | undefined {
  const entries = entriesIn(bytes, idBytes);
  const { from, to } = entries?.find(Buffer.from(path)) ?? { from: 0, to: 0 };
  if (entries === undefined || from === to) return undefined;
  const entry = entries.at(to - 1);
  if (stagedEntry(bytes, entry, idBytes) === 'unmerged') return undefined;
  return { entry: entryOf(bytes, entry, idBytes), stat: statOf(bytes, entry.start) };
}

const statOf = (bytes: Buffer, start: number): IndexStat => ({
  fields: Array.from({ length: statBytes / 4 }, (_, field) => bytes.readUInt32BE(start + field * 4)),
});

function stagedEntry(bytes: Buffer, entry: Entry, idBytes: number): StagedEntry {
  const extra = extraFlags(bytes, entry, idBytes);
  if (entry.stage > 0 || (extra & intentToAdd) !== 0) return 'unmerged';
  return { ...entryOf(bytes, entry, idBytes), outside: (extra & skipWorktree) !== 0 };
}

/** The index with these paths changed. */
export function patchIndex(
  bytes: Buffer,
  idBytes: number,
  changes: ReadonlyMap<string, NextEntry | undefined>,
  racy?: Racy,
): Buffer | undefined {
  const entries = entriesIn(bytes, idBytes);
  if (entries === undefined) return undefined;
  const parts: Buffer[] = [];
  let [copied, count] = [headBytes, entries.count];
  for (const { path, name } of sorted([...changes.keys()])) {
    const [{ from, to }, next] = [entries.find(name), changes.get(path)];
    parts.push(bytes.subarray(copied, entries.startOf(from)));
    copied = entries.startOf(to);
    count -= to - from;
    if (next === undefined) continue;
    count += 1;
    parts.push(formatEntry(next, path, from < to ? flagsKept(bytes, entries.at(from), idBytes) : undefined));
  }
  const { end } = entries;
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

/** Megabytes are moved once: into their place. */
function closed(
  before: Buffer,
  parts: readonly Buffer[],
  { count, idBytes, racy, isExtended }: Closing,
): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, headBytes);
  const whole = Buffer.allocUnsafeSlow(length + idBytes);
  before.copy(whole, 0, 0, headBytes);
  // Entries with more flags are known since version 3.
  if (isExtended) whole.writeUInt32BE(3, 4);
  whole.writeUInt32BE(count, 8);
  let at = headBytes;
  for (const part of parts) at += part.copy(whole, at);
  if (racy !== undefined) forgetTouched(whole, idBytes, racy);
  digest(whole.subarray(0, length), idBytes).copy(whole, length);
  return whole;
}

function forgetTouched(bytes: Buffer, idBytes: number, { sinceSeconds, isUntouched }: Racy): void {
  const entries = entriesIn(bytes, idBytes);
  if (entries === undefined) return;
  for (let index = 0; index < entries.count; index++) {
    const start = entries.startOf(index);
    if (bytes.readUInt32BE(start + secondsAt) < sinceSeconds) continue;
    const { nameStart, nameEnd } = entries.at(index);
    if (!isUntouched(bytes.toString('utf8', nameStart, nameEnd), statOf(bytes, start)))
      bytes.writeUInt32BE(0, start + sizeAt);
  }
}

const digest = (bytes: Buffer, idBytes: number): Buffer =>
  createHash(idBytes === 20 ? 'sha1' : 'sha256')
    .update(bytes)
    .digest();

type Entries = {
  count: number;
  /** Where the last of them ends. */
  end: number;
  startOf(index: number): number;
  at(index: number): Entry;
  /** Those of a path, from the first to before the last; where it would stand when there are none. */
  find(name: Buffer): { from: number; to: number };
};

/**
 * Undefined for what is not ours to change: version 4 shortens names; a split or a sparse index keeps entries elsewhere;
 * others are not known to us, or are cut.
 */
function entriesIn(bytes: Buffer, idBytes: number): Entries | undefined {
  if (known.has(bytes)) return known.get(bytes);
  const entries = findEntries(bytes, idBytes);
  const isOurs =
    entries !== undefined &&
    extensionsIn(bytes, entries.end, idBytes).every(({ name }) => /^[A-Z]{4}$/.test(name));
  known.set(bytes, isOurs ? entries : undefined);
  return isOurs ? entries : undefined;
}

/** Of bytes that were looked through already: they are asked for what they hold, changed, and asked again. */
const known = new WeakMap<Buffer, Entries | undefined>();

function findEntries(bytes: Buffer, idBytes: number): Entries | undefined {
  const version = bytes.length >= headBytes + idBytes ? bytes.readUInt32BE(4) : 0;
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || (version !== 2 && version !== 3)) return undefined;
  const count = bytes.readUInt32BE(8);
  const last = bytes.length - idBytes;
  if (count > last / statBytes) return undefined;
  const starts = new Uint32Array(count + 1);
  let at = headBytes;
  for (let index = 0; index < count; index++) {
    if (at + statBytes + idBytes + 2 > last) return undefined;
    starts[index] = at;
    // One to eight NULs, so that the next entry begins at a multiple of eight from this one.
    at += (nameEndOf(bytes, at, idBytes) + 8 - at) & ~7;
  }
  starts[count] = at;
  if (at > last) return undefined;
  const startOf = (index: number): number => starts[index] ?? at;
  const entryAt = (index: number): Entry => readEntry(bytes, startOf(index), idBytes);
  const find = (name: Buffer) => findName({ bytes, count, at: entryAt }, name);
  return { count, end: at, startOf, at: entryAt, find };
}

function nameStartOf(bytes: Buffer, start: number, idBytes: number): number {
  const flagsAt = start + statBytes + idBytes;
  return flagsAt + ((bytes.readUInt16BE(flagsAt) & extendedFlag) === 0 ? 2 : 4);
}

function nameEndOf(bytes: Buffer, start: number, idBytes: number): number {
  const nameStart = nameStartOf(bytes, start, idBytes);
  const length = bytes.readUInt16BE(start + statBytes + idBytes) & 0xfff;
  return length < 0xfff ? nameStart + length : bytes.indexOf(0, nameStart + length);
}

const readEntry = (bytes: Buffer, start: number, idBytes: number): Entry => ({
  start,
  nameStart: nameStartOf(bytes, start, idBytes),
  nameEnd: nameEndOf(bytes, start, idBytes),
  stage: (bytes.readUInt16BE(start + statBytes + idBytes) & stageMask) >> 12,
});

type Sorted = { bytes: Buffer; count: number; at(index: number): Entry };

/** By halves: entries stand in the order of the bytes of their names. */
function findName({ bytes, count, at }: Sorted, name: Buffer): { from: number; to: number } {
  const order = (index: number): number => {
    const { nameStart, nameEnd } = at(index);
    return name.compare(bytes, nameStart, nameEnd);
  };
  let [from, beyond] = [0, count];
  while (from < beyond) {
    const middle = (from + beyond) >> 1;
    if (order(middle) > 0) from = middle + 1;
    else beyond = middle;
  }
  let to = from;
  while (to < count && order(to) === 0) to += 1;
  return { from, to };
}

const sorted = (paths: readonly string[]): { path: string; name: Buffer }[] =>
  paths
    .map((path) => ({ path, name: Buffer.from(path) }))
    .sort((one, other) => Buffer.compare(one.name, other.name));

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
