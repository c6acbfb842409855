/** One suite for the way to another replica: in one process, and over TLS between two devices. */
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { systemRandom } from '../../electron/adapters/system-random.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { LinkRights, PeerLink } from '../../electron/engine/replicate/link.ts';
import { openIdentity } from '../../electron/host/peers/identity.ts';
import { createPeerConnection } from '../../electron/host/peers/peer-connection.ts';
import { createPeerLink } from '../../electron/host/peers/peer-link.ts';
import { parseVector } from '../../shared/domain/vector.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../support/device.ts';
import { memoryLink } from '../support/memory-network.ts';

type Subject = {
  link: PeerLink;
  /** The other side. */
  there: Engine;
  save(path: string, text: string): Promise<void>;
  change(rights: Partial<LinkRights>): Promise<void>;
  goAway(): Promise<void>;
};

const journal = 'docs/passation_claude.md';
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A device, and the key of another that it is paired with. */
async function deviceAndGuest(): Promise<{ desk: Device; lap: Device }> {
  const repository = makeRepository({ 'ROADMAP.md': 'base\n' });
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, { ownDevice: true });
  return { desk, lap };
}

async function save(desk: Device, path: string, text: string): Promise<void> {
  desk.write(path, text);
  await desk.until(() =>
    desk.engine.log
      .changes({ limit: 1, path })
      .some(({ content }) => content !== null && textOf(desk.engine, content) === text),
  );
}

const textOf = ({ log }: Engine, hash: string): string => new TextDecoder().decode(log.content(hash));

async function overMemory(): Promise<Subject> {
  const desk = await startDevice({ name: 'desk', repository: makeRepository({ 'ROADMAP.md': 'base\n' }) });
  const rights: LinkRights = { read: true, write: true, trusted: true };
  let isThere = true;
  return {
    there: desk.engine,
    link: memoryLink(() => (isThere ? desk.engine : undefined), {
      id: 'desk',
      name: 'desk',
      from: { id: 'lap', name: 'lap' },
      rightsThere: rights,
    }),
    save: (path, text) => save(desk, path, text),
    change: async (changes) => void Object.assign(rights, changes),
    goAway: async () => {
      isThere = false;
    },
  };
}

async function overTls(): Promise<Subject & { told: { times: number } }> {
  const { desk, lap } = await deviceAndGuest();
  const address = desk.address();
  const workspace = desk.host.workspaces()[0]?.workspace ?? '';
  const id = desk.peer('lap').id;
  await lap.stop();
  const { identity } = must(await openIdentity(lap.dataFolder, { nowMs: 0, machine: undefined }));
  const { certificate } = must(
    await openIdentity(desk.dataFolder, { nowMs: 0, machine: undefined }),
  ).identity;
  const peer = {
    id: desk.host.peers.network().device.id,
    name: 'desk',
    certificate,
    addresses: [address],
    seen: [],
    ownDevice: true,
    shareAll: true,
    sinceMs: 0,
    shares: [],
  };
  const connection = createPeerConnection({
    identity,
    instance: Buffer.from(systemRandom.bytes(8)).toString('hex'),
    peer: () => peer,
    port: () => undefined,
    nowMs: systemClock.nowMs,
    reached: () => {},
  });
  ends.push(connection.close);
  const share = {
    workspace,
    shared: true,
    theirs: workspace,
    write: true,
    trusted: true,
    patterns: [],
    scope: 0,
    takes: [],
  };
  const told = { times: 0 };
  return {
    told,
    there: desk.engine,
    link: createPeerLink({
      connection,
      peer,
      share: () => share,
      rights: () => ({ read: true, write: true, trusted: true }),
      traffic: { bytesIn: 0, bytesOut: 0 },
      exchanging: () => {
        told.times += 1;
      },
    }),
    save: (path, text) => save(desk, path, text),
    change: async ({ mayRead }) => {
      expect(mayRead).toBeDefined();
      must(await desk.host.peers.share({ id, workspace_id: workspace, patterns: ['docs/**'] }));
    },
    goAway: () => desk.stop(),
  };
}

