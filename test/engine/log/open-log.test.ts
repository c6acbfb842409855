/** Databases from nothing, from an older Skein, from a newer one, and from a crash in between. */
import { describe, expect, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import {
  nodeOf,
  nodesOf,
  openLog,
  readMeta,
  renewNode,
  writeMeta,
} from '../../../electron/engine/log/open-log.ts';
import { migrations } from '../../../electron/engine/log/schema.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { ProblemError } from '../../../shared/result.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { openFreshLog } from '../../support/fresh-log.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const random = (seed = 1) => createSeededRandom(seed);
const version = (sql: Sql) =>
  sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version;
const tables = (sql: Sql) =>
  sql
    .prepare<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row.name);

test('an empty database gets every table and a node id of 16 digits', () => {
  const sql = openSql(':memory:');
  expect(openLog(sql, random())).toMatch(/^[0-9a-f]{16}$/);
  expect(version(sql)).toBe(migrations.length);
  expect(tables(sql)).toEqual([
    'activity',
    'conflicts',
    'consolidations',
    'content',
    'cursors',
    'files',
    'heads',
    'links',
    'log',
    'meta',
    'movements',
    'own_writes',
  ]);
});

test('the log that tests begin with is what an empty database becomes', () => {
  const everything = (sql: Sql) => ({
    version: version(sql),
    schema: sql.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all(),
    rows: tables(sql).map((table) => sql.prepare(`SELECT * FROM ${table}`).all()),
  });
  const [fresh, empty] = [openFreshLog(), openSql(':memory:')];
  for (const sql of [fresh, empty]) openLog(sql, random());
  expect(everything(fresh)).toEqual(everything(empty));
});

test('opening again changes neither the node nor the tables', () => {
  const sql = openSql(':memory:');
  const node = openLog(sql, random(1));
  const before = tables(sql);
  expect(openLog(sql, random(2))).toBe(node);
  expect(tables(sql)).toEqual(before);
});

test('two logs have different nodes', () => {
  expect(openLog(openSql(':memory:'), random(1))).not.toBe(openLog(openSql(':memory:'), random(2)));
});

test('a node id keeps its leading zeros', () => {
  const zeros = { bytes: (count: number) => new Uint8Array(count).fill(1) };
  expect(openLog(openSql(':memory:'), zeros)).toBe('0101010101010101');
});

test('a database of a newer Skein is refused, and nothing in it is touched', () => {
  const sql = openSql(':memory:');
  sql.exec(`PRAGMA user_version = ${migrations.length + 1}; CREATE TABLE of_the_future (x)`);
  let failure: unknown;
  try {
    openLog(sql, random());
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(ProblemError);
  expect((failure as ProblemError).problem).toMatchObject({
    code: 'database-newer',
    advice: expect.stringContaining('Update Skein'),
  });
  expect(tables(sql)).toEqual(['of_the_future']);
  expect(version(sql)).toBe(migrations.length + 1);
});

test('a crash at any step of the migration leaves a database that the next start completes', () => {
  for (let step = 0; ; step++) {
    const sql = openSql(':memory:');
    let reached = 0;
    const life = createLife((point) => {
      if (reached++ === step) throw new Crash(point);
    });
    let crashed = false;
    try {
      openLog(createCrashingSql(sql, life), random());
    } catch (error) {
      expect(error).toBeInstanceOf(Crash);
      crashed = true;
    }
    // All of one migration or none of it.
    expect(tables(sql).length === 0).toBe(version(sql) === 0);
    const node = openLog(sql, random());
    expect(version(sql)).toBe(migrations.length);
    expect(openLog(sql, random(9))).toBe(node);
    if (!crashed) return expect(step).toBeGreaterThan(5);
  }
});

test('small facts are replaced, not doubled', () => {
  const sql = openSql(':memory:');
  openLog(sql, random());
  expect(readMeta(sql, 'paused')).toBeUndefined();
  writeMeta(sql, 'paused', '1');
  writeMeta(sql, 'paused', '0');
  expect(readMeta(sql, 'paused')).toBe('0');
});

describe('a copy that takes a new node id', () => {
  test('writes under that one, and knows the one before as its own', () => {
    const sql = openSql(':memory:');
    const former = openLog(sql, random());
    const node = renewNode(sql, random(9), 0);
    expect(node).not.toBe(former);
    expect(nodeOf(sql)).toBe(node);
    expect(nodesOf(sql)).toEqual([node, former]);
    expect(openLog(sql, random(5))).toBe(node);
  });

  test('may do so again', () => {
    const sql = openSql(':memory:');
    const first = openLog(sql, random());
    const second = renewNode(sql, random(9), 0);
    const third = renewNode(sql, random(10), 0);
    expect(nodesOf(sql)).toEqual([third, second, first]);
  });
});
