/** Vectors that other devices have: they save the embedder work, and whatever those devices do, no index is wrong by it. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { readEmbeddings } from '../../../electron/engine/knowledge/kept-embeddings.ts';
import type { KnowledgeIndex } from '../../../electron/engine/knowledge/knowledge-index.ts';
import type { NoteChoice, PackedEmbedding } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { packVector, unpackVector } from '../../../shared/domain/knowledge/packed-vector.ts';
import { limits } from '../../../shared/limits.ts';
import { problem } from '../../../shared/result.ts';
import { createMemoryLog } from '../../electron/host/support/memory-log.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder, fakeDimensions } from '../../support/fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../../support/fake-notes.ts';
import { createFakeShared, type FakeShared, type FakeSharer } from '../../support/fake-shared.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { askedFor, live, openIndexSql, openOver, section, strayRows } from './index-fixture.ts';

/** One whose vectors come from elsewhere. */
const createServerEmbedder = (): FakeEmbedder => ({ ...createFakeEmbedder(), answersLater: true });

const openSql = (): Sql => {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  return sql;
};

/** The index of another device that has these notes. */
async function indexOf(notes: FakeNotes): Promise<Sql> {
  const sql = openSql();
  await openOver(sql, { notes, embedder: createFakeEmbedder(), clock: createFakeClock() }).indexer.catchUp();
  return sql;
}

/** A note of many passages of about a page, each in words of its own, so that no two vectors are near to each other. */
function writeLong(notes: FakeNotes, note: string, passages: number): void {
  const name = note.replaceAll(/\W/g, '');
  const bodyOf = (nth: number): string =>
    Array.from({ length: 12 }, (_, word) => `${name}${nth}word${word}`).join(' ');
  const parts = Array.from({ length: passages }, (_, nth) =>
    section(`${note} ${nth}`, Array.from({ length: 7 }, () => bodyOf(nth)).join('\n')),
  );
  notes.write(note, parts.join(''));
}

type Lap = {
  index: KnowledgeIndex;
  embedder: FakeEmbedder;
  shared: FakeShared;
  log: ReturnType<typeof createMemoryLog>;
  sql: Sql;
};

/** A device that asks these for the vectors of the same notes. */
function openLap(notes: FakeNotes, sharers: FakeSharer[], embeds?: NoteChoice): Lap {
  const lap = {
    sql: openSql(),
    embedder: createServerEmbedder(),
    shared: createFakeShared(...sharers),
    log: createMemoryLog(),
  };
  const around = { ...lap, notes, clock: createFakeClock() };
  return { ...lap, index: openOver(lap.sql, embeds === undefined ? around : { ...around, embeds }) };
}

/** What a search could find, but for signs of numbers that are nothing once they are packed. */
const vectorsOf = (sql: Sql): unknown =>
  sql
    .prepare(
      `SELECT n.note, c.ordinal, c.line, c.last_line, w.headings, w.text, hex(e.vector) AS vector
       FROM chunks c JOIN notes n ON n.id = c.note JOIN words w ON w.rowid = c.id
       JOIN embeddings e ON e.hash = c.hash ORDER BY n.note, c.ordinal`,
    )
    .all();

const freshVectors = async (notes: FakeNotes): Promise<unknown> => vectorsOf(await indexOf(notes));

