/** A replica that may read only some files, until it may read more: then it holds what was hidden from it. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createAppender } from '../../../electron/engine/log/append.ts';
import { createContentStore } from '../../../electron/engine/log/content-store.ts';
import { nodeOf } from '../../../electron/engine/log/open-log.ts';
import { createRowTakers, hold, noContents } from '../../../electron/engine/log/take-row.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { createHiddenRows, isFurther } from '../../../electron/engine/replicate/hidden.ts';
import type { LinkRights } from '../../../electron/engine/replicate/link.ts';
import type { Places } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import {
  createEngineFixture,
  type EngineFixture,
  type FixtureOptions,
} from '../../support/engine-fixture.ts';
import { allRights, memoryLink } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createLogFixture } from './log-fixture.ts';

const journal = 'docs/passation_claude.md';
const long = Array.from({ length: 200 }, (_, line) => `- line ${line}`).join('\n');
const onlyDocs = (path: string): boolean => path.startsWith('docs/');

type Setup = {
  /** Who asks whom; each the other unless told otherwise. */
  asks?: 'a' | 'b' | 'both';
  a?: FixtureOptions;
  b?: FixtureOptions;
};

/** A lets B read only docs/, until `widen`. */
async function restrictedPair({ asks = 'both', ...options }: Setup = {}) {
  const a = await createEngineFixture({ seed: 1, ...options.a });
  const b = await createEngineFixture({ seed: 2, ...options.b });
  const rights: LinkRights = { ...allRights, mayRead: onlyDocs, scope: 1 };
  const questions: Places[] = [];
  const [asA, asB] = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  const toA = memoryLink(() => (asks === 'a' ? undefined : a.engine), {
    ...asA,
    from: asB,
    rightsThere: rights,
  });
  const toB = memoryLink(() => (asks === 'b' ? undefined : b.engine), { ...asB, from: asA, rights });
  a.engine.replication.addPeer(toB);
  b.engine.replication.addPeer({
    ...toA,
    hidden(places) {
      questions.push(places);
      return toA.hidden(places);
    },
  });
  /** As long as it takes until each has asked the other once more. */
  const calm = async () => {
    for (let round = 0; round < 40; round++) for (const { clock } of [a, b]) await clock.advance(2_000);
  };
  const widen = async (mayRead?: (path: string) => boolean) => {
    rights.mayRead = mayRead;
    rights.scope = (rights.scope ?? 0) + 1;
    a.engine.replication.wake();
    await calm();
  };
  await calm();
  return { a, b, rights, questions, calm, widen };
}

const rowsOf = ({ sql }: EngineFixture) =>
  sql
    .prepare<object>(
      `SELECT l.stamp, l.node, l.sequence, l.kind, l.path, c.hash, l.parents, c.packed IS NULL AS away,
         (SELECT k.stamp FROM log k WHERE k.position = l.consolidation) AS folded
       FROM log l LEFT JOIN content c ON c.id = l.content ORDER BY l.stamp`,
    )
    .all();
const headsOf = ({ sql }: EngineFixture) =>
  sql.prepare('SELECT path, stamp FROM heads ORDER BY path, stamp').all();
const countHidden = ({ sql }: EngineFixture) =>
  sql.prepare<{ n: number }>("SELECT count(*) AS n FROM log WHERE kind = 'hidden'").get()?.n;

describe.each(['both', 'a', 'b'] as const)('when %s can ask the other', (asks) => {
  test('what was hidden is there once it may be read: rows, contents, files, and what comes after', async () => {
    const { a, b, calm, widen } = await restrictedPair({ asks });
    await a.save('ROADMAP.md', long);
    await a.save(journal, 'one\n');
    await a.save('ROADMAP.md', `${long}\n- more`);
    await a.save('HANDOFF.md', 'gone\n');
    a.disk.agentDelete('HANDOFF.md');
    await calm();
    expect(b.text(journal)).toBe('one\n');
    expect(b.text('ROADMAP.md')).toBeUndefined();
    expect(countHidden(b)).toBeGreaterThanOrEqual(4);
    await widen();
    expect(b.text('ROADMAP.md')).toBe(`${long}\n- more`);
    expect(b.text('HANDOFF.md')).toBeUndefined();
    expect(countHidden(b)).toBe(0);
    expect(rowsOf(b)).toEqual(rowsOf(a));
    expect(headsOf(b)).toEqual(headsOf(a));
    await a.save('ROADMAP.md', 'anew\n');
    await calm();
    expect(b.text('ROADMAP.md')).toBe('anew\n');
  });

  test('what both wrote meanwhile is merged, and both agree', async () => {
    const { a, b, calm, widen } = await restrictedPair({ asks });
    await a.save('HANDOFF.md', '# Journal\n\n- of A\n');
    await calm();
    await b.save('HANDOFF.md', '# Journal\n\n- of B\n');
    await calm();
    expect(b.text('HANDOFF.md')).not.toContain('of A');
    await widen();
    expect(b.text('HANDOFF.md')).toContain('of A');
    expect(b.text('HANDOFF.md')).toContain('of B');
    expect(b.text('HANDOFF.md')).toBe(a.text('HANDOFF.md'));
    expect(rowsOf(b)).toEqual(rowsOf(a));
    expect(headsOf(b)).toEqual(headsOf(a));
  });
});

