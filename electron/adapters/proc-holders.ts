import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { agentFromProcess } from '../../shared/domain/agents.ts';
import { limits } from '../../shared/limits.ts';
import type { FileHolders } from '../engine/ports.ts';
import { listOwnProcesses, parentProcess, type RunningProcess } from './process-list.ts';

type Holder = { pid: number; command: string; agent: string };
type Recognise = (command: string) => string | undefined;

/**
 * Agents of our own user, and what they started, that have a file under `root` open for writing; from /proc, so
 * on Linux only. The list of processes is kept for `limits.processListMs`; making it, and the search in it, each
 * stop after `atMostMs`. What cannot be read is left out: the answer is evidence, not proof. Never fails.
 */
export function createProcHolders(
  root: string,
  recognise: Recognise = agentFromProcess,
  atMostMs: number = limits.holderSearchMs,
): FileHolders {
  if (process.platform !== 'linux') return { holdersOf: async () => [] };
  let agents: Holder[] = [];
  let freshUntilMs = 0;

  function freshAgents(): Holder[] {
    if (performance.now() >= freshUntilMs) {
      agents = agentsAmong(listOwnProcesses(atMostMs), recognise);
      freshUntilMs = performance.now() + limits.processListMs;
    }
    return agents;
  }

  return {
    holdersOf: async (path) => {
      try {
        const candidates = freshAgents();
        if (candidates.length === 0) return [];
        const file = realPath(join(root, path));
        const deadlineMs = performance.now() + atMostMs;
        return candidates.filter(({ pid }) => performance.now() < deadlineMs && writes(pid, file));
      } catch {
        return [];
      }
    },
  };
}

/** Agents, and what runs under one: a shell that an agent starts writes in its name. We ourselves never count. */
function agentsAmong(processes: readonly RunningProcess[], recognise: Recognise): Holder[] {
  const agentByPid = new Map<number, string | undefined>();
  for (const { pid, command } of processes) {
    const agent = pid === process.pid ? undefined : recognise(command);
    if (agent !== undefined) agentByPid.set(pid, agent);
  }
  if (agentByPid.size === 0) return [];
  agentByPid.set(process.pid, undefined);
  return processes.flatMap(({ pid, command }) => {
    const agent = agentAbove(pid, agentByPid);
    return agent === undefined ? [] : [{ pid, agent, command: publicCommand(command) }];
  });
}

/** The agent that a process is or runs under; remembers what it finds on the way up. */
function agentAbove(pid: number, agentByPid: Map<number, string | undefined>): string | undefined {
  if (agentByPid.has(pid)) return agentByPid.get(pid);
  // Set before the parent is asked, so that a circle of reused ids ends.
  agentByPid.set(pid, undefined);
  const parent = parentProcess(pid);
  if (parent !== undefined && parent > 1) agentByPid.set(pid, agentAbove(parent, agentByPid));
  return agentByPid.get(pid);
}

/** The program and what it runs; its options may hold keys, and this is kept as evidence. */
function publicCommand(command: string): string {
  const [program = '', ...words] = command.split(' ');
  const script = words[0]?.startsWith('-') === false ? ` ${basename(words[0])}` : '';
  return `${basename(program)}${script}`;
}

/** True when the process has this very file open and may write to it: the link's own bits tell what for. */
function writes(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return descriptors(folder).some((name) => {
    try {
      const link = join(folder, name);
      return readlinkSync(link) === file && (lstatSync(link).mode & 0o200) !== 0;
    } catch {
      return false;
    }
  });
}

function descriptors(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realPath(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