describe('a device that has the same notes', () => {
  test('spares the embedder all but a sample, and the index is as one that was made without', async () => {
    const notes = createFakeNotes();
    for (const note of ['a.md', 'b.md', 'docs/c.md']) writeLong(notes, note, 8);
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
    await lap.index.indexer.catchUp();
    expect(lap.index.queue.behind()).toBe(0);
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    const { taken, checked, refused, from } = lap.index.shared();
    expect(checked).toBeGreaterThan(0);
    expect(lap.embedder.asked).toHaveLength(checked);
    expect({ refused, from }).toEqual({ refused: 0, from: [{ name: 'device desk', taken }] });
    expect(taken + checked).toBe((vectorsOf(lap.sql) as unknown[]).length);
    expect(lap.log.lines).toEqual([]);
  });

  test('is asked for what is missing only: nothing twice, and nothing that is here', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', 4);
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
    await lap.index.indexer.catchUp();
    writeLong(notes, 'b.md', 2);
    notes.write('c.md', 'same');
    notes.write('d.md', 'same');
    await lap.index.indexer.catchUp();
    const hashes = lap.shared.asked.flatMap((it) => it.hashes);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(new Set(lap.shared.asked.map(({ note }) => note))).toEqual(new Set(['a.md', 'b.md', 'c.md']));
  });

  test('that has some is asked for the rest no more: the next one is, and then the embedder', async () => {
    const notes = createFakeNotes();
    const [one, other] = [createFakeNotes(), createFakeNotes()];
    const [first, second, third] = ['one', 'two', 'three'].map((title) =>
      section(title, `${title} `.repeat(250)),
    );
    notes.write('a.md', `${first}${second}${third}`);
    one.write('a.md', `${first}`);
    other.write('other.md', `${first}${second}`);
    const lap = openLap(notes, [
      { id: 'desk', sql: await indexOf(one) },
      { id: 'tower', sql: await indexOf(other) },
    ]);
    await lap.index.indexer.catchUp();
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    expect(lap.shared.asked.map(({ id, hashes }) => [id, hashes.length])).toEqual([
      ['desk', 3],
      ['tower', 2],
    ]);
    // One of each for the sample, and the last.
    expect(lap.embedder.asked.map((text) => text.split(/\W/)[0])).toEqual(['one', 'two', 'three']);
    expect(lap.index.shared()).toMatchObject({ taken: 0, checked: 2 });
  });

  test('is asked for no more at once than one question holds', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', limits.sharedHashes + 20);
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
    await lap.index.indexer.catchUp();
    const sizes = lap.shared.asked.map(({ hashes }) => hashes.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBe(limits.sharedHashes);
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
  });

  test.each(['away', 'without any'])('%s costs nothing but the question', async (how) => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', 3);
    const empty = { id: 'desk', sql: await indexOf(createFakeNotes()), isAway: how === 'away' };
    const lap = openLap(notes, [empty]);
    await lap.index.indexer.catchUp();
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    expect(lap.embedder.asked).toHaveLength(3);
    expect(lap.index.shared()).toMatchObject({ taken: 0, checked: 0, refused: 0, from: [] });
  });

  test('is not asked where the vectors are made here', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', 3);
    const shared = createFakeShared({ id: 'desk', sql: await indexOf(notes) });
    const embedder = createFakeEmbedder();
    const sql = openSql();
    await openOver(sql, { notes, embedder, shared, clock: createFakeClock() }).indexer.catchUp();
    expect([shared.asked.length, embedder.asked.length]).toEqual([0, 3]);
  });

  test('that is slow keeps no word from being found', async () => {
    const notes = createFakeNotes();
    notes.write('a.md', 'anchor');
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
    const go = Promise.withResolvers<void>();
    lap.shared.slow(go.promise);
    const found = (): number => lap.index.passages.byWords(askedFor('anchor'), undefined, 9).length;
    const running = lap.index.indexer.catchUp();
    // Until nothing but the slow one is left to do.
    while (found() === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(lap.index.queue.behind()).toBe(1);
    go.resolve();
    await running;
    expect(lap.index.queue.behind()).toBe(0);
  });

  test('serves where the embedder cannot be asked at all', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', 4);
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
    const away = problem('peer-unreachable', 'the model', 'It does not answer.', 'It is tried again.');
    lap.embedder.failWith(...Array(9).fill(away));
    await lap.index.indexer.catchUp();
    expect(lap.index.queue.behind()).toBe(0);
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    expect(lap.index.shared()).toMatchObject({ taken: 4, checked: 0, refused: 0 });
  });

  test('is not asked for a note that is kept from the embedder', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'docs/a.md', 2);
    writeLong(notes, 'private.md', 2);
    const onlyDocs: NoteChoice = { name: 'docs', has: (note) => note.startsWith('docs/') };
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }], onlyDocs);
    await lap.index.indexer.catchUp();
    expect(new Set(lap.shared.asked.map(({ note }) => note))).toEqual(new Set(['docs/a.md']));
    expect(lap.embedder.asked.filter((text) => text.includes('private'))).toEqual([]);
  });
});

