/** What the system says of a process (Linux). */
import { readFileSync } from 'node:fs';
import { residentMiB } from './measure.ts';

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** User and system time from /proc/PID/stat, in seconds at 100 ticks a second. */
export function processorSeconds(pid: number): number {
  const fields = readProc(pid, 'stat')?.split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}

/** Resident memory; NaN elsewhere. */
export const memoryMiB = (pid: number): number => residentMiB(readProc(pid, 'status')) ?? Number.NaN;
