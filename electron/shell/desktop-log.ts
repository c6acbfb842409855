/** The desktop has no terminal, so what it has to say goes to `desktop.log` of the data folder as well. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { createConsoleLog } from '../adapters/console-log.ts';
import type { Log } from '../engine/ports.ts';

/**
 * A log that never fails: a line that cannot be written is only printed, for whoever started Skein from a
 * terminal. When the file is full it becomes `desktop.log.old`, and a new one begins.
 */
export function openDesktopLog(dataFolder: string, print: (line: string) => void): Log {
  const file = join(dataFolder, 'desktop.log');
  return createConsoleLog({
    write(line) {
      print(line);
      try {
        makeRoom(file);
        appendFileSync(file, line, { mode: 0o600 });
      } catch {
        // A full disk is told by the engine, where it matters.
      }
    },
  });
}

function makeRoom(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limits.desktopLogBytes) renameSync(file, `${file}.old`);
}
