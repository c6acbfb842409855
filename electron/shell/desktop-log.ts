/** The desktop has no terminal, so what it has to say goes to `desktop.log` of the data folder as well. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import type { Log } from '../engine/ports.ts';

export type LogParts = {
  dataFolder: string;
  nowMs(): number;
  /** Receives each line too, for whoever started Skein from a terminal. */
  print(line: string): void;
};

/** A log that never fails: a line that cannot be written is only printed. The file before is kept as `.old`. */
export function openDesktopLog({ dataFolder, nowMs, print }: LogParts): Log {
  const file = join(dataFolder, 'desktop.log');
  const write = (level: string, message: string, fields: Record<string, unknown> = {}) => {
    const text = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields, readable)}`;
    const line = `${new Date(nowMs()).toISOString()} ${level} ${message}${text}`;
    print(line);
    try {
      makeRoom(file);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk is told by the engine, where it matters.
    }
  };
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function makeRoom(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > limits.desktopLogBytes) renameSync(file, `${file}.old`);
}

/** Errors have no fields of their own, so JSON would show nothing of them. */
function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
