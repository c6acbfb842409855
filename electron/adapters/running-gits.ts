/** Which gits of our own user work in a folder now, in words; '' where the system does not tell (it does on Linux). */
import { readlinkSync } from 'node:fs';
import { basename, sep } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { listOwnProcesses, parentProcess } from './process-list.ts';

export function runningGits(folder: string): string {
  if (process.platform !== 'linux') return '';
  return listOwnProcesses(limits.holderSearchMs)
    .filter(({ command }) => isGit(command))
    .filter(({ pid }) => isInside(workingFolder(pid), folder) && parentProcess(pid) !== process.pid)
    .map(({ pid, command }) => `git ${commandOf(command)} (process ${pid})`)
    .join(', ');
}

const isGit = (command: string): boolean => basename(command.split(' ')[0] ?? '') === 'git';

/** The first word that is no option, and does not belong to one. */
const commandOf = (command: string): string =>
  command
    .split(' ')
    .slice(1)
    .find((word, index, words) => !word.startsWith('-') && !/^-[cC]$/.test(words[index - 1] ?? '')) ?? '';

const isInside = (place: string, folder: string): boolean =>
  place === folder || place.startsWith(folder + sep);

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
