/** One JSON file of the data folder, read once and kept: written as a whole, set aside when it is broken. */
import { readFile, rename, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { z } from 'zod';
import type { Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import type { Log } from '../engine/ports.ts';
import { fileTime } from './file-time.ts';
import { writeAtomically } from './write-atomically.ts';

export type JsonStore<Value> = {
  current(): Value;
  /** Changes follow one another; what could not be written does not count. Fails as `diskProblem` says. */
  change(update: (value: Value) => Value): Promise<Result<Value>>;
  /** Resolves when everything asked for so far is on the disk, or failed. */
  settle(): Promise<void>;
};

export type JsonFile<Value> = {
  path: string;
  shape: z.ZodType<Value>;
  /** Bytes; a larger file counts as broken. */
  atMost: number;
};

/** `meanwhile` completes the sentence "it could not be read, so …". */
export async function openJsonStore<Value>(
  file: JsonFile<Value>,
  options: { log: Log; nowMs: number; meanwhile: string },
): Promise<JsonStore<Value>> {
  let value: Value = (await readJsonFile(file)) ?? (await startAnew(file, options));
  let last: Promise<unknown> = Promise.resolve();
  const write = async (update: (value: Value) => Value): Promise<Result<Value>> => {
    const next = update(value);
    const written = await writeAtomically(file.path, `${JSON.stringify(next, null, 2)}\n`);
    if (!written.ok) return written;
    value = next;
    return { ok: true, value: next };
  };
  return {
    current: () => value,
    change(update) {
      const turn = last.then(() => write(update));
      last = turn;
      return turn;
    },
    settle: async () => void (await last),
  };
}

/** What the file says, the defaults when there is none, or undefined when it is broken. Changes nothing. */
export async function readJsonFile<Value>({
  path,
  shape,
  atMost,
}: JsonFile<Value>): Promise<Value | undefined> {
  try {
    if ((await stat(path)).size > atMost) return undefined;
    return shape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    return errorCode(cause) === 'ENOENT' ? shape.parse({}) : undefined;
  }
}

async function startAnew<Value>(
  { path, shape }: JsonFile<Value>,
  options: { log: Log; nowMs: number; meanwhile: string },
): Promise<Value> {
  const name = basename(path);
  const end = extname(path);
  const aside = `${path.slice(0, -end.length)}.broken-${fileTime(options.nowMs)}${end}`;
  try {
    await rename(path, aside);
    options.log.warn(`${name} could not be read, so ${options.meanwhile}; the old file is set aside.`, {
      aside,
    });
  } catch (cause) {
    options.log.warn(`${name} can neither be read nor set aside; ${options.meanwhile}.`, { cause });
  }
  return shape.parse({});
}