test('what is hidden still is asked for once, and again only when more may be read', async () => {
  const { a, b, questions, calm, widen } = await restrictedPair();
  await a.save('ROADMAP.md', 'x\n');
  await a.save('HANDOFF.md', 'y\n');
  await calm();
  await a.save('ROADMAP.md', 'xx\n');
  await calm();
  expect(questions).toEqual([]);
  await widen((path) => onlyDocs(path) || path === 'HANDOFF.md');
  expect(b.text('HANDOFF.md')).toBe('y\n');
  expect(b.text('ROADMAP.md')).toBeUndefined();
  await a.save('ROADMAP.md', 'xxx\n');
  await calm();
  expect(questions.length).toBeLessThanOrEqual(1);
  await widen();
  expect(b.text('ROADMAP.md')).toBe('xxx\n');
  expect(rowsOf(b)).toEqual(rowsOf(a));
});

test('a replica that was stopped when more could be read asks when it is there again', async () => {
  const { a, b, rights, calm } = await restrictedPair({ asks: 'b' });
  await a.save('ROADMAP.md', 'x\n');
  await calm();
  b.engine.replication.suspend('a');
  Object.assign(rights, { mayRead: undefined, scope: 2 });
  b.engine.replication.addPeer(
    memoryLink(() => a.engine, {
      id: 'a',
      name: 'A',
      from: { id: 'b', name: 'B' },
      rightsThere: rights,
    }),
  );
  await calm();
  expect(b.text('ROADMAP.md')).toBe('x\n');
});

test('instructions that were hidden wait for approval like any others', async () => {
  const { a, b, calm, rights } = await restrictedPair({ asks: 'a' });
  await a.save('AGENTS.md', 'do harm\n');
  await calm();
  Object.assign(rights, { trusted: false, mayRead: undefined, scope: 2 });
  b.engine.replication.addPeer(
    memoryLink(() => a.engine, {
      id: 'a',
      name: 'A',
      from: { id: 'b', name: 'B' },
      rights: { ...allRights, trusted: false },
      rightsThere: rights,
    }),
  );
  await calm();
  expect(b.text('AGENTS.md')).toBeUndefined();
  expect(b.engine.heldChanges()).toMatchObject([{ path: 'AGENTS.md' }]);
});

test('whoever gets changes only from a replica that some are hidden from gets the others, and those once they are known', async () => {
  const { a, b, calm, widen } = await restrictedPair();
  const c = await createEngineFixture({ seed: 3 });
  c.engine.replication.addPeer(
    memoryLink(() => b.engine, { id: 'b', name: 'B', from: { id: 'c', name: 'C' } }),
  );
  await a.save('ROADMAP.md', 'x\n');
  await a.save(journal, 'one\n');
  await calm();
  await c.clock.advance(120_000);
  expect([c.text('ROADMAP.md'), c.text(journal)]).toEqual([undefined, 'one\n']);
  await widen();
  await c.clock.advance(120_000);
  expect([c.text('ROADMAP.md'), c.text(journal)]).toEqual(['x\n', 'one\n']);
  expect(rowsOf(c)).toEqual(rowsOf(a));
});

