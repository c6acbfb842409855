/** What a peer sends goes into the log whole and in order, or not at all; what is wrong with one row harms no other. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { forkNode } from '../../../electron/engine/log/fork.ts';
import { type FileRow, type Row, rowShape } from '../../../shared/contracts/peer-protocol.ts';
import type { Evidence } from '../../../shared/domain/change.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { formatVector, parseVector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { toBytes } from '../core-fixture.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const node = 'ab'.repeat(8);
const hashOf = (text: string): string => nodeCodec.sha256(toBytes(text));

function rowOf(log: LogFixture, sequence: number, more: Partial<FileRow> = {}): FileRow {
  const text = `text ${sequence}`;
  return {
    node,
    sequence,
    hlc: formatStamp({ millis: log.clock.nowMs(), counter: sequence, node }),
    kind: 'created',
    path: `${sequence}.md`,
    class: 'note',
    content: hashOf(text),
    size: text.length,
    previous: null,
    parents: [],
    evidence: [{ agent: 'codex-local', source: 'rule', detail: '', at: 0 }],
    body: { packing: 'plain', data: text },
    ...more,
  };
}

/** A log that takes one row. */
function takeOne(make: (log: LogFixture) => Row): { log: LogFixture; taken: ReturnType<LogFixture['take']> } {
  const log = createLogFixture(1);
  return { log, taken: log.take([make(log)]) };
}

