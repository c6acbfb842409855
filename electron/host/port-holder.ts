/** Who listens on a port that we wanted: for the message, never for a decision. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';

export type PortHolder = {
  /** Version of the Skein that answers there; undefined when it is something else, or silent. */
  skeinVersion: string | undefined;
  process: { pid: number; command: string } | undefined;
};

/** Asks the port, and on Linux the process table. Never fails: what cannot be known is undefined. */
export async function findPortHolder(port: number): Promise<PortHolder> {
  const [skeinVersion, holder] = await Promise.all([askSkein(port), findProcess(port)]);
  return { skeinVersion, process: holder };
}

const healthShape = z.object({ name: z.literal('skein'), version: z.string().max(100) });

async function askSkein(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/health`, {
      redirect: 'error',
      signal: AbortSignal.timeout(limits.healthAnswerMs),
    });
    return healthShape.parse(await response.json()).version;
  } catch {
    return undefined;
  }
}

async function findProcess(port: number): Promise<PortHolder['process']> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readOrNothing));
  const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).slice(0, limits.portHolderProcesses);
  for (const pid of pids) {
    if (await holdsSocket(pid, sockets)) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return undefined;
}

/** Inodes of the sockets that listen on a port, from the kernel's table: `sl local remote state … inode`. */
export function listeningSockets(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = '0A';
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.split(':')[1] === wanted && fields[3] === listening)
    .flatMap((fields) => (fields[9] === undefined ? [] : [`socket:[${fields[9]}]`]));
}

async function holdsSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    if (sockets.has(await readlink(`${folder}/${descriptor}`).catch(() => ''))) return true;
  }
  return false;
}

async function commandOf(pid: string): Promise<string> {
  const name = (await readOrNothing(`/proc/${pid}/comm`)).trim();
  return name === '' ? 'unknown' : name;
}

const readOrNothing = (path: string) => readFile(path, 'utf8').catch(() => '');
