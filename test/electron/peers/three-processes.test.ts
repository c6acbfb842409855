/**
 * Three real processes and many real files, killed again and again while they exchange: at the end all three hold the
 * same bytes, and every line that anybody wrote. The ends are paired with the middle only, so everything passes through
 * it. Three hundred files and five kills in an ordinary run; two thousand and twenty with SKEIN_WHOLE=1, in minutes.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { readToken } from '../../../electron/host/token-file.ts';
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import { makePlace, type Place, type Serving } from '../../support/cli-place.ts';
import { makeRepository, must } from '../../support/device.ts';

type Node = { name: string; place: Place; port: number; serving: Serving; client: Client };

const { kills, old, fresh } = process.env['SKEIN_WHOLE']
  ? { kills: 20, old: 400, fresh: 80 }
  : { kills: 5, old: 100, fresh: 40 };
const pathOf = (index: number): string => `docs/passation_${index}.md`;
const headOf = (index: number): string => `# Journal ${index}\n`;

const repository = (): string =>
  makeRepository(
    Object.fromEntries(Array.from({ length: old }, (_, index) => [pathOf(index), headOf(index)])),
  );

async function startNode(name: string, origin: string): Promise<Node> {
  const place = makePlace();
  execFileSync('git', ['-C', place.repository, 'pull', '--quiet', '--no-progress', origin]);
  return connect(name, place, await freePort());
}

/** A port that nobody has now: a device that comes back answers where the others know it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function connect(name: string, place: Place, port: number): Promise<Node> {
  const serving = await place.serve(['--peer-port', `${port}`]);
  const token = await readToken(place.dataFolder);
  const send = (path: string, init: object) => fetch(`${serving.url}${path}`, init as RequestInit);
  const client = createClient(send, { authorization: `Bearer ${token}` });
  const { listening } = must(await client.call('changeNetwork', { name, bind: 'loopback', listen: 'on' }));
  expect(listening).not.toBeNull();
  return { name, place, port, serving, client };
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
async function until(holds: () => boolean | Promise<boolean>, pauseMs = 100): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, pauseMs));
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

type Written = { index: number; line: string };

/** Everybody adds to a journal that the others add to as well, and to another. */
function addEverywhere(nodes: readonly Node[], round: number): Written[] {
  return nodes.flatMap((node, at) =>
    [round, 40 + ((round * 7 + at) % 60)].map((index) => {
      const line = `- round ${round} of ${node.name}: entry ${index}`;
      add(node, index, line);
      return { index, line };
    }),
  );
}

const freshIn = (round: number): number[] =>
  Array.from({ length: fresh }, (_, index) => old + round * fresh + index);

function countArrived(receiver: Node, indices: readonly number[]): number {
  const there = new Set(readdirSync(folderOf(receiver)));
  return indices.filter((index) => there.has(basename(pathOf(index)))).length;
}

/** Which neighbour begins journals that the other one gets, and which of the two is killed then. */
function castOf(nodes: readonly Node[], round: number): { author: Node; receiver: Node; victim: number } {
  const crossings = [
    [0, 1],
    [1, 2],
    [2, 1],
    [1, 0],
  ] as const;
  const [from, to] = crossings[round % crossings.length] ?? crossings[0];
  const victim = (round + Math.floor(round / crossings.length)) % 2 === 0 ? from : to;
  return { author: nodes[from] as Node, receiver: nodes[to] as Node, victim };
}

/** Kills one of two while journals go from one to the other: midway when some had arrived by then, and some not. */
async function killMidway(
  nodes: readonly Node[],
  round: number,
): Promise<{ isMidway: boolean; victim: number }> {
  const { author, receiver, victim } = castOf(nodes, round);
  const indices = freshIn(round);
  for (const index of indices) writeFileSync(join(author.place.repository, pathOf(index)), headOf(index));
  await until(() => countArrived(receiver, indices) > 0, 5);
  await nodes[victim]?.serving.stop('SIGKILL');
  return { isMidway: countArrived(receiver, indices) < fresh, victim };
}

test('edits everywhere and kills in the middle of an exchange lose nothing', {
  timeout: 300_000,
}, async () => {
  const origin = repository();
  const nodes = await Promise.all(['left', 'middle', 'right'].map((name) => startNode(name, origin)));
  const [left, middle, right] = nodes as [Node, Node, Node];
  await pair(left, middle);
  await pair(middle, right);
  const written: Written[] = [];
  let round = 0;
  // A kill that came too late proves nothing, and does not count.
  for (let midway = 0; midway < kills; round++) {
    written.push(...addEverywhere(nodes, round));
    const { isMidway, victim } = await killMidway(nodes, round);
    const { name, place, port } = nodes[victim] as Node;
    nodes[victim] = await connect(name, place, port);
    if (isMidway) midway += 1;
  }
  await until(async () => (await Promise.all(nodes.map(isCalm))).every(Boolean) && isSame(nodes));
  const files = filesOf(nodes[0] as Node);
  const counts = written.map(
    ({ index, line }) => files[basename(pathOf(index))]?.split('\n').filter((it) => it === line).length,
  );
  expect(counts.filter((count) => count !== 1)).toEqual([]);
  expect(Object.keys(files)).toHaveLength(old + round * fresh);
  await Promise.all(nodes.map(({ serving }) => serving.stop()));
});