test('whoever may read more at another replica gets it there', async () => {
  const { a, b, calm } = await restrictedPair();
  await a.save('ROADMAP.md', 'x\n');
  await calm();
  const c = await createEngineFixture({ seed: 3 });
  c.engine.replication.addPeer(
    memoryLink(() => a.engine, { id: 'a', name: 'A', from: { id: 'c', name: 'C' } }),
  );
  await c.clock.advance(120_000);
  expect(c.text('ROADMAP.md')).toBe('x\n');
  b.engine.replication.addPeer(
    memoryLink(() => c.engine, { id: 'c', name: 'C', from: { id: 'b', name: 'B' } }),
  );
  await calm();
  expect(b.text('ROADMAP.md')).toBe('x\n');
  expect(rowsOf(b)).toEqual(rowsOf(a));
});

describe('reports that were hidden', () => {
  const settings = '{"consolidation_threshold": 0, "consolidation_interval_minutes": 0}';
  const files = { 'skein.json': settings };
  const standing = ({ sql }: EngineFixture) =>
    sql
      .prepare(
        `SELECT l.stamp, k.changes FROM consolidations k JOIN log l ON l.position = k.position
         WHERE k.state <> 'undone' ORDER BY l.stamp`,
      )
      .all();

  test('and folded what the other side folded again, count, and both agree', async () => {
    const { a, b, calm, widen } = await restrictedPair({ a: { files }, b: { files } });
    await a.save('ROADMAP.md', 'x\n');
    await b.save(journal, 'one\n');
    await calm();
    void a.engine.consolidate();
    await calm();
    await b.save(journal, 'two\n');
    void b.engine.consolidate();
    await calm();
    expect(standing(b)).not.toEqual(standing(a));
    await widen();
    expect(standing(b)).toEqual(standing(a));
    expect(rowsOf(b)).toEqual(rowsOf(a));
    expect(b.text('SYNC_STATUS.md')).toBe(a.text('SYNC_STATUS.md'));
  });

  test('and were taken back stay so', async () => {
    const { a, b, calm, widen } = await restrictedPair({ a: { files }, b: { files } });
    await a.save('ROADMAP.md', 'x\n');
    const folded = a.engine.consolidate();
    await calm();
    const outcome = await folded;
    void a.engine.undoConsolidation(outcome.ok ? (outcome.value.consolidation?.stamp ?? '') : '');
    await calm();
    await widen();
    expect(standing(a)).toEqual([]);
    expect(standing(b)).toEqual([]);
    expect(rowsOf(b)).toEqual(rowsOf(a));
    expect(b.engine.log.pendingCount()).toBe(a.engine.log.pendingCount());
  });
});

test('activity counts what was hidden once it is known', async () => {
  const { a, b, calm, widen } = await restrictedPair();
  await a.save('ROADMAP.md', 'x\n');
  await calm();
  const count = ({ engine }: EngineFixture) =>
    engine.log.activity(0, Number.MAX_SAFE_INTEGER).reduce((sum, { changes }) => sum + changes, 0);
  expect(count(b)).toBe(0);
  await widen();
  expect(count(b)).toBe(count(a));
});

test('more than one question takes is asked for in several, and comes whole', async () => {
  const { a, b, calm, widen } = await restrictedPair();
  const { sql, clock } = a;
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock, random: createSeededRandom(9), contents }, () => nodeOf(sql));
  sql.transaction(() => {
    for (let index = 0; index < limits.pageRowsUsual + 200; index++)
      append.record('resolved', { path: 'ROADMAP.md', loser: '0'.repeat(32), state: 'dismissed' });
  });
  await a.save('ROADMAP.md', 'x\n');
  await calm();
  expect(countHidden(b)).toBeGreaterThan(limits.pageRowsUsual);
  await widen();
  expect(countHidden(b)).toBe(0);
  expect(rowsOf(b)).toEqual(rowsOf(a));
});

test('a question reads no more rows than it names, however many are hidden', () => {
  const { sql } = createLogFixture(1);
  const taker = createRowTakers(sql)();
  const nodes = ['1', '2', '3'].map((digit) => digit.repeat(16));
  sql.transaction(() => {
    for (const node of nodes)
      for (let sequence = 1; sequence <= limits.pageRowsUsual; sequence++) {
        const hlc = `${String(sequence).padStart(16, '0')}${node}`;
        taker.take({ node, sequence, hlc, kind: 'hidden' }, noContents, { via: 'a', held: hold.none });
      }
  });
  let read = 0;
  const counting: Sql = {
    ...sql,
    prepare(text) {
      const statement = sql.prepare(text);
      const all: typeof statement.all = (...values) => {
        const rows = statement.all(...values);
        read += rows.length;
        return rows as never;
      };
      return { ...statement, all } as never;
    },
  };
  const said = Object.fromEntries(nodes.map((node) => [node, limits.pageRowsUsual]));
  const places = createHiddenRows(counting).unasked({ said, shown: { [nodes[0] ?? '']: 10 } });
  expect(places).toEqual([
    { node: nodes[0], first: 11, last: limits.pageRowsUsual },
    { node: nodes[1], first: 1, last: 10 },
  ]);
  expect(read).toBeLessThanOrEqual(limits.pageRowsUsual + nodes.length);
});

