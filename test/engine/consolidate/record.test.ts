/** Folding and taking back: each change belongs to at most one consolidation that stands. */
import { describe, expect, test } from 'vitest';
import {
  coverOf,
  readPendingFacts,
  recordConsolidation,
  recordWithdrawal,
} from '../../../electron/engine/consolidate/record.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const manual = { type: 'manual' as const, conditions: {} };
const fold = (fixture: CoreFixture, settings = defaultSettings) =>
  recordConsolidation(fixture.core, manual, settings);
const pending = (fixture: CoreFixture) =>
  fixture.core.reader.changes({ after: 0, limit: 1000, pending: true });

const pendingFacts = ({ sql, core }: ReturnType<typeof createCoreFixture>) =>
  readPendingFacts(sql, core.append.node);

describe('facts', () => {
  test('of an empty log', () => {
    expect(pendingFacts(createCoreFixture())).toEqual({
      pending: 0,
      newestPendingPosition: 0,
      oldestPendingMs: 0,
      lastUndoPosition: 0,
      lastConsolidationMs: null,
      newestPendingMs: 0,
      newestPendingIsOurs: true,
    });
  });

  test('follow changes, a consolidation and its undo', async () => {
    const fixture = createCoreFixture();
    const first = await fixture.save('AGENTS.md', 'a');
    await fixture.clock.advance(1000);
    const second = await fixture.save('AGENTS.md', 'b');
    const before = { pending: 2, newestPendingPosition: second.position, oldestPendingMs: first.atMs };
    expect(pendingFacts(fixture)).toMatchObject({ ...before, lastConsolidationMs: null });
    await fixture.clock.advance(1000);
    const position = fold(fixture) ?? 0;
    expect(pendingFacts(fixture)).toMatchObject({
      pending: 0,
      lastConsolidationMs: second.atMs + 1000,
    });
    recordWithdrawal(fixture.core, position);
    expect(pendingFacts(fixture)).toMatchObject({
      ...before,
      lastUndoPosition: position + 1,
      lastConsolidationMs: null,
    });
  });

  test('a baseline is not pending', async () => {
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'a' } });
    await fixture.core.looker.look('AGENTS.md', { baseline: true, now: true });
    expect(pendingFacts(fixture).pending).toBe(0);
    expect(fold(fixture)).toBeUndefined();
  });
});

describe('a consolidation', () => {
  test('folds what is pending, and a second finds nothing and writes nothing', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    const position = fold(fixture);
    expect(pending(fixture)).toEqual([]);
    expect(fixture.core.reader.changes({ limit: 1 })[0]?.consolidation).toBe(position);
    const rows = fixture.sql.prepare('SELECT position FROM log').all().length;
    expect(fold(fixture)).toBeUndefined();
    expect(fixture.sql.prepare('SELECT position FROM log').all()).toHaveLength(rows);
  });

  test('without a report file has no work left', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    const position = fold(fixture, { ...defaultSettings, report_file: null }) ?? 0;
    expect(fixture.core.reader.consolidationAt(position)?.state).toBe('skipped');
    expect(fixture.sql.prepare('SELECT file_work FROM consolidations').all()).toEqual([{ file_work: null }]);
    expect(recordWithdrawal(fixture.core, position)).toBe(1);
    expect(fixture.sql.prepare('SELECT file_work FROM consolidations').all()).toEqual([{ file_work: null }]);
  });

  test('survives a crash at any step whole, or not at all', async () => {
    for (let step = 0; ; step++) {
      const fixture = createCoreFixture();
      for (const text of ['a', 'b', 'c']) await fixture.save('AGENTS.md', text);
      let reached = 0;
      let armed = false;
      const life = createLife((point) => {
        if (armed && reached++ === step) throw new Crash(point);
      });
      const dying = fixture.restart(life);
      armed = true;
      let survived = true;
      try {
        fold(dying);
      } catch {
        survived = false;
      }
      const after = fixture.restart();
      expect([0, 3]).toContain(pending(after).length);
      expect(after.core.reader.consolidationCount()).toBe(pending(after).length === 0 ? 1 : 0);
      if (survived) return expect(step).toBeGreaterThan(3);
    }
  });
});

describe('taking back', () => {
  test('twice, or of what is none, is refused and records nothing', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    const position = fold(fixture) ?? 0;
    expect(recordWithdrawal(fixture.core, position)).toBe(1);
    const rows = () => fixture.sql.prepare('SELECT position FROM log').all().length;
    const before = rows();
    expect(recordWithdrawal(fixture.core, position)).toBeUndefined();
    expect(recordWithdrawal(fixture.core, 1)).toBeUndefined();
    expect(rows()).toBe(before);
  });

  test('in any mix with saves and folding, each change is folded once or pending', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const random = createSeededRandom(`fold ${seed}`);
      const fixture = createCoreFixture();
      const standing = new Map<number, number>();
      let changes = 0;
      for (let round = 0; round < 60; round++) {
        const [position, size] = [...standing][random.integer(standing.size)] ?? [];
        const act = random.integer(4);
        if (act === 0) {
          const before = pending(fixture).length;
          const folded = fold(fixture);
          expect(folded === undefined).toBe(before === 0);
          if (folded !== undefined) standing.set(folded, before);
        } else if (act === 1 && position !== undefined) {
          expect(recordWithdrawal(fixture.core, position)).toBe(size);
          standing.delete(position);
        } else {
          await fixture.save('AGENTS.md', `${round}`);
          changes += 1;
        }
        const folded = [...standing.values()].reduce((sum, count) => sum + count, 0);
        expect(folded + pending(fixture).length).toBe(changes);
      }
    }
  });
});

describe('covers', () => {
  test('are the shortest runs of each node, whatever the order', () => {
    const rows = [5, 1, 2, 9, 3].map((sequence) => ({ node: 'a', sequence }));
    expect(coverOf([...rows, { node: 'b', sequence: 4 }])).toEqual({
      a: [
        [1, 3],
        [5, 5],
        [9, 9],
      ],
      b: [[4, 4]],
    });
    expect(coverOf([])).toEqual({});
  });

  test('hold exactly the sequences that went in', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = createSeededRandom(`cover ${seed}`);
      const rows = Array.from({ length: 40 }, (_, sequence) => ({
        node: random.pick(['a', 'b']),
        sequence,
      })).filter(() => random.chance(0.6));
      const spread = Object.entries(coverOf(rows.toReversed())).flatMap(([node, runs]) =>
        runs.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => `${node}${first + index}`),
        ),
      );
      expect(spread.toSorted()).toEqual(rows.map(({ node, sequence }) => `${node}${sequence}`).toSorted());
    }
  });
});
