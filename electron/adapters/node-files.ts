import { type Dirent, readdirSync } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderOf } from '../../shared/domain/paths.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { FileStat, Files, FolderEntry } from '../engine/ports.ts';
import { exchangeSynced, makeFolderSynced, placeSynced, renameSynced, writeSynced } from './atomic-write.ts';
import { isCaseInsensitive } from './case-probe.ts';
import { type ConfinedRoot, createConfinedRoot } from './confined-root.ts';
import { type DiskCalls, patientCalls, promptCalls } from './disk-calls.ts';
import { describeFileError, goneMeanwhile, hostilePath, meansAbsent } from './file-problems.ts';
import { kindOf, toFileStat } from './file-stat.ts';
import { holdFile } from './node-held-file.ts';
import { isOnRemoteMount } from './watched-mount.ts';

/**
 * The files under a folder of this machine; links on the way to it are followed once, here.
 * Errors: not-found, not-a-folder, no-permission, unreadable. The methods never throw; what a held file
 * throws is a ProblemError.
 */
export async function openFiles(root: string): Promise<Result<Files>> {
  try {
    const folder = await realpath(root);
    if (!(await stat(folder)).isDirectory()) return err(notAFolder(root));
    const isRemote = isOnRemoteMount(folder);
    const calls = isRemote ? patientCalls : promptCalls;
    const disk: Disk = {
      root: createConfinedRoot(folder, calls),
      calls,
      makingByFolder: new Map(),
    };
    return ok(createFiles(disk, isRemote ? listPatiently : listAtOnce, await isCaseInsensitive(folder)));
  } catch (error) {
    return err(meansAbsent(error) ? noSuchFolder(root) : describeFileError(error, root, 'read'));
  }
}

type Disk = {
  root: ConfinedRoot;
  calls: DiskCalls;
  /** Folders that are being made: who writes many files into a new one needs it made once. */
  makingByFolder: Map<string, Promise<Result<void>>>;
};

function createFiles(disk: Disk, list: ListFolder, caseInsensitive: boolean): Files {
  const { root, calls } = disk;
  return {
    caseInsensitive,
    list: (folder) => list(root, folder),
    stat: (path) => reading(path, root.locate(path), (place) => statOf(calls, place)),
    hold: (path) => reading(path, root.locate(path), (place) => holdFile(calls, place, path)),
    resolveLink: (path) => resolveLink(root, path),
    writeTemporary: (folder, bytes, mode, label) => writeTemporary(disk, folder, { bytes, mode, label }),
    rename: (from, to) => bothInside(disk, from, to, renameSynced),
    exchange: (one, other) => bothInside(disk, one, other, exchangeSynced),
    place: (from, to) => bothInside(disk, from, to, placeSynced),
    remove: (path) => remove(disk, path),
  };
}

/** Undefined when the place is gone before or during the work. */
async function reading<Value>(
  path: string,
  locating: Promise<Result<string | undefined>>,
  work: (place: string) => Promise<Value | undefined>,
): Promise<Result<Value | undefined>> {
  const place = await locating;
  if (!place.ok) return place;
  if (place.value === undefined) return ok(undefined);
  try {
    return ok(await work(place.value));
  } catch (error) {
    return meansAbsent(error) ? ok(undefined) : err(describeFileError(error, path, 'read'));
  }
}

async function statOf(calls: DiskCalls, place: string): Promise<FileStat | undefined> {
  const stats = await calls.lstat(place);
  return stats && toFileStat(stats);
}

type ListFolder = (root: ConfinedRoot, folder: string) => Promise<Result<FolderEntry[] | undefined>>;

/** On a disk that may take seconds to answer, nothing else waits for it. */
const listPatiently: ListFolder = (root, folder) =>
  reading(folder, root.follow(folder), async (place) =>
    named(place, await readdir(place, { withFileTypes: true })),
  );

/**
 * A local folder answers in some 20 µs; asking for it in another thread takes three times as long, which a walk of
 * thousands of folders feels (measured: 6,331 folders in 0.2 s instead of 0.6 s).
 */
const listAtOnce: ListFolder = async (root, folder) => {
  try {
    const place = root.followAtOnce(folder);
    if (!place.ok || place.value === undefined) return place.ok ? ok(undefined) : place;
    return ok(await named(place.value, readdirSync(place.value, { withFileTypes: true })));
  } catch (error) {
    return meansAbsent(error) ? ok(undefined) : err(describeFileError(error, folder, 'read'));
  }
};

function named(folder: string, found: Dirent[]): FolderEntry[] | Promise<FolderEntry[]> {
  const arePlain = found.every(({ name }) => isPlain(name));
  return arePlain ? found.map((it) => ({ name: it.name, kind: kindOf(it) })) : namedByDisk(folder, found);
}