describe('a page', () => {
  test('goes into the log with its contents, and moves heads and vector', () => {
    const { log, taken } = takeOne((it) => rowOf(it, 1));
    expect(taken).toMatchObject({ rows: 1, paths: ['1.md'], missing: [], problems: [] });
    expect(log.vector()).toEqual({ [node]: 1 });
    expect(log.heads.of('1.md')).toHaveLength(1);
    expect(log.text(hashOf('text 1'))).toBe('text 1');
  });

  test('that came before changes nothing', () => {
    const log = createLogFixture(1);
    const rows = [rowOf(log, 1), rowOf(log, 2)];
    log.take(rows);
    const before = log.rows();
    expect(log.take(rows)).toMatchObject({ rows: 0, paths: [], problems: [] });
    expect(log.rows()).toEqual(before);
  });

  test('that overlaps what is here brings the rest', () => {
    const log = createLogFixture(1);
    log.take([rowOf(log, 1)]);
    expect(log.take([rowOf(log, 1), rowOf(log, 2)])).toMatchObject({ rows: 1, paths: ['2.md'] });
  });

  test('that breaks in its middle leaves nothing', () => {
    const log = createLogFixture(1);
    const broken = { ...rowOf(log, 2), class: null } as unknown as Row;
    log.sql.exec(
      "CREATE TRIGGER broken BEFORE INSERT ON log WHEN new.sequence = 2 BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    expect(() => log.take([rowOf(log, 1), broken])).toThrow();
    expect(log.vector()).toEqual({});
    expect(log.heads.of('1.md')).toEqual([]);
  });
});

describe('a row that may not be taken now', () => {
  const stampAt = (log: LogFixture, aheadMs: number) =>
    formatStamp({ millis: log.clock.nowMs() + aheadMs, counter: 1, node });

  test.each<[string, string, (log: LogFixture) => Partial<FileRow>]>([
    ['a gap before it', 'sequence-gap', () => ({ sequence: 2 })],
    ['a parent that is not here', 'sequence-gap', () => ({ parents: ['0'.repeat(32)] })],
    ['itself as its parent', 'sequence-gap', (log) => ({ parents: [rowOf(log, 1).hlc] })],
    [
      'the stamp of another node',
      'bad-input',
      (log) => ({ hlc: `${rowOf(log, 1).hlc.slice(0, 16)}${'0'.repeat(16)}` }),
    ],
    [
      'a stamp far ahead of our clock',
      'clock-wrong',
      (log) => ({ hlc: stampAt(log, limits.clockAheadMs + 1) }),
    ],
    [
      'a parent that is another file',
      'bad-input',
      (log) => ({ parents: [log.write('other.md', 'x').stamp], hlc: stampAt(log, 1) }),
    ],
    [
      'a parent that is younger',
      'bad-input',
      (log) => ({ path: 'a.md', parents: [log.write('a.md', 'x').stamp], hlc: stampAt(log, -1) }),
    ],
  ])('has %s: it keeps its node waiting and nobody else', (_, code, more) => {
    const log = createLogFixture(1);
    const other = createLogFixture(2, log.clock);
    other.write('good.md', 'good');
    const taken = log.take([rowOf(log, 1, more(log)), ...other.page({}).changes]);
    expect(taken.problems).toMatchObject([{ code, subject: node }]);
    expect(taken.paths).toEqual(['good.md']);
    expect(log.vector()[node]).toBeUndefined();
  });

  test('is a little ahead of our clock, and is taken', () => {
    expect(
      takeOne((log) => rowOf(log, 1, { hlc: stampAt(log, limits.clockAheadMs) })).taken.problems,
    ).toEqual([]);
  });

  test('is older than the one before it', () => {
    const log = createLogFixture(1);
    log.take([rowOf(log, 1)]);
    expect(log.take([rowOf(log, 2, { hlc: stampAt(log, -5) })]).problems).toMatchObject([
      { code: 'bad-input' },
    ]);
  });

  test('has the place of another: two devices have one id', () => {
    const log = createLogFixture(1);
    log.take([rowOf(log, 1)]);
    expect(log.take([rowOf(log, 1, { hlc: stampAt(log, 7) })]).problems).toMatchObject([
      { code: 'node-twice' },
    ]);
  });
});

test('rows of more nodes than a vector may name are refused, and those of known nodes are taken', () => {
  const log = createLogFixture(1);
  const rowFrom = (number: number, sequence = 1): Row => {
    const of = number.toString(16).padStart(16, '0');
    const hlc = formatStamp({ millis: log.clock.nowMs(), counter: sequence, node: of });
    return { node: of, sequence, hlc, kind: 'hidden', refused: true };
  };
  const atMost = limits.vectorNodes - limits.vectorNodesKept;
  const taken = log.take(Array.from({ length: atMost + 2 }, (_, number) => rowFrom(number)));
  expect(taken).toMatchObject({ rows: atMost });
  expect(taken.problems.map(({ code }) => code)).toEqual(['too-large', 'too-large']);
  expect(log.take([rowFrom(0, 2)])).toMatchObject({ rows: 1, problems: [] });
  log.write('a.md', 'ours goes on');
  expect(parseVector(formatVector(log.vector()))).toEqual({ ok: true, value: log.vector() });
});

test('a peer that makes up runs at every page does not bring the vector over what others read', () => {
  const log = createLogFixture(1);
  const count = (): number => Object.keys(log.vector()).length;
  const nodes = Array.from({ length: limits.vectorNodes - limits.vectorNodesKept - 1 }, (_, number) =>
    (number + 1).toString(16).padStart(16, '0'),
  );
  const filler = nodes.map((of): Row => {
    const hlc = formatStamp({ millis: log.clock.nowMs(), counter: 1, node: of });
    return { node: of, sequence: 1, hlc, kind: 'hidden', refused: true };
  });
  log.take(filler);
  for (let page = 0; page < limits.vectorNodesKept + 10; page++) {
    log.write('a.md', `ours ${page}`);
    log.take([], { ends: [], vector: { [log.node()]: 1_000_000 } });
  }
  for (const { node: of } of filler.slice(0, 10)) {
    const hlc = formatStamp({ millis: log.clock.nowMs(), counter: 0, node: of });
    log.take([{ node: of, sequence: 1, hlc, kind: 'hidden', refused: true }]);
    log.write('a.md', `ours after ${of}`);
  }
  expect(count()).toBeGreaterThan(limits.vectorNodes - limits.vectorNodesKept);
  expect(parseVector(formatVector(log.vector()))).toEqual({ ok: true, value: log.vector() });
});

describe('rows of our own that we do not have', () => {
  test('tell that this log is a copy: it takes another id, and them as another node’s', () => {
    const log = createLogFixture(1);
    const former = log.node();
    log.write('a.md', 'one');
    const later = formatStamp({ millis: log.clock.nowMs() + 5, counter: 0, node: former });
    const taken = log.take([{ ...rowOf(log, 2, { node: former, hlc: later }) }]);
    expect(taken).toMatchObject({ rows: 1, problems: [] });
    expect(log.node()).not.toBe(former);
    const own = log.write('b.md', 'two');
    expect(own).toMatchObject({ node: log.node(), sequence: 1 });
    expect(own.stamp > later).toBe(true);
    expect(log.vector()).toEqual({ [former]: 2, [log.node()]: 1 });
  });

  test('that are refused change nothing', () => {
    const log = createLogFixture(1);
    const former = log.node();
    log.take([rowOf(log, 7, { node: former })]);
    expect(log.node()).toBe(former);
  });
});

describe('two runs under one node id', () => {
  /** Logs that hold the same first row of a node, and then each its own. */
  function parted(aheadMs = 7) {
    const [log, other] = [createLogFixture(1), createLogFixture(2)];
    const first = rowOf(log, 1);
    const second = (it: LogFixture, ms: number, name: string): FileRow =>
      rowOf(it, 2, {
        path: `${name}.md`,
        hlc: formatStamp({ millis: it.clock.nowMs() + ms, counter: 2, node }),
      });
    const [early, late] = [second(log, 0, 'early'), second(log, aheadMs, 'late')];
    other.take([first, early]);
    return { log, other, first, early, late };
  }
  const endAt = (row: Row) => ({ node: row.node, sequence: row.sequence, hlc: row.hlc });

  test('part where both still agree: ours moves when it began later, and both stay', () => {
    const { log, first, early, late } = parted();
    log.take([first, late]);
    const former = log.node();
    const taken = log.take([early], { ends: [endAt(first)], vector: { [node]: 2 } });
    expect(taken).toMatchObject({ rows: 1, paths: ['early.md'], problems: [], parted: [] });
    const moved = forkNode(nodeCodec, late.hlc);
    expect(log.vector()).toEqual({ [node]: 2, [moved]: 1 });
    expect(log.heads.of('late.md')).toEqual([late.hlc]);
    expect(log.node()).not.toBe(former);
  });

  test('part where both still agree: ours stays when it began earlier, and nothing is taken', () => {
    const { log, first, early, late } = parted();
    log.take([first, early]);
    const taken = log.take([late], { ends: [endAt(first)], vector: { [node]: 2 } });
    expect(taken).toMatchObject({ rows: 0, problems: [{ code: 'node-twice' }], parted: [node] });
    expect(log.vector()).toEqual({ [node]: 2 });
  });

  test('are not told apart in their middle: nothing is taken until it is known where they part', () => {
    const { log, first, early, late } = parted();
    log.take([first, late]);
    const taken = log.take([rowOf(log, 3)], { ends: [endAt(early)], vector: { [node]: 3 } });
    expect(taken).toMatchObject({ rows: 0, problems: [{ code: 'node-twice' }], parted: [node] });
    expect(log.take([early])).toMatchObject({ rows: 0, parted: [node] });
  });

  test('a change that may not be taken moves nothing, whatever it says of its place', () => {
    const { log, first, late } = parted();
    log.take([first, late]);
    const [before, former] = [log.rows(), log.node()];
    const older = rowOf(log, 2, { hlc: formatStamp({ millis: 1, counter: 0, node }) });
    const taken = log.take([older], { ends: [endAt(first)], vector: { [node]: 2 } });
    expect(taken).toMatchObject({ rows: 0, problems: [{ code: 'bad-input' }] });
    expect(log.rows()).toEqual(before);
    expect(log.node()).toBe(former);
  });

  test('one that moved elsewhere comes under its new id', () => {
    const { log, other, first, early, late } = parted();
    log.take([first, late]);
    log.take([early], { ends: [endAt(first)], vector: {} });
    expect(other.take(log.page(other.vector()).changes)).toMatchObject({ rows: 1, problems: [] });
    expect(other.vector()).toEqual(log.vector());
  });

  test('one of them ours: we write under another id from now on', () => {
    const log = createLogFixture(1);
    const { stamp } = log.write('a.md', 'one');
    const former = log.node();
    log.take([], { ends: [{ node: former, sequence: 1, hlc: stamp }], vector: { [former]: 1 } });
    expect(log.node()).toBe(former);
    log.take([], { ends: [{ node: former, sequence: 1, hlc: `${'f'.repeat(16)}${former}` }], vector: {} });
    expect(log.node()).not.toBe(former);
  });

  test('more of ours than we have: we write under another id, once', () => {
    const log = createLogFixture(1);
    log.write('a.md', 'one');
    const former = log.node();
    log.take([], { ends: [], vector: { [former]: 2 } });
    const renewed = log.node();
    expect(renewed).not.toBe(former);
    log.take([], { ends: [], vector: { [former]: 2, [renewed]: 5 } });
    expect(log.node()).toBe(renewed);
  });
});

describe('contents', () => {
  test.each<[string, Partial<FileRow>]>([
    ['does not come along', { body: undefined } as unknown as Partial<FileRow>],
    ['is another than its hash says', { body: { packing: 'plain', data: 'text 2' } }],
    ['has another size than it says', { size: 5 }],
    ['is a delta on what is not here', { body: { packing: 'delta', base: 'a'.repeat(64), data: '' } }],
  ])('that %s is asked for', (_, more) => {
    const { log, taken } = takeOne((it) => rowOf(it, 1, more));
    expect(taken).toMatchObject({ rows: 1, missing: [hashOf('text 1')] });
    expect(log.contents.has(hashOf('text 1'))).toBe(false);
  });

  test('whose size one peer got wrong has its own size once it comes', () => {
    const log = createLogFixture(1);
    log.take([rowOf(log, 1, { size: 1 })]);
    log.write('b.md', 'text 1');
    expect(log.contents.facts(hashOf('text 1'))).toMatchObject({ size: 6 });
  });
});

describe('small bodies that unpack to the largest file', () => {
  const zeros = new Uint8Array(limits.trackedFileBytes);
  const body = { packing: 'zstd' as const, data: nodeCodec.toBase64(nodeCodec.compress(zeros)) };
  const most = Math.ceil(limits.messageUnpackedBytes / limits.trackedFileBytes);
  const pageOf = (log: LogFixture, count: number, contentAt: (index: number) => string): Row[] =>
    Array.from({ length: count }, (_, index) =>
      rowOf(log, index + 1, { content: contentAt(index), size: zeros.length, body }),
    );

  test('hold nothing up for long: the rest of the page waits, and comes when it is sent again', () => {
    const log = createLogFixture(1);
    const rows = pageOf(log, most + 10, (index) => hashOf(`something else ${index}`));
    expect(log.take(rows)).toMatchObject({ rows: most, cut: true, problems: [] });
    expect(log.take(rows)).toMatchObject({ rows: 10, cut: false });
  });

  test('are unpacked once where many changes have the same', () => {
    const log = createLogFixture(1);
    const hash = nodeCodec.sha256(zeros);
    const rows = pageOf(log, most + 10, () => hash);
    expect(log.take(rows)).toMatchObject({ rows: most + 10, cut: false, missing: [] });
    expect(log.contents.has(hash)).toBe(true);
  });
});

test.each([
  ['a deletion that brings a content', { kind: 'deleted' as const }],
  ['an edit that brings none', { kind: 'modified' as const, content: null, body: undefined }],
])('%s keeps its place, and what it says is refused: people approve by what it calls itself', (_, more) => {
  const { log, taken } = takeOne((it) => rowOf(it, 1, more));
  expect(taken).toMatchObject({ rows: 1, paths: [], missing: [], problems: [{ code: 'bad-input' }] });
  expect(log.rows()).toMatchObject([{ kind: 'hidden', path: null }]);
});

describe('a hostile path', () => {
  const hostile = [
    '../a.md',
    '/etc/passwd',
    'C:/a.md',
    '.git/config',
    '.GIT/hooks/x',
    'a\\b.md',
    'nul',
    'a.md\u0000',
    'a//b.md',
    'e\u0301.md',
    '',
    'a.md ',
  ];

  test.each(hostile)('%j keeps its place, and what it says is refused', (path) => {
    const { log, taken } = takeOne((it) => rowOf(it, 1, { path }));
    expect(taken).toMatchObject({ rows: 1, paths: [], missing: [] });
    expect(taken.problems).toHaveLength(1);
    expect(log.rows()).toMatchObject([{ kind: 'hidden', path: null }]);
    expect(log.contents.has(hashOf('text 1'))).toBe(false);
  });

  test('in a record is refused as one of a change', () => {
    const place = (log: LogFixture) => ({ node, sequence: 1, hlc: rowOf(log, 1).hlc });
    const payload = { path: '../a.md', winner: '0'.repeat(32), loser: '1'.repeat(32), base: null };
    const { log, taken } = takeOne((it) => ({ ...place(it), kind: 'conflict', payload }));
    expect(taken.problems).toMatchObject([{ code: 'hostile-path' }]);
    expect(log.rows()).toMatchObject([{ kind: 'hidden' }]);
    expect(log.sql.prepare('SELECT * FROM conflicts').all()).toEqual([]);
  });

  test('is refused by whoever gets it from us, too, without having seen it', () => {
    const { log } = takeOne((it) => rowOf(it, 1, { path: '../a.md' }));
    log.take([rowOf(log, 2)]);
    const other = createLogFixture(2, log.clock);
    expect(other.take(log.page({}).changes)).toMatchObject({ rows: 2, problems: [] });
    expect(other.vector()).toEqual(log.vector());
  });
});

/** Anything that passes the shape, near enough to what is here to get far. */
const strangeRows = (log: LogFixture): fc.Arbitrary<Row> => {
  const known = log.rows();
  const stamps = fc.oneof(
    fc.constantFrom(...known.map(({ stamp }) => stamp)),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc
      .integer({ min: 0, max: 20 })
      .map((counter) => formatStamp({ millis: log.clock.nowMs(), counter, node })),
  );
  const place = {
    node: fc.constantFrom(node, log.node(), '0'.repeat(16)),
    sequence: fc.integer({ min: 1, max: 5 }),
    hlc: stamps,
  };
  const hash = fc.oneof(fc.constant(hashOf('text 1')), fc.stringMatching(/^[0-9a-f]{64}$/));
  const body = fc.record({
    packing: fc.constantFrom('plain' as const, 'zstd' as const, 'delta' as const),
    data: fc.string({ maxLength: 50 }),
    base: hash,
  });
  const paths = fc.oneof(fc.constantFrom('a.md', '1.md', '../a.md', '.git/a'), fc.string({ maxLength: 20 }));
  const file = fc.record({
    ...place,
    kind: fc.constantFrom('created' as const, 'modified' as const, 'deleted' as const),
    path: paths,
    class: fc.constantFrom('note' as const, 'instructions' as const),
    content: fc.option(hash, { nil: null }),
    size: fc.integer({ min: 0, max: 100 }),
    previous: fc.option(hash, { nil: null }),
    parents: fc.array(stamps, { maxLength: 3 }),
    evidence: fc.constant<Evidence[]>([{ agent: 'x', source: 'none' as const, detail: '', at: 0 }]),
    body,
  });
  const records = fc.oneof(
    fc.record({ ...place, kind: fc.constant('hidden' as const) }),
    fc.record({
      ...place,
      kind: fc.constant('withdrawn' as const),
      payload: fc.record({ consolidation: stamps }),
    }),
    fc.record({
      ...place,
      kind: fc.constant('conflict' as const),
      payload: fc.record({
        path: paths,
        winner: stamps,
        loser: stamps,
        base: fc.option(hash, { nil: null }),
      }),
    }),
    fc.record({
      ...place,
      kind: fc.constant('resolved' as const),
      payload: fc.record({
        path: paths,
        loser: stamps,
        state: fc.constantFrom('resolved' as const, 'open' as const),
      }),
    }),
  );
  return fc.oneof(file, records);
};

test('whatever a peer sends, the log keeps its sequences without a gap, its parents, and its children younger', () => {
  const log = createLogFixture(1);
  log.write('a.md', 'one');
  log.take([rowOf(log, 1)]);
  fc.assert(
    fc.property(fc.array(strangeRows(log), { maxLength: 8 }), (rows) => {
      for (const row of rows) expect(rowShape.safeParse(row).success).toBe(true);
      log.take(rows);
      const held = new Map<string, number>();
      const seen = new Map<string, string | null>();
      const all = log.sql
        .prepare<{ node: string; sequence: number; stamp: string; parents: string; path: string | null }>(
          'SELECT node, sequence, stamp, parents, path FROM log ORDER BY position',
        )
        .all();
      for (const row of all) {
        expect(row.sequence).toBe((held.get(row.node) ?? 0) + 1);
        held.set(row.node, row.sequence);
        for (const parent of row.parents.split(',').filter((it) => it !== '')) {
          expect(seen.has(parent)).toBe(true);
          expect(parent < row.stamp).toBe(true);
        }
        seen.set(row.stamp, row.path);
        expect(row.path ?? 'a.md').not.toMatch(/^(?:\.\.|\.git)/);
      }
    }),
    { numRuns: 60 },
  );
});

test('a content that came along with a row that must wait serves the other rows that have it', () => {
  const log = createLogFixture(1);
  const other = 'cd'.repeat(8);
  const tooEarly = rowOf(log, 2);
  const { body, ...bare } = rowOf(log, 1, {
    node: other,
    hlc: formatStamp({ millis: log.clock.nowMs(), counter: 1, node: other }),
    path: 'other.md',
    content: tooEarly.content,
    size: tooEarly.size,
  });
  expect(log.take([tooEarly, bare])).toMatchObject({ rows: 1, missing: [] });
  expect(log.text(hashOf('text 2'))).toBe('text 2');
});
