/** Two replicas that exchange changes: what each writes, both have. */
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../shared/result.ts';
import { createFullDiskSql } from '../../simulation/full-disk-sql.ts';
import {
  createEngineFixture,
  type EngineFixture,
  type FixtureOptions,
} from '../../support/engine-fixture.ts';
import { type MemoryLinkOptions, memoryLink } from '../../support/memory-network.ts';
import { full } from './exchange-fixture.ts';

type Pair = { a: EngineFixture; b: EngineFixture; calm(): Promise<void> };

function connect(a: EngineFixture, b: EngineFixture, rights: Partial<MemoryLinkOptions> = {}): void {
  const [asA, asB] = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA, ...rights }));
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
}

async function pair(
  options: { a?: FixtureOptions; b?: FixtureOptions; rights?: Partial<MemoryLinkOptions> } = {},
): Promise<Pair> {
  const a = await createEngineFixture({ seed: 1, ...options.a });
  const b = await createEngineFixture({ seed: 2, ...options.b });
  const calm = async () => {
    for (let round = 0; round < 6; round++) {
      await a.clock.advance(500);
      await b.clock.advance(500);
    }
  };
  connect(a, b, options.rights);
  await calm();
  return { a, b, calm };
}

const write = ({ disk }: EngineFixture, path: string, text: string) =>
  disk.agentWrite(path, new TextEncoder().encode(text), 'rename').finish();

const story = ({ engine }: EngineFixture) =>
  engine.log.changes({ limit: 100 }).map((change) => `${change.kind} ${change.path} ${change.agent}`);