async function namedByDisk(folder: string, found: Dirent[]): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  const names = new Set(found.map((entry) => entry.name));
  for (const entry of found) {
    const name = isPlain(entry.name) ? entry.name : await portName(folder, entry.name, names);
    if (name !== undefined) entries.push({ name, kind: kindOf(entry) });
    else if (entry.name.includes('\uFFFD')) {
      entries.push({ name: entry.name, kind: kindOf(entry), unnameable: true });
    }
  }
  return entries;
}

const isPlain = (name: string): boolean => /^[\x20-\x7e]*$/.test(name);

/**
 * The name in Unicode NFC where the disk finds the same entry under it (macOS does), else as the disk has it: with
 * both forms among the `names` of the folder these are two entries. A path below the folder may stand for the name.
 * Undefined for a name that is not UTF-8: nothing could ever open what Node made of it.
 */
async function portName(
  folder: string,
  name: string,
  names: ReadonlySet<string> = new Set(),
): Promise<string | undefined> {
  const normal = name.normalize('NFC');
  if (normal === name && !name.includes('\uFFFD')) return name;
  const inodeOf = async (it: string) => (await lstat(join(folder, it), { bigint: true })).ino;
  const own = await inodeOf(name).catch(() => undefined);
  if (own === undefined) return undefined;
  if (names.has(normal)) return name;
  return own === (await inodeOf(normal).catch(() => undefined)) ? normal : name;
}

async function resolveLink(root: ConfinedRoot, path: string): Promise<Result<string | undefined>> {
  const real = await root.follow(path);
  if (!real.ok) return real;
  return ok(real.value === undefined ? undefined : await portName(root.folder, root.portPath(real.value)));
}

async function writeTemporary(
  disk: Disk,
  folder: string,
  { bytes, mode, label }: { bytes: Uint8Array; mode: number; label: string | undefined },
): Promise<Result<{ path: string; stat: FileStat }>> {
  try {
    const place = await makeFolder(disk, folder);
    if (!place.ok) return place;
    const { name, stats } = await writeSynced(place.value, bytes, mode, disk.calls, label);
    return ok({ path: folder === '' ? name : `${folder}/${name}`, stat: toFileStat(stats) });
  } catch (error) {
    return err(describeFileError(error, folder, 'written'));
  }
}

/** One folder after the other, and looked at again once made, so that none is made behind a link that leads out. */
async function makeFolder(disk: Disk, folder: string): Promise<Result<string>> {
  const there = await disk.root.follow(folder);
  if (!there.ok) return there;
  if (there.value !== undefined) return ok(there.value);
  const made = await makeOnce(disk, folder);
  return made.ok ? present(folder, await disk.root.follow(folder)) : made;
}

function makeOnce(disk: Disk, folder: string): Promise<Result<void>> {
  const { makingByFolder } = disk;
  const known = makingByFolder.get(folder);
  if (known !== undefined) return known;
  const making = make(disk, folder).finally(() => makingByFolder.delete(folder));
  makingByFolder.set(folder, making);
  return making;
}

async function make(disk: Disk, folder: string): Promise<Result<void>> {
  const slash = folder.lastIndexOf('/');
  const parent = await makeFolder(disk, folder.slice(0, Math.max(0, slash)));
  if (!parent.ok) return parent;
  return ok(await makeFolderSynced(join(parent.value, folder.slice(slash + 1)), disk.calls));
}

/** Works on two names once both are known to lie inside. */
async function bothInside<Value>(
  { root, calls }: Disk,
  from: string,
  to: string,
  work: (source: string, target: string, calls: DiskCalls) => Promise<Value>,
): Promise<Result<Value>> {
  if (from === '' || to === '') return err(hostilePath(''));
  const source = present(from, await root.locate(from));
  if (!source.ok) return source;
  // Of two names in one folder the folder is looked for once.
  const isBeside = folderOf(from) === folderOf(to);
  const target = isBeside ? root.beside(source.value, to) : present(to, await root.locate(to));
  if (!target.ok) return target;
  try {
    return ok(await work(source.value, target.value, calls));
  } catch (error) {
    if (meansAbsent(error)) return err(goneMeanwhile(from));
    return err(describeFileError(error, to, 'written'));
  }
}

async function remove({ root, calls }: Disk, path: string): Promise<Result<void>> {
  if (path === '') return err(hostilePath(path));
  const place = await root.locate(path);
  if (!place.ok) return place;
  try {
    return ok(place.value === undefined ? undefined : await calls.unlink(place.value));
  } catch (error) {
    return meansAbsent(error) ? ok(undefined) : err(describeFileError(error, path, 'written'));
  }
}

function present(path: string, place: Result<string | undefined>): Result<string> {
  if (!place.ok) return place;
  return place.value === undefined ? err(goneMeanwhile(path)) : ok(place.value);
}

function noSuchFolder(root: string): Problem {
  return problem(
    'not-found',
    root,
    `There is no folder ${root}.`,
    'Check the name, or choose another folder.',
  );
}

function notAFolder(root: string): Problem {
  return problem(
    'not-a-folder',
    root,
    `${root} is a file, not a folder.`,
    'Choose the folder that holds it.',
  );
}
