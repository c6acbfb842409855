/** Pages of what a peer lacks: together they are everything exactly once, parents before children. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeApart } from '../../../electron/host/peers/bodies-apart.ts';
import { type Page, pageShape, type Row } from '../../../shared/contracts/peer-protocol.ts';
import { emptyVector, parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { carry } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

/** Asks as an exchange does: with what it holds by now, until nothing more comes. */
function readAll(
  log: LogFixture,
  limit: number,
  since: Vector = emptyVector,
): { pages: Page[]; rows: Row[] } {
  const held: Record<string, number> = { ...since };
  const pages: Page[] = [];
  for (;;) {
    const page = log.page(held, limit);
    pages.push(page);
    for (const { node, sequence } of page.changes) held[node] = sequence;
    if (!page.has_more || page.changes.length === 0) break;
  }
  return { pages, rows: pages.flatMap(({ changes }) => changes) };
}

const parentsOf = (row: Row): string[] => ('parents' in row ? row.parents : []);

type Step = { by: number; path: string; text: string | null; gives: boolean };
const steps = fc.array(
  fc.record({
    by: fc.integer({ min: 0, max: 2 }),
    path: fc.constantFrom('a.md', 'b.md', 'docs/c.md'),
    text: fc.option(fc.constantFrom('one', 'two', 'three'), { nil: null }),
    gives: fc.boolean(),
  }),
  { minLength: 1, maxLength: 18 },
);

/** Three logs write, and now and then one gives another what it has; the first has everything in the end. */
function play(script: readonly Step[]): LogFixture {
  const clock = createFakeClock();
  const logs = [1, 2, 3].map((seed) => createLogFixture(seed, clock));
  const give = (from: LogFixture | undefined, to: LogFixture | undefined): void => {
    if (from !== undefined && to !== undefined && from !== to) to.take(from.page(to.vector()).changes);
  };
  for (const [index, { by, path, text, gives }] of script.entries()) {
    logs[by]?.write(path, text === null ? null : `${text} ${index}`);
    if (gives) give(logs[by], logs[(by + 1) % 3]);
  }
  give(logs[1], logs[0]);
  give(logs[2], logs[0]);
  const [first] = logs;
  if (first === undefined) throw new Error('There are three logs.');
  return first;
}

describe('pages of any size', () => {
  test('are together everything that is missing, exactly once, in causal order, and without a gap', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), fc.nat(), (script, limit, cut) => {
        const log = play(script);
        const all = log.rows();
        // Whoever asks holds some beginning of our log, as it was at some moment.
        const since: Record<string, number> = {};
        for (const { node, sequence } of all.slice(0, cut % (all.length + 1))) since[node] = sequence;
        const { pages, rows } = readAll(log, limit, since);
        const missing = all.filter(({ node, sequence }) => sequence > (since[node] ?? 0));
        expect(rows.map(({ hlc }) => hlc)).toEqual(missing.map(({ stamp }) => stamp));
        for (const page of pages) expect(page.changes.length).toBeLessThanOrEqual(limit);
        const seen = new Set(all.filter((row) => !missing.includes(row)).map(({ stamp }) => stamp));
        for (const row of rows) {
          for (const parent of parentsOf(row)) expect(seen.has(parent)).toBe(true);
          seen.add(row.hlc);
        }
        expect(pages.at(-1)?.has_more).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('bring another log to the same rows and the same heads, in however many steps', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (script, limit) => {
        const log = play(script);
        const other = createLogFixture('other', log.clock);
        for (const page of readAll(log, limit).pages) expect(other.take(page.changes).problems).toEqual([]);
        expect(other.vector()).toEqual(log.vector());
        for (const path of ['a.md', 'b.md', 'docs/c.md'])
          expect(other.heads.of(path)).toEqual(log.heads.of(path));
      }),
      { numRuns: 15 },
    );
  });

  test('fit the shape that a peer checks', () => {
    const log = play([
      { by: 0, path: 'a.md', text: 'one', gives: true },
      { by: 1, path: 'a.md', text: null, gives: false },
    ]);
    log.append.record('resolved', { path: 'a.md', loser: '0'.repeat(32), state: 'dismissed' });
    expect(pageShape.parse(carry(log.page({})))).toMatchObject({ has_more: false });
  });

  test('with a path that only this system allows can be read: others refuse that file, and take what comes after', () => {
    const [log, other] = [createLogFixture(1), createLogFixture(2)];
    log.write(`${`${'folder'.repeat(30)}/`.repeat(8)}long.md`, 'ours');
    log.write('a.md', 'one');
    const page = pageShape.safeParse(carry(log.page({})));
    expect(page).toMatchObject({ success: true });
    const taken = other.take(page.data?.changes ?? []);
    expect(taken).toMatchObject({ rows: 2, paths: ['a.md'], problems: [{ code: 'hostile-path' }] });
  });
});