describe.each([
  ['in one process', overMemory],
  ['over TLS', overTls],
])('a link %s', (_, make) => {
  test('says what the other side holds, and hands it out in pages without a gap', async () => {
    const { link, there, save } = await make();
    for (const text of ['one\n', 'two\n', 'three\n']) await save(journal, text);
    const watermark = must(await link.watermark());
    expect(watermark.vector).toBe(there.replication.peerSide.watermark().vector);
    const first = must(await link.changes('0', 2));
    expect(first).toMatchObject({
      has_more: true,
      vector: watermark.vector,
      node_id: there.replication.node,
    });
    expect(first.changes.map(({ sequence }) => sequence)).toEqual([1, 2]);
    const second = must(await link.changes(`${there.replication.node}:2`, 100));
    expect(second.has_more).toBe(false);
    expect(second.changes.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(must(await link.changes(watermark.vector, 100)).changes).toEqual([]);
  });

  test('brings changes there, and takes the same ones again without harm', async () => {
    const { link, there, save } = await make();
    await save(journal, 'one\n');
    const node = 'a'.repeat(16);
    const hlc = `${BigInt(Date.now()).toString(16).padStart(12, '0')}0000${node}`;
    const row = {
      node,
      sequence: 1,
      hlc,
      kind: 'created' as const,
      path: 'docs/passation_codex.md',
      class: 'journal' as const,
      content: 'f3aa2a4f3d2e9bcd2aefdf5d2b3a1a6e0f5a3f1b5d0fd9b9c2a4bb2f9ab2d9d0',
      size: 4,
      previous: null,
      parents: [],
      evidence: [{ agent: 'codex-local', source: 'claim' as const, detail: 'test', at: 0 }],
    };
    const push = {
      changes: [row],
      source_watermark: hlc,
      node_id: node,
      vector: `${node}:1`,
      now_ms: Date.now(),
    };
    for (let time = 0; time < 2; time++) {
      const answer = must(await link.push(push));
      expect(must(parseVector(answer.vector))[node]).toBe(1);
    }
    expect(there.log.changes({ limit: 10, path: row.path })).toHaveLength(1);
  });

  test('gives contents by hash, null for what is not there, and nothing that may not be read', async () => {
    const { link, there, save, change } = await make();
    await save(journal, 'by hash\n');
    await save('ROADMAP.md', 'secret\n');
    const hashOf = (path: string): string => there.log.changes({ limit: 1, path })[0]?.content ?? '';
    const hashes = [hashOf(journal), hashOf('ROADMAP.md'), '0'.repeat(64)];
    const open = must(await link.contents(hashes)).contents.map(({ body }) => body?.data ?? null);
    expect(open).toEqual(['by hash\n', 'secret\n', null]);
    await change({ mayRead: (path) => path.startsWith('docs/') });
    const partial = must(await link.contents(hashes)).contents.map(({ body }) => body?.data ?? null);
    expect(partial).toEqual(['by hash\n', null, null]);
    const kinds = must(await link.changes('0', 100)).changes.map(({ kind, ...row }) =>
      'path' in row ? row.path : kind,
    );
    expect(kinds).not.toContain('ROADMAP.md');
    expect(kinds).toContain('hidden');
  });

  test('fails with a typed problem when the other side is gone', async () => {
    const { link, goAway } = await make();
    must(await link.watermark());
    await goAway();
    expect(await link.watermark()).toMatchObject({ error: { code: 'peer-unreachable' } });
    expect(await link.changes('0', 1)).toMatchObject({ error: { code: 'peer-unreachable' } });
    expect(await link.contents(['0'.repeat(64)])).toMatchObject({ error: { code: 'peer-unreachable' } });
  });
});

test('over TLS, whoever gives way to an exchange hears of each page that we ask for and of what we give', async () => {
  const { link, told, save } = await overTls();
  await save(journal, 'one\n');
  must(await link.changes('0', 2));
  expect(told.times).toBe(1);
  must(await link.changes('0', 1));
  expect(told.times).toBe(2);
});
