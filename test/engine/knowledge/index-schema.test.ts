/** Tables of former versions: brought up to ours where they lie, with every vector. */
import { expect, test } from 'vitest';
import { isIndexOfOurs, isReadable, openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import { createPassages } from '../../../electron/engine/knowledge/passages.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { toVersion3, toVersion4 } from '../../support/former-index.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { askedFor, contentsOf, live, makeIndex, openOver, strayRows } from './index-fixture.ts';

const formers = [
  { version: 3, toFormer: toVersion3, steps: 5 },
  { version: 4, toFormer: toVersion4, steps: 3 },
];
type Former = (typeof formers)[number];

/** One that has passages, as that version had them. */
async function makeFormer({ version, toFormer }: Former) {
  const fixture = makeIndex();
  live(fixture.notes, createSeededRandom(`version ${version}`), 20);
  await fixture.index.indexer.catchUp();
  const before = contentsOf(fixture.sql);
  expect(before.length).toBeGreaterThan(1);
  expect(before).toContainEqual(expect.objectContaining({ pieces: expect.any(Array) }));
  fixture.index.indexer.stop();
  toFormer(fixture.sql);
  fixture.embedder.asked.length = 0;
  return { ...fixture, before };
}

test.each(formers)(
  'an index of version $version is what it was, and no passage is embedded again',
  async (former) => {
    const { sql, before, notes, embedder, clock } = await makeFormer(former);
    const { indexer, queue, passages } = openOver(sql, { notes, embedder, clock });
    expect(contentsOf(sql)).toEqual(before);
    expect(strayRows(sql)).toBe(0);
    expect(passages.byWords(askedFor('会議'), undefined, 5)).not.toEqual([]);
    await indexer.catchUp();
    expect(queue.behind()).toBe(0);
    expect(embedder.asked).toEqual([]);
  },
);

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

/** As they are read of an index that nobody can bring up. */
const passagesOf = (sql: Sql): unknown => {
  const { byWords, get } = createPassages(sql);
  return [...get(byWords(askedFor('anchor'), undefined, 50)).values()];
};

test.each(formers)(
  'a process that dies while it brings an index of version $version up leaves a whole one, wherever it dies',
  async (former) => {
    const { sql, before } = await makeFormer(former);
    const passages = passagesOf(sql);
    let deaths = 0;
    while (diesAfter(deaths + 1, sql)) {
      deaths += 1;
      expect(isReadable(sql)).toBe(true);
      expect(passagesOf(sql)).toEqual(passages);
    }
    expect(deaths).toBeGreaterThan(former.steps);
    expect(contentsOf(sql)).toEqual(before);
  },
);

test('an index of a version that nobody knows stays as it is', () => {
  const { sql } = makeIndex();
  sql.exec('PRAGMA user_version = 99');
  openIndex(sql);
  expect(isIndexOfOurs(sql)).toBe(false);
  expect(sql.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
});
