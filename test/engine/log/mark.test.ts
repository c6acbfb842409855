/** A log that is older than what was told of it must not give out the same sequences again. */
import { describe, expect, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { type Mark, openMark } from '../../../electron/engine/log/mark.ts';
import { nodeOf, nodesOf, openLog, renewedMs, renewNode } from '../../../electron/engine/log/open-log.ts';
import type { LogMarks, Sql } from '../../../electron/engine/ports.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createFakeMarks } from '../../support/fake-marks.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const random = createSeededRandom('mark');
const nowMs = 1_000_000;

function newLog(): Sql {
  const sql = openSql(':memory:');
  openLog(sql, random);
  return sql;
}

function open(sql: Sql, marks: LogMarks): { mark: Mark; warned: string[] } {
  const warned: string[] = [];
  const log = { info: () => undefined, error: () => undefined, warn: (it: string) => void warned.push(it) };
  const mark = openMark({ sql, random, marks, log, clock: { nowMs: () => nowMs } });
  return { mark, warned };
}

let stamps = 0;
function record(sql: Sql): void {
  stamps += 1;
  sql
    .prepare("INSERT INTO log (stamp, at_ms, node, sequence, kind) VALUES (?, 0, ?, ?, 'conflict')")
    .run(`${stamps}`, nodeOf(sql), stamps);
}

describe('a log that holds all that was told', () => {
  test('keeps its node id, whatever came after that', () => {
    const [sql, marks] = [newLog(), createFakeMarks()];
    const node = nodeOf(sql);
    open(sql, marks).mark.tell();
    record(sql);
    open(sql, marks).mark.tell();
    record(sql);
    expect(open(sql, marks).warned).toEqual([]);
    expect(nodesOf(sql)).toEqual([node]);
    expect(renewedMs(sql)).toBeUndefined();
  });

  test('keeps the node id that it took meanwhile', () => {
    const [sql, marks] = [newLog(), createFakeMarks()];
    open(sql, marks).mark.tell();
    const node = renewNode(sql, random, nowMs);
    open(sql, marks);
    expect(nodeOf(sql)).toBe(node);
  });

  test('and never had a mark is believed', () => {
    const sql = newLog();
    record(sql);
    const node = nodeOf(sql);
    open(sql, createFakeMarks());
    expect(nodeOf(sql)).toBe(node);
  });
});

describe('a log that is older than what was told', () => {
  test('takes a new node id, says so, and is believed from then on', () => {
    const [sql, marks] = [newLog(), createFakeMarks()];
    const backup = copyDatabase(sql);
    record(sql);
    open(sql, marks).mark.tell();
    const node = nodeOf(backup);
    const { mark, warned } = open(backup, marks);
    expect(warned).toMatchObject([expect.stringMatching(/older than what was told/)]);
    expect(nodesOf(backup)).toEqual([nodeOf(backup), node]);
    expect(renewedMs(backup)).toBe(nowMs);
    mark.tell();
    expect(open(backup, marks).warned).toEqual([]);
  });

  test('by nothing but the node id that it took since takes another', () => {
    const [sql, marks] = [newLog(), createFakeMarks()];
    const backup = copyDatabase(sql);
    renewNode(sql, random, nowMs);
    open(sql, marks).mark.tell();
    open(backup, marks);
    expect(nodesOf(backup)).toHaveLength(2);
    expect(nodeOf(backup)).not.toBe(nodeOf(sql));
  });
});

describe('a mark', () => {
  test('is written only when there is something new to tell', () => {
    const written: number[] = [];
    const sql = newLog();
    const { mark } = open(sql, {
      read: () => undefined,
      write: ({ position }) => void written.push(position),
    });
    mark.tell();
    mark.tell();
    record(sql);
    mark.tell();
    mark.tell();
    expect(written).toEqual([0, 1]);
  });

  test('that cannot be kept is tried again', () => {
    let full = true;
    const sql = newLog();
    const { mark } = open(sql, {
      read: () => undefined,
      write() {
        if (full) throw new Error('full');
      },
    });
    expect(() => mark.tell()).toThrow('full');
    expect(() => mark.tell()).toThrow('full');
    full = false;
    mark.tell();
  });
});
