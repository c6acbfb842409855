/** A page that names the same files, changes and contents many times is taken as if its rows came one by one. */
import { expect, test } from 'vitest';
import type { FileRow, Row } from '../../../shared/contracts/peer-protocol.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

/** Versions of one file, each on top of the one before. */
function logWith(...texts: string[]): LogFixture {
  const log = createLogFixture(2);
  for (const text of texts) log.write('a.md', text);
  return log;
}

const rowsOf = (log: LogFixture): Row[] => log.page({}).changes;

test('a file that changes often within a page has one head, and its parents may come with it', () => {
  const [from, to] = [logWith('one', 'two', 'three'), createLogFixture(1)];
  expect(to.take(rowsOf(from))).toMatchObject({ rows: 3, paths: ['a.md'], problems: [] });
  expect(to.heads.of('a.md')).toEqual(from.heads.of('a.md'));
  expect(rowsOf(to)).toEqual(rowsOf(from));
});

test('a page and its rows one by one come to the same', () => {
  const from = logWith('one', 'two', 'one', 'three');
  from.write('b.md', 'one');
  from.write('a.md', null);
  const [whole, single] = [createLogFixture(1), createLogFixture(1)];
  whole.take(rowsOf(from));
  for (const row of rowsOf(from)) single.take([row]);
  expect(rowsOf(whole)).toEqual(rowsOf(single));
  for (const path of ['a.md', 'b.md']) expect(whole.heads.of(path)).toEqual(single.heads.of(path));
});

test('a row that stands twice in a page is held once', () => {
  const [from, to] = [logWith('one', 'two'), createLogFixture(1)];
  const [first, second] = rowsOf(from) as [Row, Row];
  expect(to.take([first, first, second])).toMatchObject({ rows: 2, problems: [] });
});

test('the content before a version is the one that came in the same page', () => {
  const [from, to] = [createLogFixture(2), createLogFixture(1)];
  const one = from.write('a.md', 'one');
  from.write('a.md', 'two', { previous: one.content });
  to.take(rowsOf(from));
  expect((rowsOf(to) as FileRow[]).map(({ previous }) => previous)).toEqual([null, one.content]);
});

test('a content whose bytes do not come is expected once, and is here once they do', () => {
  const [from, to] = [logWith('one', 'two', 'one'), createLogFixture(1)];
  const bare = (rowsOf(from) as FileRow[]).map(({ body: _, ...row }) => row);
  const [hash] = to.take(bare.slice(0, 1)).missing;
  expect(to.take(bare.slice(1)).missing).toEqual([bare[1]?.content, hash]);
  const again = createLogFixture(3);
  for (const text of ['one', 'two']) again.write('b.md', text);
  expect(to.take(rowsOf(again))).toMatchObject({ missing: [], paths: ['b.md', 'a.md'] });
  expect(to.text(hash ?? null)).toBe('one');
});

test('a page is held against the log through the indexes, however long that is', () => {
  const { sql } = createLogFixture(1);
  const planOf = (table: string, column: string): string =>
    sql
      .prepare<{ detail: string }>(
        `EXPLAIN QUERY PLAN SELECT 1 FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`,
      )
      .all('[]')
      .map(({ detail }) => detail)
      .join();
  expect(planOf('log', 'stamp')).toMatch(/SEARCH log USING .*INDEX sqlite_autoindex_log_1/);
  expect(planOf('content', 'hash')).toMatch(/SEARCH content USING .*INDEX sqlite_autoindex_content_1/);
});
