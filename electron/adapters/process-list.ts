import { readdirSync, readFileSync, statSync } from 'node:fs';
import { limits } from '../../shared/limits.ts';
import { errorCode } from './file-problems.ts';

export type RunningProcess = { pid: number; command: string };

/**
 * The processes of our own user, from /proc (Linux), in no order. `command` is the command line with the words that
 * hold spaces in quotes. A process that ends meanwhile is left out, and so is what comes after `atMostMs`.
 */
export function listOwnProcesses(atMostMs: number): RunningProcess[] {
  const deadlineMs = performance.now() + atMostMs;
  const own = process.geteuid?.();
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || performance.now() > deadlineMs) return [];
    return readProcess(name, own) ?? [];
  });
}

/** The process that started this one, asked now, because it costs more than all else; undefined when it ended. */
export function parentProcess(pid: number): number | undefined {
  try {
    // `pid (name) state parent …`, where the name may hold anything, brackets and spaces too.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** Whether no process has this number any more; one of somebody else's has it, too. */
export function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return errorCode(cause) === 'ESRCH';
  }
}

function readProcess(name: string, owner: number | undefined): RunningProcess | undefined {
  try {
    if (statSync(`/proc/${name}`).uid !== owner) return undefined;
    const command = commandOf(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
    return command === '' ? undefined : { pid: Number(name), command };
  } catch {
    return undefined;
  }
}

function commandOf(cmdline: string): string {
  const words = cmdline.slice(0, limits.commandCharacters).split('\0');
  while (words.at(-1) === '') words.pop();
  return words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
}