describe('a device that lies', () => {
  const other = (embeddings: PackedEmbedding[]): PackedEmbedding[] =>
    embeddings.map(({ hash }) => ({ hash, vector: vectorOf(`nothing like ${hash}`) }));
  const vectorOf = (seed: string): Uint8Array => {
    const random = createSeededRandom(seed);
    const vector = Float32Array.from({ length: fakeDimensions }, () => random.next() - 0.5);
    const length = Math.hypot(...vector);
    return packVector(vector.map((number) => number / length));
  };
  const eachBy = (change: (vector: Uint8Array) => Uint8Array) => (embeddings: PackedEmbedding[]) =>
    embeddings.map(({ hash, vector }) => ({ hash, vector: change(vector) }));
  const lastBy = (change: (vector: Uint8Array) => Uint8Array) => (embeddings: PackedEmbedding[]) =>
    embeddings.map((it, nth) =>
      nth === embeddings.length - 1 ? { hash: it.hash, vector: change(it.vector) } : it,
    );
  const scaled = (vector: Uint8Array, scale: number): Uint8Array => {
    const copy = vector.slice();
    new DataView(copy.buffer).setFloat32(0, scale, true);
    return copy;
  };
  const lies: [string, (embeddings: PackedEmbedding[]) => PackedEmbedding[]][] = [
    ['vectors of other texts', other],
    [
      'each text that of the next',
      (them) =>
        them.map(({ hash }, nth) => ({ hash, vector: them[(nth + 1) % them.length]?.vector as Uint8Array })),
    ],
    ['vectors turned round', eachBy((vector) => packVector(unpackVector(vector).map((number) => -number)))],
    ['vectors of other dimensions', eachBy((vector) => vector.subarray(0, -1))],
    ['one of other dimensions', lastBy((vector) => new Uint8Array([...vector, 1]))],
    ['one without a direction', lastBy(() => packVector(new Float32Array(fakeDimensions)))],
    ['one of no numbers', lastBy((vector) => scaled(vector, Number.NaN))],
    ['one that is endless', lastBy((vector) => scaled(vector, Number.POSITIVE_INFINITY))],
    ['one of length 2', lastBy((vector) => packVector(unpackVector(vector).map((number) => number * 2)))],
    ['nothing as bytes', eachBy(() => new Uint8Array())],
  ];

  test.each(lies)('giving %s is believed no more, and nothing of it is used', async (_, lie) => {
    const notes = createFakeNotes();
    for (const note of ['a.md', 'b.md', 'c.md']) writeLong(notes, note, 4);
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes), lie }]);
    await lap.index.indexer.catchUp();
    expect(lap.index.queue.behind()).toBe(0);
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    expect(lap.shared.asked).toHaveLength(1);
    expect(lap.shared.distrusted).toEqual(['desk']);
    expect(lap.index.shared()).toEqual({ taken: 0, checked: 0, refused: 4, from: [] });
    expect(lap.log.lines).toMatchObject([
      { level: 'warn', message: expect.stringContaining('device desk gave embeddings of fake-1') },
    ]);
  });

  test('leaves the others their say', async () => {
    const notes = createFakeNotes();
    for (const note of ['a.md', 'b.md', 'c.md']) writeLong(notes, note, 6);
    const sql = await indexOf(notes);
    const lap = openLap(notes, [
      { id: 'liar', sql, lie: other },
      { id: 'desk', sql },
    ]);
    await lap.index.indexer.catchUp();
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    const { from, taken } = lap.index.shared();
    expect(from).toEqual([{ name: 'device desk', taken }]);
    expect(taken).toBeGreaterThanOrEqual(10);
  });

  test('after it was honest is caught, since nobody can tell which vector is made again', async () => {
    const notes = createFakeNotes();
    for (let nth = 0; nth < 60; nth += 1) writeLong(notes, `${nth}.md`, 4);
    let answers = 0;
    const lie = (embeddings: PackedEmbedding[]): PackedEmbedding[] => {
      answers += 1;
      return answers > 5 ? other(embeddings) : embeddings;
    };
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes), lie }]);
    await lap.index.indexer.catchUp();
    expect(lap.shared.distrusted).toEqual(['desk']);
    expect(answers).toBeLessThan(60);
  });

  test('by naming what it was not asked for brings nothing in', async () => {
    const notes = createFakeNotes();
    writeLong(notes, 'a.md', 2);
    const more = (embeddings: PackedEmbedding[]): PackedEmbedding[] => [
      ...embeddings,
      { hash: 'f'.repeat(64), vector: new Uint8Array(3) },
    ];
    const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes), lie: more }]);
    await lap.index.indexer.catchUp();
    expect(vectorsOf(lap.sql)).toEqual(await freshVectors(notes));
    expect(lap.sql.prepare('SELECT hash FROM embeddings').all()).toHaveLength(2);
    expect(lap.shared.distrusted).toEqual([]);
  });
});

