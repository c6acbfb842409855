import { expect, test } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { createCrashingSql } from '../support/crashing-sql.ts';
import { Crash, createLife, type LifePoint } from '../support/life.ts';

const insert = 'INSERT INTO note (text) VALUES (?)';

function openNotes(): Sql {
  const sql = openSql(':memory:');
  sql.exec('CREATE TABLE note (text TEXT)');
  return sql;
}

const texts = (sql: Sql) =>
  sql
    .prepare<{ text: string }>('SELECT text FROM note')
    .all()
    .map((row) => row.text);

/** Writes two notes in one transaction, in a process that dies at the given point. */
function writeAndDie(sql: Sql, diesAt: (point: LifePoint) => boolean) {
  const life = createLife((point) => {
    if (diesAt(point)) throw new Crash(point);
  });
  const mortal = createCrashingSql(sql, life);
  const write = () =>
    mortal.transaction(() => {
      mortal.prepare(insert).run('a');
      mortal.transaction(() => mortal.prepare(insert).run('b'));
    });
  expect(write).toThrow(Crash);
  return mortal;
}

test('a death before a statement or before the commit leaves nothing', () => {
  const sql = openNotes();
  let statements = 0;
  writeAndDie(sql, (point) => point.operation === 'statement' && ++statements === 2);
  expect(texts(sql)).toEqual([]);
  writeAndDie(sql, (point) => point.operation === 'commit' && point.when === 'before');
  expect(texts(sql)).toEqual([]);
});

test('a death after the commit leaves everything', () => {
  const sql = openNotes();
  writeAndDie(sql, (point) => point.operation === 'commit' && point.when === 'after');
  expect(texts(sql)).toEqual(['a', 'b']);
});

test('the dead write no more, the next life does', () => {
  const sql = openNotes();
  const dead = writeAndDie(sql, (point) => point.operation === 'commit');
  expect(() => dead.prepare(insert).run('from the grave')).toThrow(Crash);
  expect(() => dead.exec("INSERT INTO note VALUES ('from the grave')")).toThrow(Crash);
  expect(() => dead.transaction(() => undefined)).toThrow(Crash);
  createCrashingSql(sql, createLife()).prepare(insert).run('next life');
  expect(texts(sql)).toEqual(['next life']);
});

test('a life that is killed from outside ends at its next step', () => {
  const sql = openNotes();
  const life = createLife();
  const mortal = createCrashingSql(sql, life);
  const killed = () =>
    mortal.transaction(() => {
      mortal.prepare(insert).run('a');
      life.kill();
      mortal.prepare(insert).run('b');
    });
  expect(killed).toThrow(Crash);
  expect(life.dead).toBe(true);
  expect(texts(sql)).toEqual([]);
});
