/** The one way into the log: stamps grow, sequences have no gap, and a change is all or nothing. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createAppender, type NewChange } from '../../../electron/engine/log/append.ts';
import { contentOf, createContentStore } from '../../../electron/engine/log/content-store.ts';
import { createKnownFiles } from '../../../electron/engine/log/known-files.ts';
import { openLog } from '../../../electron/engine/log/open-log.ts';
import { createLogReader } from '../../../electron/engine/log/reader.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { stampNode } from '../../../shared/domain/stamp.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openFreshLog } from '../../support/fresh-log.ts';
import { Crash, createLife, type Life } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { evidence, someStat, toBytes } from '../core-fixture.ts';

const clock = createFakeClock();

function open(base: Sql = openFreshLog(), life: Life = createLife(), seed = 1) {
  const sql = createCrashingSql(base, life);
  const node = openLog(base, createSeededRandom(seed));
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock, random: createSeededRandom(seed), contents }, () => node);
  return {
    base,
    append,
    node,
    known: createKnownFiles(sql),
    reader: createLogReader(base, createContentStore(base, nodeCodec)),
  };
}

function edit(path: string, text: string | null, more: Partial<NewChange> = {}): NewChange {
  return {
    kind: text === null ? 'deleted' : 'modified',
    path,
    fileClass: 'note',
    content: text === null ? null : contentOf(nodeCodec, toBytes(text)),
    previous: null,
    parents: [],
    evidence: [evidence('rule', 'claude-code'), evidence('file-name', 'codex-local')],
    stat: someStat,
    consolidation: null,
    baseline: false,
    ...more,
  };
}

describe('a change', () => {
  test('reads back as it was returned', () => {
    const { append, reader } = open();
    const first = append.change(edit('a.md', 'one'));
    const second = append.change(
      edit('a.md', 'two', {
        previous: first.content,
        parents: [first.stamp],
        baseline: true,
        consolidation: 7,
      }),
    );
    expect(reader.change(first.position)).toEqual(first);
    expect(reader.change(second.position)).toEqual(second);
    expect(second).toMatchObject({
      sequence: 2,
      agent: 'claude-code',
      previous: first.content,
      parents: [first.stamp],
    });
  });

  test('moves the known state of its file, and of no other', () => {
    const { append, known } = open();
    append.change(edit('b.md', 'b'));
    const other = known.get('b.md');
    append.change(edit('a.md', 'one', { stat: { ...someStat, size: 3, inode: '1:2' } }));
    const gone = append.change(edit('a.md', null, { stat: { ...someStat, mode: 0o600 } }));
    expect(known.get('a.md')).toMatchObject({
      content: null,
      heads: [gone.stamp],
      stat: { mode: 0o600, inode: '1:1' },
    });
    expect(known.get('b.md')).toEqual(other);
    expect(known.present()).toEqual(['b.md']);
    expect(known.presentCount()).toBe(1);
  });

  test('equal bytes are stored once', () => {
    const { append, base } = open();
    append.change(edit('a.md', 'same'));
    append.change(edit('b.md', 'same'));
    expect(base.prepare<{ rows: number }>('SELECT count(*) AS rows FROM content').get()?.rows).toBe(1);
  });

  test('records of consolidations share the sequence', () => {
    const { append } = open();
    expect(append.change(edit('a.md', '1')).sequence).toBe(1);
    expect(append.record('consolidated', null).sequence).toBe(2);
    expect(append.record('withdrawn', null).sequence).toBe(3);
    expect(append.change(edit('a.md', '2')).sequence).toBe(4);
  });
});

describe('all or nothing', () => {
  test('a crash at any step leaves the change whole or absent, and the next sequence follows without a gap', () => {
    for (let step = 0; ; step++) {
      const { base } = open();
      const first = open(base).append.change(edit('a.md', 'one'));
      let reached = 0;
      const life = createLife((point) => {
        if (reached++ === step) throw new Crash(point);
      });
      let survived = true;
      try {
        open(base, life).append.change(edit('a.md', 'two', { previous: first.content }));
      } catch {
        survived = false;
      }
      const after = open(base);
      const rows = after.reader.changes({ after: 0, limit: 10 });
      expect(after.known.get('a.md')?.heads).toEqual([rows.at(-1)?.stamp]);
      expect(after.known.get('a.md')?.content).toBe(rows.at(-1)?.content);
      expect(rows.map((row) => after.reader.content(row.content ?? '')?.length)).toEqual(rows.map(() => 3));
      const next = after.append.change(edit('a.md', 'end'));
      expect(next.sequence).toBe(rows.length + 1);
      expect(next.stamp > (rows.at(-1)?.stamp ?? '')).toBe(true);
      if (survived) return expect(step).toBeGreaterThan(4);
    }
  });

  test('a transaction around it that fails takes it back, stamp and sequence too', () => {
    const { append, base, reader } = open();
    append.change(edit('a.md', 'one'));
    expect(() =>
      base.transaction(() => {
        append.change(edit('a.md', 'two'));
        append.record('consolidated', null);
        throw new Error('the caller changed its mind');
      }),
    ).toThrow('changed its mind');
    expect(reader.changes({ limit: 10 })).toHaveLength(1);
    expect(append.change(edit('a.md', 'three')).sequence).toBe(2);
  });
});

describe('stamps', () => {
  test('are others in each life, though the clock stands behind the log as it did in the life before', () => {
    const first = open();
    first.append.change(edit('a.md', 'one'));
    clock.jump(-60_000);
    const stamps = [2, 3].map((seed) => {
      const image = copyDatabase(first.base);
      return open(image, createLife(), seed).append.change(edit('a.md', 'two'));
    });
    clock.jump(60_000);
    expect(stamps.map(({ sequence }) => sequence)).toEqual([2, 2]);
    expect(new Set(stamps.map(({ stamp }) => stamp)).size).toBe(2);
  });

  test('grow within one millisecond', () => {
    const { append } = open();
    const stamps = Array.from({ length: 300 }, (_, index) => append.change(edit('a.md', `${index}`)).stamp);
    expect(stamps).toEqual(stamps.toSorted());
    expect(new Set(stamps).size).toBe(300);
  });

  test('of two engines each keep growing while their clock goes back and forth, across restarts', async () => {
    const random = createSeededRandom('clock');
    const engines = [open(undefined, undefined, 1), open(undefined, undefined, 2)];
    const stamps: string[][] = [[], []];
    for (let round = 0; round < 200; round++) {
      const which = random.integer(2);
      // One in five appends comes from a process that started just now.
      const engine = random.chance(0.2) ? open(engines[which]?.base, undefined, which + 1) : engines[which];
      const change = engine?.append.change(edit('a.md', `${round}`));
      stamps[which]?.push(change?.stamp ?? '');
      expect(change?.sequence).toBe(stamps[which]?.length);
      clock.jump(random.integer(7_200_000) - 3_600_000);
      await clock.advance(random.integer(3));
    }
    for (const own of stamps) expect(own).toEqual(own.toSorted());
    expect(new Set(stamps.flat()).size).toBe(200);
    expect(stamps.map((own) => new Set(own.map(stampNode)).size)).toEqual([1, 1]);
  });

  test('say the time of the wall clock again once it has caught up', () => {
    const { append } = open();
    const ahead = append.change(edit('a.md', '1'));
    clock.jump(-60_000);
    expect(append.change(edit('a.md', '2')).atMs).toBe(ahead.atMs);
    clock.jump(120_000);
    expect(append.change(edit('a.md', '3')).atMs).toBe(clock.nowMs());
    clock.jump(-60_000);
  });
});