describe('two replicas', () => {
  test('a file written on one is on the other, and its removal too', async () => {
    const { a, b, calm } = await pair();
    await a.save('AGENTS.md', 'one\n');
    await calm();
    expect(b.text('AGENTS.md')).toBe('one\n');
    await b.save('AGENTS.md', 'two\n');
    await calm();
    expect(a.text('AGENTS.md')).toBe('two\n');
    a.disk.agentDelete('AGENTS.md');
    await calm();
    expect(b.text('AGENTS.md')).toBeUndefined();
    expect(story(a)).toEqual(story(b));
    expect(story(a)).toEqual([
      'deleted AGENTS.md unknown',
      'modified AGENTS.md unknown',
      'created AGENTS.md unknown',
    ]);
  });

  test('a file is written later when nobody can say at first whether git is in the middle of something', async () => {
    let breaks = 0;
    const isInTheMiddle = async () => {
      if (breaks-- > 0) throw new ProblemError(full);
      return false;
    };
    const { a, b, calm } = await pair({ b: { git: { isInTheMiddle } } });
    breaks = 1;
    await a.save('AGENTS.md', 'one\n');
    await calm();
    await calm();
    expect([b.text('AGENTS.md'), breaks < 1]).toEqual(['one\n', true]);
  });

  test('clones that begin with the same bytes are one version, and an edit goes forward', async () => {
    const files = { 'AGENTS.md': 'same\n' };
    const { a, b, calm } = await pair({ a: { files }, b: { files } });
    await a.save('AGENTS.md', 'same\nmore\n');
    await calm();
    expect(b.text('AGENTS.md')).toBe('same\nmore\n');
    expect(b.engine.conflicts('open')).toEqual([]);
  });

  test('what both add while apart both have, once', async () => {
    const { a, b, calm } = await pair();
    await a.save('HANDOFF.md', 'first\n');
    await calm();
    write(a, 'HANDOFF.md', 'first\nfrom a\n');
    write(b, 'HANDOFF.md', 'first\nfrom b\n');
    await calm();
    expect(a.text('HANDOFF.md')).toBe(b.text('HANDOFF.md'));
    expect(a.text('HANDOFF.md')?.split('\n').toSorted()).toEqual(['', 'first', 'from a', 'from b']);
    expect(a.engine.conflicts('open')).toEqual([]);
  });

  test('what cannot be merged is kept whole on both, and the other version is in both inboxes', async () => {
    const { a, b, calm } = await pair();
    await a.save('ROADMAP.md', 'x\n');
    await calm();
    write(a, 'ROADMAP.md', 'aaa\n');
    write(b, 'ROADMAP.md', 'bbb\n');
    await calm();
    expect(a.text('ROADMAP.md')).toBe(b.text('ROADMAP.md'));
    expect(a.engine.conflicts('open')).toMatchObject([{ path: 'ROADMAP.md' }]);
    const [conflict] = a.engine.conflicts('open');
    expect(b.engine.conflicts('open').map((it) => it.loser)).toEqual([conflict?.loser]);
    const resolved = a.engine.resolveConflict({
      path: 'ROADMAP.md',
      loser: conflict?.loser ?? '',
      resolution: { how: 'take' },
      agent: 'human',
    });
    await calm();
    expect(await resolved).toMatchObject({ ok: true });
    expect(a.text('ROADMAP.md')).toBe(b.text('ROADMAP.md'));
    expect(b.engine.conflicts('open')).toEqual([]);
    expect(b.engine.conflicts('all')).toMatchObject([{ state: 'resolved' }]);
  });

  test('a deletion gives way to an edit', async () => {
    const { a, b, calm } = await pair();
    await a.save('ROADMAP.md', 'x\n');
    await calm();
    a.disk.agentDelete('ROADMAP.md');
    write(b, 'ROADMAP.md', 'x\nstill needed\n');
    await calm();
    expect(a.text('ROADMAP.md')).toBe('x\nstill needed\n');
    expect(b.text('ROADMAP.md')).toBe('x\nstill needed\n');
  });

  test('whoever writes a file anew that came and went elsewhere stands on its removal', async () => {
    const { a, b, calm } = await pair();
    b.engine.replication.removePeer('a');
    a.engine.replication.removePeer('b');
    await a.save('ROADMAP.md', 'x\n');
    a.disk.agentDelete('ROADMAP.md');
    await calm();
    connect(a, b);
    await calm();
    await b.save('ROADMAP.md', 'anew\n');
    await calm();
    expect(a.text('ROADMAP.md')).toBe('anew\n');
    const [newest, removal] = b.engine.log.changes({ limit: 2 });
    expect(removal).toMatchObject({ kind: 'deleted' });
    expect(newest?.parents).toEqual([removal?.stamp]);
  });

  test('a file that was not tracked here comes once it is', async () => {
    const files = { 'skein.json': '{ "ignore": ["ROADMAP.md"] }' };
    const { a, b, calm } = await pair({ b: { files } });
    await a.save('ROADMAP.md', 'x\n');
    await calm();
    expect(b.text('ROADMAP.md')).toBeUndefined();
    const changed = b.engine.changeSettings({ ignore: null });
    await calm();
    expect(await changed).toMatchObject({ ok: true });
    expect(b.text('ROADMAP.md')).toBe('x\n');
  });

  test('news that change no file go on to the others as well', async () => {
    const { a, b, calm } = await pair();
    const c = await createEngineFixture({ seed: 3 });
    b.engine.replication.addPeer(
      memoryLink(() => c.engine, { id: 'c', name: 'C', from: { id: 'b', name: 'B' } }),
    );
    const allCalm = async () => {
      await calm();
      await c.clock.advance(1_000);
      await calm();
    };
    await a.save('ROADMAP.md', 'x\n');
    await allCalm();
    write(a, 'ROADMAP.md', 'aaa\n');
    write(b, 'ROADMAP.md', 'bbb\n');
    await allCalm();
    const [conflict] = a.engine.conflicts('open');
    void a.engine.resolveConflict({
      path: 'ROADMAP.md',
      loser: conflict?.loser ?? '',
      resolution: { how: 'keep' },
      agent: 'human',
    });
    await allCalm();
    expect(c.engine.conflicts('all')).toMatchObject([{ state: 'dismissed' }]);
  });

  test('what a peer took by itself is told, so that whoever shows it asks again', async () => {
    const a = await createEngineFixture({ seed: 1 });
    const b = { id: 'b', name: 'B', from: { id: 'a', name: 'A' } };
    a.engine.replication.addPeer(memoryLink(() => undefined, b));
    await a.save('ROADMAP.md', 'x\n');
    const ahead = () => a.engine.replication.peers()[0]?.ahead;
    expect(ahead()).toBe(1);
    const told: unknown[] = [];
    a.engine.on('peers', () => told.push(ahead()));
    a.engine.replication.peerSide.changes({}, 10, { read: true, write: true, trusted: true }, b);
    expect(told).toEqual([0]);
  });

  test('instructions of a stranger wait for approval; what one writes meanwhile counts', async () => {
    const rights = {
      rights: { read: true, write: true, trusted: false },
      rightsThere: { read: true, write: true, trusted: true },
    };
    const a = await createEngineFixture({ seed: 1 });
    const b = await createEngineFixture({ seed: 2 });
    const calm = async () => {
      for (let round = 0; round < 6; round++) {
        await a.clock.advance(500);
        await b.clock.advance(500);
      }
    };
    a.engine.replication.addPeer(
      memoryLink(() => b.engine, { id: 'b', name: 'B', from: { id: 'a', name: 'A' }, ...rights }),
    );
    await calm();
    await b.save('AGENTS.md', 'do harm\n');
    await b.save('HANDOFF.md', 'a note\n');
    await calm();
    await a.engine.replication.syncAll();
    await calm();
    expect(a.text('HANDOFF.md')).toBe('a note\n');
    expect(a.text('AGENTS.md')).toBeUndefined();
    expect(a.engine.heldChanges()).toMatchObject([{ path: 'AGENTS.md' }]);
    const decided = a.engine.decideHeld([a.engine.heldChanges()[0]?.stamp ?? ''], 'approve');
    await calm();
    expect(await decided).toMatchObject({ ok: true });
    expect(a.text('AGENTS.md')).toBe('do harm\n');
  });
});

