/** The mark of a log as a small file beside it. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProblemError } from '../../shared/result.ts';
import type { LogMark, LogMarks } from '../engine/ports.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';

/**
 * Reads and writes at once, because what follows a mark must not begin before it is on the disk: one short file and
 * two waits for the disk, each time after the log grew. Only one process has a log open, so one temporary name does.
 */
export function openMarkFile(file: string): LogMarks {
  return {
    read() {
      try {
        return parseMark(readFileSync(file, 'utf8'));
      } catch (error) {
        if (meansAbsent(error)) return undefined;
        throw new ProblemError(describeFileError(error, file, 'read'));
      }
    },
    write(mark) {
      try {
        writeSynced(`${file}.tmp`, `${mark.node} ${mark.position}\n`);
        renameSync(`${file}.tmp`, file);
        syncFolder(dirname(file));
      } catch (error) {
        throw new ProblemError(describeFileError(error, file, 'written'));
      }
    },
  };
}

/** Undefined for what is no mark: then the log is believed as it is. */
function parseMark(text: string): LogMark | undefined {
  const [, node, position] = /^([0-9a-f]{16}) (\d{1,15})\n$/.exec(text) ?? [];
  return node === undefined ? undefined : { node, position: Number(position) };
}

function writeSynced(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, text);
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
