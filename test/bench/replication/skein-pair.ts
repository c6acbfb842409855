/** Two `skein serve` processes that are paired by the real code, over wires that are counted. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildStale } from '../../../build/scripts/build.ts';
import type { Contender, Pair } from './contender.ts';
import { must, type SkeinNode, startSkein } from './skein-node.ts';
import { openWire, type Wire } from './wire.ts';

export const skein: Contender = {
  name: 'Skein',
  missing: async () => undefined,
  version: () => '',
  isLimit: false,
  watches: true,
  async open(place, fill) {
    await buildStale(['headless']);
    const [here, there] = makeClones(place);
    fill(here);
    return pairUp(await startSkein(here, 'here'), await startSkein(there, 'there'));
  },
};

/** Two clones of one repository that holds nothing to track. */
export function makeClones(place: string): [string, string] {
  const [here, there] = [path.join(place, 'here'), path.join(place, 'there')];
  mkdirSync(here, { recursive: true });
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', here, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words]);
  git('init', '--quiet');
  writeFileSync(path.join(here, 'README.md'), 'Nothing yet.\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  execFileSync('git', ['clone', '--quiet', here, there]);
  return [here, there];
}

/** They know each other, each over a wire of its own, and share nothing until they meet. */
export async function pairUp(here: SkeinNode, there: SkeinNode): Promise<Pair> {
  await untilWatching(here);
  await untilWatching(there);
  const [toHere, toThere] = [await openWire(here.peerPort), await openWire(there.peerPort)];
  await introduce(here, there);
  const [it, other] = [await here.peer(), await there.peer()];
  must(await here.client.call('changePeer', { id: it.id, addresses: [`127.0.0.1:${toThere.port}`] }));
  must(await there.client.call('changePeer', { id: other.id, addresses: [`127.0.0.1:${toHere.port}`] }));
  return toPair([here, there], [toHere, toThere]);
}

function toPair(nodes: [SkeinNode, SkeinNode], wires: [Wire, Wire]): Pair {
  const [here, there] = nodes;
  return {
    here: here.folder,
    there: there.folder,
    async meet() {
      for (const { client, workspace, id } of await Promise.all(nodes.map(placeOf)))
        must(await client.call('shareWithPeer', { id, workspace_id: workspace, ...everything }));
    },
    carry: async () => {},
    // They learn each other's real ports, so that a cut wire alone would not keep them apart.
    part: () => listen(nodes, 'off'),
    async join() {
      await listen(nodes, 'on');
      must(await there.client.call('syncPeers', {}));
    },
    async noted(changes) {
      while ((await here.peer()).ahead < changes.here || (await there.peer()).ahead < changes.there)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async asked() {
      const { open } = must(await here.client.call('listConflicts', {}));
      return open;
    },
    wireBytes: () => wires.reduce((sum, wire) => sum + wire.bytes(), 0),
    pids: () => nodes.map(({ pid }) => pid),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      for (const wire of wires) wire.close();
    },
  };
}

async function listen(nodes: readonly SkeinNode[], how: 'on' | 'off'): Promise<void> {
  for (const { client } of nodes) must(await client.call('changeNetwork', { listen: how }));
}

const everything = { shared: true, write: true, trusted: true };

async function placeOf(node: SkeinNode) {
  const { workspaces } = must(await node.client.call('listWorkspaces', {}));
  return { client: node.client, workspace: workspaces[0]?.workspace_id ?? '', id: (await node.peer()).id };
}

async function introduce(host: SkeinNode, guest: SkeinNode): Promise<void> {
  const { pairing } = must(await host.client.call('invitePeer', {}));
  must(
    await guest.client.call('answerInvitation', {
      code: pairing?.code ?? '',
      address: pairing?.addresses[0],
    }),
  );
  const verdict = { match: true, workspaces: [] };
  const there = guest.client.call('confirmPairing', verdict);
  must(await host.client.call('confirmPairing', verdict));
  if (must(await there).pairing?.state !== 'paired') throw new Error('The pairing failed.');
}

async function untilWatching({ client }: SkeinNode): Promise<void> {
  while (must(await client.call('getStatus', {})).state !== 'watching')
    await new Promise((resolve) => setTimeout(resolve, 20));
}
