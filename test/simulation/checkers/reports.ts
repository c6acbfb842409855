/** Is the report file what the consolidations say, and is everything still in it that agents wrote there? */
import { boardFile } from '../actions.ts';
import type { Judged } from '../judge.ts';
import { readConsolidations } from './log-rows.ts';

/** The report file holds each standing report once, no undone one, and never held one twice. */
export function reportsStandOnce({ sql, disk }: Judged): string[] {
  const wrong: string[] = [];
  for (const event of disk.history) {
    const found = event.path === boardFile ? markersOf(event.bytes) : [];
    if (new Set(found).size !== found.length)
      wrong.push(`at ${event.atMs} ms ${boardFile} held a report twice`);
  }
  const present = markersOf(disk.read(boardFile));
  const standing = readConsolidations(sql).filter((row) => row.state !== 'undone');
  for (const row of readConsolidations(sql))
    if (row.file_work !== null) wrong.push(`report ${row.stamp} waits for its ${row.file_work}`);
  for (const { stamp, state } of standing) {
    if (state !== 'written') wrong.push(`report ${stamp} is still ${state}`);
    if (!present.includes(stamp)) wrong.push(`report ${stamp} is not in ${boardFile}`);
  }
  const known = new Set(standing.map((row) => row.stamp));
  for (const stamp of present)
    if (!known.has(stamp)) wrong.push(`${boardFile} holds report ${stamp}, which does not stand`);
  return wrong;
}

function markersOf(bytes: Uint8Array | undefined): string[] {
  const text = Buffer.from(bytes ?? new Uint8Array()).toString();
  return [...text.matchAll(/<!-- skein:([0-9a-f]{32}) -->/g)].map((match) => match[1] ?? '');
}

/** What agents wrote into the report file is still there, line by line. */
export function agentLinesRemain({ disk, boardLines }: Judged): string[] {
  const text = Buffer.from(disk.read(boardFile) ?? new Uint8Array()).toString();
  return boardLines
    .filter((line) => !`${text}\n`.includes(`${line}\n`))
    .map((line) => `${boardFile} lost the line "${line}"`);
}
