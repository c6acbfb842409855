/**
 * The least that a Node program does to bring rows from one database to another: newline JSON over bare HTTP into
 * bare better-sqlite3 in batches of 1,000, each side a process of its own. No TLS, no check, no heads, no file.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

const program = path.join(import.meta.dirname, 'floor-node.ts');

/** Rows per second from the log at `file` into a new database in `place`. */
export async function measureFloor(place: string, file: string): Promise<number> {
  const giver = spawn(process.execPath, [program, 'give', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await firstLine(giver.stdout);
    const into = path.join(place, 'floor.db');
    const taker = spawn(process.execPath, [program, 'take', into, port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return Number(await firstLine(taker.stdout));
  } finally {
    giver.kill();
  }
}

async function firstLine(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) return line;
  throw new Error('The floor ended without a word.');
}
