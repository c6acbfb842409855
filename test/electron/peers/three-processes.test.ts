/**
 * Three real processes, hundreds of real files, killed while they exchange: at the end all three hold the same
 * bytes, and every line that anybody wrote. The ends are paired with the middle only, so everything passes through it.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readToken } from '../../../electron/host/token-file.ts';
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import { makePlace, type Place, type Serving } from '../../support/cli-place.ts';
import { makeRepository, must } from '../../support/device.ts';

type Node = { name: string; place: Place; serving: Serving; client: Client };

const journals = 300;
const rounds = 20;
const pathOf = (index: number): string => `docs/passation_${index}.md`;

const repository = (): string =>
  makeRepository(
    Object.fromEntries(
      Array.from({ length: journals }, (_, index) => [pathOf(index), `# Journal ${index}\n`]),
    ),
  );

async function startNode(name: string, origin: string): Promise<Node> {
  const place = makePlace();
  execFileSync('git', ['-C', place.repository, 'pull', '--quiet', '--no-progress', origin]);
  return connect(name, place);
}

async function connect(name: string, place: Place): Promise<Node> {
  const serving = await place.serve(['--peer-port', '0']);
  const token = await readToken(place.dataFolder);
  const send = (path: string, init: object) => fetch(`${serving.url}${path}`, init as RequestInit);
  const client = createClient(send, { authorization: `Bearer ${token}` });
  const { listening } = must(await client.call('changeNetwork', { name, bind: 'loopback', listen: 'on' }));
  expect(listening).not.toBeNull();
  return { name, place, serving, client };
}

async function pair(host: Node, guest: Node): Promise<void> {
  const { pairing } = must(await host.client.call('invitePeer', {}));
  const address = pairing?.addresses[0];
  const answered = must(await guest.client.call('answerInvitation', { code: pairing?.code ?? '', address }));
  expect(answered.pairing?.problem).toBeNull();
  const there = guest.client.call('confirmPairing', { match: true, own_device: true });
  must(await host.client.call('confirmPairing', { match: true, own_device: true }));
  expect(must(await there).pairing?.state).toBe('paired');
}

const folderOf = ({ place }: Node): string => join(place.repository, 'docs');
const filesOf = (node: Node): Record<string, string> => {
  const names = readdirSync(folderOf(node)).filter((name) => name.startsWith('passation_'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folderOf(node), name), 'utf8')]));
};

/** Looks until it is so; the test's own limit bounds it. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const isSame = (nodes: readonly Node[]): boolean => {
  const [first, ...others] = nodes.map((node) => JSON.stringify(filesOf(node)));
  return others.every((other) => other === first);
};

const isCalm = async ({ client }: Node): Promise<boolean> =>
  must(await client.call('listPeers', {})).peers.every(({ state }) => state === 'synced');

/** As an agent that adds an entry at the end of a journal. */
function add(node: Node, index: number, line: string): void {
  appendFileSync(join(node.place.repository, pathOf(index)), `${line}\n`);
}

test('twenty rounds with edits everywhere and kills in between lose nothing', {
  timeout: 300_000,
}, async () => {
  const origin = repository();
  const nodes = await Promise.all(['left', 'middle', 'right'].map((name) => startNode(name, origin)));
  const [left, middle, right] = nodes as [Node, Node, Node];
  await pair(left, middle);
  await pair(middle, right);
  const written: { index: number; line: string }[] = [];
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    for (const [at, node] of nodes.entries()) {
      for (const index of [round, 20 + ((round * 7 + at) % 250)]) {
        const line = `- round ${round} of ${node.name}: entry ${index}`;
        add(node, index, line);
        written.push({ index, line });
      }
    }
    if (round % 4 !== 1) continue;
    const at = killed % nodes.length;
    const victim = nodes[at] as Node;
    // Killed while it takes or gives: the others have only just begun to tell it.
    await victim.serving.stop('SIGKILL');
    killed += 1;
    nodes[at] = await connect(victim.name, victim.place);
  }
  expect(killed).toBe(5);
  await until(async () => (await Promise.all(nodes.map(isCalm))).every(Boolean) && isSame(nodes));
  const files = filesOf(nodes[0] as Node);
  const counts = written.map(
    ({ index, line }) => files[`passation_${index}.md`]?.split('\n').filter((it) => it === line).length,
  );
  expect(counts.filter((count) => count !== 1)).toEqual([]);
  expect(Object.keys(files)).toHaveLength(journals);
  await Promise.all(nodes.map(({ serving }) => serving.stop()));
});