test('what a page hid that was given under narrower rights is asked for under those of the next', async () => {
  const a = await createEngineFixture({ seed: 1 });
  const b = await createEngineFixture({ seed: 2 });
  await a.save('ROADMAP.md', 'x\n');
  const { sql, clock } = a;
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock, random: createSeededRandom(9), contents }, () => nodeOf(sql));
  sql.transaction(() => {
    for (let index = 0; index < limits.pageRowsUsual + 200; index++)
      append.record('resolved', { path: journal, loser: '0'.repeat(32), state: 'dismissed' });
  });
  const rights: LinkRights = { ...allRights, mayRead: onlyDocs, scope: 1 };
  const toA = memoryLink(() => a.engine, {
    id: 'a',
    name: 'A',
    from: { id: 'b', name: 'B' },
    rightsThere: rights,
  });
  let pages = 0;
  b.engine.replication.addPeer({
    ...toA,
    changes(since, limit) {
      pages += 1;
      // The second page is asked for while the first one is taken.
      if (pages === 2) Object.assign(rights, { mayRead: undefined, scope: 2 });
      return toA.changes(since, limit);
    },
  });
  for (let round = 0; round < 40; round++) for (const { clock } of [a, b]) await clock.advance(2_000);
  expect(pages).toBeGreaterThanOrEqual(2);
  expect(b.text('ROADMAP.md')).toBe('x\n');
  expect(countHidden(b)).toBe(0);
});

test.each([
  [
    'behind the end of the log',
    (node: string, asked: number) => [{ node, first: 1, last: 1_000_000 + asked }],
  ],
  ['one after another', (node: string, asked: number) => [{ node, first: asked, last: asked }]],
  [
    'of one node more',
    (node: string, asked: number) => [
      { node, first: 1, last: 1 },
      { node: 'f'.repeat(16), first: 1, last: asked },
    ],
  ],
])('whoever says after each answer that it lacks places %s ends the exchange', async (_, placesFor) => {
  const a = await createEngineFixture({ seed: 1 });
  await a.save('ROADMAP.md', 'x\n');
  for (let index = 0; index < 30; index++) await a.save('HANDOFF.md', `${index}\n`);
  let pushes = 0;
  a.engine.replication.addPeer({
    ...memoryLink(() => undefined, { id: 'b', name: 'B', from: { id: 'a', name: 'A' } }),
    rights: () => ({ ...allRights, scope: 1 }),
    async push() {
      pushes += 1;
      if (pushes > 100) a.engine.replication.stop();
      return {
        ok: true,
        value: {
          accepted: true,
          conflicts: [],
          new_watermark: '',
          vector: '0',
          problems: [],
          hidden: placesFor(nodeOf(a.sql), pushes),
        },
      };
    },
  });
  await a.engine.replication.syncWith('b', 'give');
  expect(pushes).toBeGreaterThan(1);
  const rows = a.sql.prepare<{ n: number }>('SELECT count(*) AS n FROM log').get()?.n ?? 0;
  expect(pushes).toBeLessThan(rows + 5);
});

test.each([
  ['further places', [{ node: 'a', first: 1, last: 9 }], [{ node: 'b', first: 1, last: 1 }], true],
  ['further in the same node', [{ node: 'a', first: 1, last: 9 }], [{ node: 'a', first: 2, last: 10 }], true],
  ['fewer places', [{ node: 'a', first: 1, last: 9 }], [{ node: 'a', first: 2, last: 9 }], true],
  ['the same', [{ node: 'a', first: 1, last: 9 }], [{ node: 'a', first: 1, last: 9 }], false],
  ['earlier places', [{ node: 'b', first: 1, last: 9 }], [{ node: 'a', first: 1, last: 99 }], false],
  ['nothing', [{ node: 'b', first: 1, last: 9 }], [], false],
])(
  'whoever asks for %s after its answer is followed only if that gets further',
  (_, asked, left, further) => {
    expect(isFurther(left, asked)).toBe(further);
  },
);