describe('a page', () => {
  test('says how far it leads, never how far the log goes', () => {
    const log = createLogFixture(1);
    const first = log.write('a.md', 'one');
    log.write('a.md', 'two');
    const page = log.page({}, 1);
    expect(page).toMatchObject({ watermark: first.stamp, has_more: true });
    expect(parseVector(page.vector)).toEqual({ ok: true, value: { [log.node()]: 2 } });
  });

  test('for one who has everything is empty', () => {
    const log = createLogFixture(1);
    log.write('a.md', 'one');
    expect(log.page(log.vector())).toMatchObject({ changes: [], has_more: false, watermark: '' });
  });

  test('is bounded in bytes, but never empty', () => {
    const log = createLogFixture(1);
    const random = createSeededRandom('noise');
    // Nothing that packs, and half of it two bytes: each is a page of its own.
    const noise = (): string => Buffer.from(random.bytes(limits.pageBytes / 2)).toString('latin1');
    for (let index = 1; index <= 3; index++) log.write(`${index}.md`, noise());
    const { pages } = readAll(log, 1_000);
    expect(pages.map(({ changes }) => changes.length)).toEqual([1, 1, 1]);
  });

  test('brings each content once, and none that the other side has', () => {
    const log = createLogFixture(1);
    log.write('a.md', 'the same');
    log.write('b.md', 'the same');
    log.write('a.md', 'another');
    log.write('a.md', 'the same');
    const bodies = log.page({}).changes.map((row) => ('body' in row ? row.body?.data : undefined));
    expect(bodies).toEqual(['the same', undefined, 'another', undefined]);
    const later = log
      .page({ [log.node()]: 2 })
      .changes.map((row) => ('body' in row ? row.body?.data : undefined));
    expect(later).toEqual(['another', undefined]);
  });

  test('brings an edit of a long file as its difference', () => {
    const log = createLogFixture(1);
    const lines = Array.from({ length: 4_000 }, (_, index) => `- line ${index} ${(index * 7919) % 1013}`);
    const first = log.write('a.md', lines.join('\n'));
    log.write('a.md', [...lines, '- one more'].join('\n'), { previous: first.content });
    const [row] = log.page({ [log.node()]: 1 }).changes;
    expect(row).toMatchObject({ body: { packing: 'delta', base: first.content } });
    const { head, pieces } = takeApart({ changes: [row] });
    expect(head.length + (pieces[0]?.length ?? 0)).toBeLessThan(1_024);
  });
});

describe('what a peer may not see', () => {
  const onlyDocs = { mayRead: (path: string) => path.startsWith('docs/') };

  test('is a bare row, so that no sequence has a gap', () => {
    const log = createLogFixture(1);
    log.write('secret.md', 'nobody knows');
    log.write('docs/open.md', 'everybody knows');
    log.append.record('resolved', { path: 'secret.md', loser: '0'.repeat(32), state: 'dismissed' });
    const { changes } = log.page({}, 10, onlyDocs);
    expect(changes.map(({ kind, sequence }) => `${sequence} ${kind}`)).toEqual([
      '1 hidden',
      '2 modified',
      '3 hidden',
    ]);
    expect(JSON.stringify(changes)).not.toContain('secret');
  });

  test.each(['SYNC_STATUS.md', null])(
    'is a report, too, for it names files of every folder (in %s)',
    (file) => {
      const log = createLogFixture(1);
      const report = {
        trigger_type: 'manual' as const,
        conditions: {},
        covers: {},
        changes: 1,
        files: 1,
        agents: [],
        report: '- secret.md: 3 lines',
        locale: 'en' as const,
        report_file: file,
      };
      const place = { node: 'ab'.repeat(8), sequence: 1, hlc: `${'0'.repeat(15)}1${'ab'.repeat(8)}` };
      log.take([{ ...place, kind: 'consolidated', payload: report }]);
      expect(log.page({}, 10, onlyDocs).changes).toEqual([{ ...place, kind: 'hidden' }]);
      const reportsToo = { mayRead: (path: string) => path !== 'secret.md' };
      expect(log.page({}, 10, reportsToo).changes).toMatchObject([{ kind: 'consolidated' }]);
    },
  );

  test('it gives in its place once it may be read, and its content though the asker holds that by its vector', () => {
    const log = createLogFixture(1);
    log.write('docs/open.md', 'first');
    const { stamp } = log.write('secret.md', 'nobody knows');
    log.write('secret.md', 'nobody knows');
    const places = [
      { node: log.node(), first: 2, last: 3 },
      { node: log.node(), first: 4, last: 9 },
      { node: 'ab'.repeat(8), first: 1, last: 1 },
    ];
    expect(log.at(places, onlyDocs).changes.map(({ kind }) => kind)).toEqual(['hidden', 'hidden']);
    const { changes } = log.at(places);
    expect(changes).toMatchObject([
      { kind: 'modified', hlc: stamp, path: 'secret.md', body: { data: 'nobody knows' } },
      { kind: 'modified', path: 'secret.md' },
    ]);
    expect(changes[1]).not.toHaveProperty('body');
    const behind = { offered: { [log.node()]: 2 } };
    expect(log.at(places, behind).changes).toHaveLength(1);
  });

  test('it passes on as a place when others had time to get it from whoever has it', () => {
    const log = createLogFixture(1);
    log.write('secret.md', 'nobody knows');
    log.write('docs/open.md', 'second');
    const partial = createLogFixture(2, log.clock);
    partial.take(log.page({}, 10, onlyDocs).changes);
    expect(partial.page({}).changes).toEqual([]);
    partial.clock.jump(limits.hiddenKeptMs + 1);
    const { changes } = partial.page({});
    expect(changes.map(({ kind }) => kind)).toEqual(['hidden', 'modified']);
    expect(changes[0]).not.toHaveProperty('refused');
  });

  test('it cannot pass on at once: others get it, and what came after it, from whoever has it', () => {
    const log = createLogFixture(1);
    log.write('docs/open.md', 'first');
    log.write('secret.md', 'nobody knows');
    log.write('docs/open.md', 'second');
    const partial = createLogFixture(2, log.clock);
    partial.take(log.page({}, 10, onlyDocs).changes);
    partial.write('docs/own.md', 'its own');
    const third = createLogFixture(3, log.clock);
    third.take(partial.page({}).changes);
    expect(third.vector()).toEqual({ [log.node()]: 1, [partial.node()]: 1 });
    third.take(log.page(third.vector()).changes);
    expect(third.heads.of('secret.md')).toHaveLength(1);
  });
});