test('files of a page that others follow wait for them, but not for ever', async () => {
  const { a, b, calm } = await pair();
  const paths = Array.from({ length: 4 }, (_, index) => `memory-bank/${index}.md`);
  for (const path of paths) await a.save(path, `${path}\n`);
  const c = await createEngineFixture({ seed: 3 });
  const whole = memoryLink(() => a.engine, { id: 'a', name: 'A', from: { id: 'c', name: 'C' } });
  let pages = 0;
  // It answers two questions, each with one change, and then falls silent.
  const slow = {
    ...whole,
    changes: async (since: string) => {
      pages += 1;
      return pages > 2 ? new Promise<never>(() => {}) : whole.changes(since, 1);
    },
  };
  c.engine.replication.addPeer(slow);
  await c.clock.advance(0);
  expect(pages).toBe(3);
  expect(c.engine.log.changes({ limit: 10 })).toHaveLength(2);
  expect(paths.map(c.text)).toEqual([undefined, undefined, undefined, undefined]);
  await c.clock.advance(5_000);
  expect(paths.map(c.text)).toEqual([`${paths[0]}\n`, `${paths[1]}\n`, undefined, undefined]);
  c.engine.replication.removePeer('a');
  c.engine.replication.addPeer({ ...whole, changes: (since) => whole.changes(since, 1) });
  await c.clock.advance(0);
  expect(paths.map(c.text)).toEqual(paths.map((path) => `${path}\n`));
  await calm();
  expect(paths.map(b.text)).toEqual(paths.map((path) => `${path}\n`));
});

test('a file whose disk filled up when its rows were taken is brought forward once there is room', async () => {
  const { a, b, calm } = await pair();
  await b.engine.stop();
  const { sql } = b;
  const isBegun = sql.prepare("SELECT 1 FROM own_writes WHERE path = 'AGENTS.md'");
  let hasRoom = false;
  b.replaceDatabase(
    createFullDiskSql(
      sql,
      () => !hasRoom && isBegun.get() !== undefined,
      () => undefined,
    ),
  );
  await b.startEngine();
  connect(a, b);
  await a.save('AGENTS.md', 'one\n');
  await calm();
  expect(b.text('AGENTS.md')).toBeUndefined();
  hasRoom = true;
  await b.clock.advance(60_000);
  expect(b.text('AGENTS.md')).toBe('one\n');
});

test('what is merged here stands for the same merge of others whose bytes never came', async () => {
  const { a, calm } = await pair({
    a: { files: { 'HANDOFF.md': '# Journal\n\n- one\n\n- from a\n' } },
    b: { files: { 'HANDOFF.md': '# Journal\n\n- from b\n\n- one\n' } },
  });
  await calm();
  const c = await createEngineFixture({ seed: 3 });
  const whole = memoryLink(() => a.engine, { id: 'a', name: 'A', from: { id: 'c', name: 'C' } });
  const withoutMerges: typeof whole = {
    ...whole,
    async changes(since, limit) {
      const page = await whole.changes(since, limit);
      if (!page.ok) return page;
      const changes = page.value.changes.map((row) =>
        'joins' in row && row.joins === 'merge' ? { ...row, body: undefined } : row,
      );
      return { ok: true, value: { ...page.value, changes: changes as typeof page.value.changes } };
    },
    contents: async () => ({ ok: true, value: { contents: [] } }),
  };
  c.engine.replication.addPeer(withoutMerges);
  await c.clock.advance(10_000);
  expect(c.text('HANDOFF.md')).toBe(a.text('HANDOFF.md'));
  const heads = c.sql.prepare<{ stamp: string }>('SELECT stamp FROM heads ORDER BY stamp').all();
  expect(heads.length).toBeGreaterThan(1);
  expect(c.sql.prepare('SELECT head FROM files').all()).toEqual([
    { head: heads.map(({ stamp }) => stamp).join(',') },
  ]);
});
