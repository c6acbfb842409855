/** A real device in this process: host, engines on real folders, and the port of peers on the loopback interface. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import type { Host } from '../../electron/host/host-contract.ts';
import type { HostOptions } from '../../electron/host/host-options.ts';
import { listenForPeers } from '../../electron/http/peer/peer-server.ts';
import type { PeerJson } from '../../shared/contracts/peer-shapes.ts';
import type { Result } from '../../shared/result.ts';
import { createMemoryLog } from '../electron/host/support/memory-log.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Device = {
  name: string;
  host: Host;
  dataFolder: string;
  /** The clone that it has open. */
  folder: string;
  engine: Engine;
  /** `127.0.0.1:PORT` of its peer port. */
  address(): string;
  write(path: string, text: string): void;
  text(path: string): string | undefined;
  /** The peer of this name. */
  peer(name: string): PeerJson;
  /** Resolves as soon as `holds` is true; looks at every event, so the test's own limit bounds it. */
  until(holds: () => boolean): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again on the same folders. */
  restart(): Promise<void>;
};

export const must = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.error.message} ${result.error.advice}`);
  return result.value;
};

/**
 * A repository with one commit: every clone of it is the same workspace, and no other repository is, though it were
 * made of the same files in the same second.
 */
export function makeRepository(
  files: Readonly<Record<string, string>> = { 'AGENTS.md': '# Agents\n' },
): string {
  const folder = join(temporaryFolder(), 'origin');
  for (const [path, text] of Object.entries(files)) put(join(folder, path), text);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-C', folder, ...args]);
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', `Begin ${randomUUID()}`);
  return folder;
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export type DeviceOptions = { name: string; repository: string; host?: Partial<HostOptions> };

/** A device with a clone of the repository; it stops when the test ends. */
export async function startDevice({ name, repository, host: options = {} }: DeviceOptions): Promise<Device> {
  const home = temporaryFolder();
  const [folder, dataFolder] = [join(home, name), join(home, 'data')];
  execFileSync('git', ['clone', '--quiet', repository, folder]);
  const start = async (): Promise<Host> => {
    const created = await createHost({
      dataFolder,
      version: '0.1.0',
      env: { PATH: process.env['PATH'], HOME: home },
      log: createMemoryLog(),
      listenForPeers,
      peerPort: 0,
      index: false,
      ...options,
    });
    return must(created);
  };
  const openClone = async (): Promise<void> => {
    const opened = must(await device.host.open(folder));
    if (opened.engine === undefined) throw new Error(opened.problem?.message);
    device.engine = opened.engine;
  };
  const device: Device = {
    name,
    host: await start(),
    dataFolder,
    folder,
    engine: undefined as unknown as Engine,
    address: () => `127.0.0.1:${device.host.peers.network().listening?.port}`,
    write: (path, text) => put(join(folder, path), text),
    text: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined),
    peer(wanted) {
      const found = device.host.peers.list().find((it) => it.name === wanted);
      if (found === undefined) throw new Error(`${name} has no peer ${wanted}`);
      return found;
    },
    until: (holds) => until(device.host, holds),
    stop: () => device.host.stop(),
    async restart() {
      await device.host.stop();
      device.host = await start();
      await openClone();
    },
  };
  onTestFinished(() => device.stop());
  must(await device.host.peers.changeNetwork({ name, bind: 'loopback' }));
  await openClone();
  return device;
}

function until(host: Host, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      leave();
      clearInterval(timer);
      resolve();
    };
    const leave = host.onChanged(look);
    // What the disk shows comes without an event of its own.
    const timer = setInterval(look, 10);
    look();
  });
}

export type PairOptions = { ownDevice?: boolean; trusted?: boolean; write?: boolean; workspaces?: string[] };

/** Pairs two devices as two people would, each confirming what it sees; options are the same for both. */
export async function pairDevices(host: Device, guest: Device, options: PairOptions = {}): Promise<void> {
  const { code } = must(await host.host.peers.invite());
  const joined = must(await guest.host.peers.answer({ code: code ?? '', address: host.address() }));
  if (joined.problem !== null) throw new Error(joined.problem.message);
  const shown = host.host.peers.pairing();
  if (shown?.check !== joined.check)
    throw new Error(`the digits differ: ${shown?.check} and ${joined.check}`);
  const { ownDevice: own_device, ...rest } = options;
  const verdict = { match: true, own_device, ...rest };
  const there = guest.host.peers.confirm(verdict);
  must(await host.host.peers.confirm(verdict));
  const done = must(await there);
  if (done.state !== 'paired') throw new Error(`not paired: ${done.problem?.message}`);
}
