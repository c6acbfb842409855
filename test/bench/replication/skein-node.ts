/** One `skein serve` in a process of its own, asked over its app API as any client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { readToken } from '../../../electron/host/token-file.ts';
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import type { PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import type { Result } from '../../../shared/result.ts';

const root = path.resolve(import.meta.dirname, '../../..');

export type SkeinNode = {
  pid: number;
  folder: string;
  client: Client;
  /** Where peers reach it. */
  peerPort(): Promise<number>;
  /** Its one peer. */
  peer(): Promise<PeerJson>;
  stop(): Promise<void>;
};

export const must = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.error.message} ${result.error.advice}`);
  return result.value;
};

/** Serves `folder` with default settings and a data folder beside it, until `stop`. */
export async function startSkein(folder: string, name: string): Promise<SkeinNode> {
  const home = path.join(path.dirname(folder), `home-${name}`);
  const data = path.join(home, 'data');
  mkdirSync(home, { recursive: true });
  const child = spawn(
    process.execPath,
    ['build/bin/skein.mjs', 'serve', folder, '--port', '0', '--peer-port', '0', '--data', data, '--json'],
    { cwd: root, env: { ...process.env, HOME: home }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { url } = await firstAnswer(child);
  const send = (at: string, init: object) => fetch(`${url}${at}`, init as RequestInit);
  const client = createClient(send, { authorization: `Bearer ${await readToken(data)}` });
  must(await client.call('changeNetwork', { name, bind: 'loopback', listen: 'on' }));
  return {
    pid: child.pid ?? 0,
    folder,
    client,
    peerPort: async () => must(await client.call('getNetwork', {})).listening?.port ?? 0,
    async peer() {
      const [peer] = must(await client.call('listPeers', {})).peers;
      if (peer === undefined) throw new Error(`${name} has no peer.`);
      return peer;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

async function firstAnswer(child: ChildProcess): Promise<{ url: string }> {
  if (child.stdout === null) throw new Error('serve has no output.');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line) as { url: string };
  throw new Error('serve ended at once.');
}
