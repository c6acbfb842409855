/** Tables of former versions: brought up to ours where they lie, with every vector. */
import { expect, test } from 'vitest';
import { isIndexOfOurs, openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { toVersion3 } from '../../support/index-version-3.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { contentsOf, live, makeIndex, openOver, strayRows } from './index-fixture.ts';

/** One that has passages, as version 3 had them. */
async function makeFormer() {
  const fixture = makeIndex();
  live(fixture.notes, createSeededRandom('version 3'), 20);
  await fixture.index.indexer.catchUp();
  const before = contentsOf(fixture.sql);
  fixture.index.indexer.stop();
  toVersion3(fixture.sql);
  fixture.embedder.asked.length = 0;
  return { ...fixture, before };
}

test('an index of version 3 is what it was, and no passage is embedded again', async () => {
  const { sql, before, notes, embedder, clock } = await makeFormer();
  const { indexer, queue } = openOver(sql, { notes, embedder, clock });
  expect(contentsOf(sql)).toEqual(before);
  expect(strayRows(sql)).toBe(0);
  await indexer.catchUp();
  expect(queue.behind()).toBe(0);
  expect(embedder.asked).toEqual([]);
});

/** Whether it died; one that ends before so many steps does not. */
function diesAfter(steps: number, sql: Sql): boolean {
  let left = steps;
  const life = createLife((point) => {
    left -= 1;
    if (left === 0) throw new Crash(point);
  });
  try {
    openIndex(createCrashingSql(sql, life));
    return false;
  } catch (cause) {
    if (cause instanceof Crash) return true;
    throw cause;
  }
}

const versionIs = (sql: Sql, version: number): boolean =>
  sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version === version;

test('a process that dies while it brings an index up leaves it as it was, wherever it dies', async () => {
  const { sql, before } = await makeFormer();
  let deaths = 0;
  while (diesAfter(deaths + 1, sql)) {
    deaths += 1;
    expect(isIndexOfOurs(sql) || versionIs(sql, 3)).toBe(true);
  }
  expect(deaths).toBeGreaterThan(5);
  expect(contentsOf(sql)).toEqual(before);
});

test('an index of a version that nobody knows stays as it is', () => {
  const { sql } = makeIndex();
  sql.exec('PRAGMA user_version = 99');
  openIndex(sql);
  expect(isIndexOfOurs(sql)).toBe(false);
  expect(sql.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
});