test('a crash at any step loses nothing and leaves nothing half done', async () => {
  const notes = createFakeNotes();
  live(notes, createSeededRandom('notes'), 8);
  const sharer = { id: 'desk', sql: await indexOf(notes) };
  let crashes = 0;
  for (let step = 1; ; step += 1) {
    const sql = openIndexSql();
    const around = {
      notes,
      clock: createFakeClock(),
      embedder: createServerEmbedder(),
      shared: createFakeShared(sharer),
    };
    openOver(sql, around);
    let reached = 0;
    const life = createLife((point) => {
      reached += 1;
      if (reached === step) throw new Crash(point);
    });
    try {
      await openOver(createCrashingSql(sql, life), around).indexer.catchUp();
    } catch (cause) {
      expect(cause).toBeInstanceOf(Crash);
    }
    const isOver = !life.dead;
    const index = openOver(sql, around);
    do {
      await around.clock.advance(limits.retryLongestMs);
      await index.indexer.catchUp();
    } while (index.queue.behind() > 0);
    expect(vectorsOf(sql)).toEqual(await freshVectors(notes));
    expect(strayRows(sql)).toBe(0);
    sql.close();
    if (isOver) break;
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(20);
});

test('what was given is counted over restarts, and not after the index is closed', async () => {
  const notes = createFakeNotes();
  writeLong(notes, 'a.md', 4);
  const lap = openLap(notes, [{ id: 'desk', sql: await indexOf(notes) }]);
  await lap.index.indexer.catchUp();
  const before = lap.index.shared();
  const around = { ...lap, notes, clock: createFakeClock() };
  const again = openOver(lap.sql, around);
  expect(again.shared()).toEqual(before);
  writeLong(notes, 'b.md', 4);
  const go = Promise.withResolvers<void>();
  lap.shared.slow(go.promise);
  const running = again.indexer.catchUp();
  again.indexer.stop();
  go.resolve();
  await running;
  expect(again.shared()).toEqual(before);
});

test('an index gives only what a passage of it has now, in which notes that stands, and in the dimensions asked for', async () => {
  const notes = createFakeNotes();
  notes.write('a.md', 'same');
  notes.write('docs/b.md', 'same');
  notes.write('gone.md', 'gone');
  const sql = openSql();
  const index = openOver(sql, { notes, embedder: createFakeEmbedder(), clock: createFakeClock() });
  await index.indexer.catchUp();
  const hashes = sql
    .prepare<{ hash: string }>('SELECT hash FROM embeddings')
    .all()
    .map(({ hash }) => hash);
  expect(hashes).toHaveLength(2);
  notes.delete('gone.md');
  await index.indexer.catchUp();
  const given = readEmbeddings(sql, { dimensions: fakeDimensions, hashes: [...hashes, 'f'.repeat(64)] });
  expect(given).toMatchObject([{ notes: ['a.md', 'docs/b.md'] }]);
  expect(given[0]?.vector).toHaveLength(4 + fakeDimensions);
  expect(readEmbeddings(sql, { dimensions: fakeDimensions - 1, hashes })).toEqual([]);
});
