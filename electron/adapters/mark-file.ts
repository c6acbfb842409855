/**
 * The mark of a log as a small file beside it. It has two places that are written by turns, each with a count and a
 * checksum, so that a write that the power cuts short leaves the mark before it: overwriting in place takes one wait
 * for the disk, where a new file, its name and its folder take several (measured: 0.1 ms and 0.5).
 */
import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProblemError } from '../../shared/result.ts';
import type { LogMark, LogMarks } from '../engine/ports.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';

/** What a disk writes whole or not at all. */
const placeBytes = 512;
const places = 2;

type Counted = LogMark & { count: number };

/**
 * Reads and writes at once, because what follows a mark must not begin before it is on the disk. Only one process has
 * a log open, so one temporary name does.
 */
export function openMarkFile(file: string): LogMarks {
  /** The place of the last mark is known once the file has both. */
  let last: Counted | undefined;
  return {
    read() {
      try {
        const found = newestIn(readFileSync(file));
        return found && { node: found.node, position: found.position };
      } catch (error) {
        if (meansAbsent(error)) return undefined;
        throw new ProblemError(describeFileError(error, file, 'read'));
      }
    },
    write(mark) {
      const next = { ...mark, count: (last?.count ?? 0) + 1 };
      try {
        if (last === undefined || !overwrite(file, next)) makeAnew(file, next);
      } catch (error) {
        last = undefined;
        throw new ProblemError(describeFileError(error, file, 'written'));
      }
      last = next;
    },
  };
}

/** Undefined where neither place holds a mark: then the log is believed as it is. */
function newestIn(bytes: Uint8Array): Counted | undefined {
  const marks = Array.from({ length: places }, (_, place) =>
    parseMark(Buffer.from(bytes.subarray(place * placeBytes, (place + 1) * placeBytes)).toString('latin1')),
  );
  return marks.reduce((one, other) => ((other?.count ?? 0) > (one?.count ?? 0) ? other : one));
}

const textOf = ({ count, node, position }: Counted): string => `${count} ${node} ${position}`;
const sumOf = (text: string): string => hash('sha256', text, 'hex').slice(0, 16);

const placeOf = (mark: Counted): Uint8Array => {
  const text = textOf(mark);
  return Buffer.from(`${`${text} ${sumOf(text)}`.padEnd(placeBytes - 1)}\n`, 'latin1');
};

function parseMark(place: string): Counted | undefined {
  const [, text, count, node, position, sum] =
    /^((\d{1,15}) ([0-9a-f]{16}) (\d{1,15})) ([0-9a-f]{16}) *\n$/.exec(place) ?? [];
  if (text === undefined || node === undefined || sumOf(text) !== sum) return undefined;
  return { count: Number(count), node, position: Number(position) };
}

/** False when the file is gone. */
function overwrite(file: string, mark: Counted): boolean {
  let handle: number;
  try {
    handle = openSync(file, 'r+');
  } catch (error) {
    if (meansAbsent(error)) return false;
    throw error;
  }
  try {
    writeSync(handle, placeOf(mark), 0, placeBytes, (mark.count % places) * placeBytes);
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return true;
}

/** The first mark of a run: whatever lay there is replaced by a file that has both places. */
function makeAnew(file: string, mark: Counted): void {
  writeSynced(`${file}.tmp`, Buffer.concat(Array.from({ length: places }, () => placeOf(mark))));
  renameSync(`${file}.tmp`, file);
  syncFolder(dirname(file));
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Some disks cannot sync a folder; they name a file as soon as they can. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch {
    // Nothing more can be done there.
  } finally {
    closeSync(handle);
  }
}
