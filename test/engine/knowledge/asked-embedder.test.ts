/** An index whose vectors come from a server: whatever that does, it ends as an index that is made anew would be. */
import type { ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpEmbedder } from '../../../electron/adapters/http-embedder.ts';
import type { KnowledgeIndex } from '../../../electron/engine/knowledge/knowledge-index.ts';
import type { Embedder, NoteChoice } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { everyNote } from '../../../electron/engine/knowledge/silent-embedder.ts';
import type { Clock } from '../../../electron/engine/ports.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { must } from '../../support/device.ts';
import {
  answerOf,
  type EmbeddingServer,
  send,
  startEmbeddingServer,
} from '../../support/embedding-server.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder } from '../../support/fake-embedder.ts';
import { createFakeNotes } from '../../support/fake-notes.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';
import {
  askedFor,
  contentsOf,
  freshContents,
  live,
  makeIndex,
  openIndexSql,
  openOver,
  strayRows,
} from './index-fixture.ts';

function embedderOf(server: EmbeddingServer, clock: Clock): Embedder {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const choice = {
    kind: 'ollama' as const,
    url: server.url,
    model: 'small',
    requests_per_minute: null,
    price_per_million: null,
    only: [],
    dimensions: 48,
    version: server.version,
  };
  return createHttpEmbedder(choice, { clock, key: ok(undefined), signal: stopping.signal });
}

/** Time passes while it works, as much as its waits want. */
async function passing<Value>(clock: FakeClock, work: Promise<Value>): Promise<Value> {
  let isOver = false;
  const done = work.finally(() => {
    isOver = true;
  });
  while (!isOver) await clock.advance(500);
  return done;
}

/** One of the ways in which a server fails, or none. */
function misbehaveBy(random: SeededRandom, server: EmbeddingServer) {
  const faults: ((texts: string[], response: ServerResponse) => void)[] = [
    (_, response) => send(response, 500, { error: 'out of memory' }),
    (_, response) => send(response, 429, { error: 'slow down' }, { 'retry-after': '3' }),
    (_, response) => send(response, 429, { error: 'slow down' }),
    (texts, response) => send(response, 200, answerOf({ ...server, dimensions: 47 }, '/api/embed', texts)),
    (texts, response) => send(response, 200, answerOf(server, '/api/embed', texts.slice(1))),
    (_, response) => void response.end('garbage'),
    (_, response) => void response.destroy(),
    // Says nothing, until it is given up.
    () => {},
  ];
  return ({ texts }: { texts: string[] }, response: ServerResponse): boolean => {
    if (random.chance(0.5)) return false;
    random.pick(faults)(texts, response);
    return true;
  };
}

/** Until nothing waits any more. */
async function bringUp(index: KnowledgeIndex, clock: FakeClock): Promise<void> {
  for (let rounds = 0; rounds < 100; rounds += 1) {
    await passing(clock, index.indexer.catchUp());
    if (index.queue.behind() === 0) return;
    await clock.advance(limits.retryLongestMs);
  }
  expect(index.queue.behind()).toBe(0);
}

test('a server that fails, is slow, limits, and lies for a while leaves an index as made anew', async () => {
  let failures = 0;
  for (let seed = 0; seed < 6; seed += 1) {
    const clock = createFakeClock();
    const server = await startEmbeddingServer();
    const notes = createFakeNotes();
    const sql = openIndexSql();
    const random = createSeededRandom(seed);
    const around = { notes, clock, embedder: embedderOf(server, clock) };
    const index = openOver(sql, around);
    server.misbehave = misbehaveBy(random, server);
    for (let round = 0; round < 3; round += 1) {
      live(notes, random, 5);
      await passing(clock, index.indexer.catchUp());
    }
    await bringUp(index, clock);
    failures += index.use().failures;
    server.misbehave = undefined;
    expect(contentsOf(sql)).toEqual(await freshContents(notes, embedderOf(server, clock)));
    expect(strayRows(sql)).toBe(0);
    sql.close();
    await server.stop();
  }
  expect(failures).toBeGreaterThan(10);
});

test('a crash at any step of that loses nothing and leaves nothing half done', async () => {
  const server = await startEmbeddingServer();
  let crashes = 0;
  for (let step = 1; ; step += 1) {
    const clock = createFakeClock();
    const sql = openIndexSql();
    const notes = createFakeNotes();
    const around = { notes, clock, embedder: embedderOf(server, clock) };
    live(notes, createSeededRandom('before'), 5);
    await openOver(sql, around).indexer.catchUp();
    live(notes, createSeededRandom('after'), 5);
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
    await bringUp(openOver(sql, around), clock);
    expect(contentsOf(sql)).toEqual(await freshContents(notes, embedderOf(server, clock)));
    expect(strayRows(sql)).toBe(0);
    sql.close();
    if (isOver) break;
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(30);
});

test('several notes are on their way at once, and no text that two of them hold is lost', async () => {
  const server = await startEmbeddingServer();
  const clock = createFakeClock();
  const notes = createFakeNotes();
  const sql = openIndexSql();
  for (let nth = 0; nth < 12; nth += 1) notes.write(`${nth}.md`, `same in all\n\n# Of ${nth}\n\nonly ${nth}`);
  const all = Promise.withResolvers<void>();
  // None is answered before as many as may be there have come.
  server.misbehave = async () => {
    if (server.asked.length === limits.embeddingNotes) all.resolve();
    await all.promise;
    return false;
  };
  const { indexer, queue } = openOver(sql, { notes, clock, embedder: embedderOf(server, clock) });
  await indexer.catchUp();
  expect(queue.behind()).toBe(0);
  expect(server.most()).toBe(limits.embeddingNotes);
  expect(contentsOf(sql)).toEqual(await freshContents(notes, embedderOf(server, clock)));
  sql.close();
});

test('a note stays with whoever works on it, however long that takes and whatever makes it due meanwhile', async () => {
  const { sql, notes, embedder, clock } = makeIndex();
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow: Embedder = {
    ...embedder,
    atOnce: { texts: 32, notes: 2 },
    async embed(texts, spent) {
      begun.resolve();
      await go.promise;
      return embedder.embed(texts, spent);
    },
  };
  const { indexer, queue } = openOver(sql, { notes, embedder: slow, clock });
  notes.write('a.md', 'anchor');
  const running = indexer.catchUp();
  await begun.promise;
  await clock.advance(limits.retryLongestMs);
  queue.retry(undefined);
  notes.write('b.md', 'birch');
  void indexer.catchUp();
  expect(queue.take({ nowMs: clock.nowMs(), draw: 0 })).toBeUndefined();
  go.resolve();
  await running;
  expect(embedder.asked.toSorted()).toEqual(['anchor', 'birch']);
  expect(queue.behind()).toBe(0);
});

describe('a server that wants to be left alone for half an hour', () => {
  const restMs = 1_800_000;
  async function limited() {
    const server = await startEmbeddingServer();
    server.misbehave = (_, response) => {
      send(response, 429, { error: 'slow down' }, { 'retry-after': String(restMs / 1_000) });
      return true;
    };
    const clock = createFakeClock();
    const notes = createFakeNotes();
    const sql = openIndexSql();
    onTestFinished(() => sql.close());
    // As a thread that is started for some seconds has it: nothing but the database is what it was.
    const open = () => openOver(sql, { notes, clock, embedder: embedderOf(server, clock) });
    notes.write('a.md', 'anchor');
    const index = open();
    await index.indexer.catchUp();
    expect(server.asked).toHaveLength(1);
    return { server, clock, notes, index, open, wantedMs: clock.nowMs() + restMs };
  }

  test('is, whoever opens the index meanwhile and whatever is written', async () => {
    const { server, clock, notes, index, open, wantedMs } = await limited();
    index.indexer.stop();
    expect(index.queue.nextMs()).toBe(wantedMs);
    for (const note of ['b.md', 'a.md']) {
      await clock.advance(limits.retryLongestMs);
      notes.write(note, 'birch');
      const again = open();
      await again.indexer.catchUp();
      expect(wordsIn(again, 'birch')).toContain(note);
      expect(await again.learner.embedQuery('birch')).toMatchObject({ error: { code: 'rate-limited' } });
      expect(again.queue.nextMs()).toBe(wantedMs);
      again.indexer.stop();
    }
    expect(server.asked).toHaveLength(1);
    server.misbehave = undefined;
    await clock.advance(wantedMs - clock.nowMs());
    const last = open();
    await last.indexer.catchUp();
    expect(last.queue.behind()).toBe(0);
  });

  test.each(['by the one that was told', 'by the next one'])(
    'is asked at once when a person says so, %s',
    async (by) => {
      const { server, clock, index, open } = await limited();
      const asking = by === 'by the next one' ? open() : index;
      await clock.advance(limits.retryLongestMs);
      expect(asking.retry(undefined)).toBe(1);
      await asking.indexer.catchUp();
      expect(server.asked).toHaveLength(2);
      server.misbehave = undefined;
      asking.retry('a.md');
      await asking.indexer.catchUp();
      expect(asking.queue.behind()).toBe(0);
    },
  );
});

test('notes that are broken off by a stop are due at once, and did not fail', async () => {
  const { sql, notes, clock } = makeIndex();
  for (const note of ['a.md', 'b.md', 'c.md']) notes.write(note, `words of ${note}`);
  const [begun, broken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const breaking: Embedder = {
    ...createFakeEmbedder(),
    atOnce: { texts: 32, notes: 2 },
    async embed() {
      asked += 1;
      if (asked === 2) begun.resolve();
      await broken.promise;
      return err(away);
    },
  };
  const { indexer, queue } = openOver(sql, { notes, clock, embedder: breaking });
  const running = indexer.catchUp();
  await begun.promise;
  indexer.stop();
  broken.resolve();
  await running;
  expect(queue.nextMs()).toBe(0);
  const failures = sql.prepare<{ failures: number }>('SELECT DISTINCT failures FROM notes').all();
  expect(failures).toEqual([{ failures: 0 }]);
  const again = openOver(sql, { notes, clock, embedder: createFakeEmbedder() });
  await again.indexer.catchUp();
  expect(again.queue.behind()).toBe(0);
});

const away = problem('peer-unreachable', 'the model', 'The model does not answer.', 'It is tried again.');
const wordsIn = ({ passages }: KnowledgeIndex, word: string): string[] =>
  [...passages.get(passages.byWords(askedFor(word), undefined, 9)).values()]
    .map(({ note }) => note)
    .toSorted();
const meaningIn = async (index: KnowledgeIndex, text: string): Promise<string[]> => {
  const near = await index.nearest(must(await index.learner.embedQuery(text)), undefined, 9);
  const found = index.passages.get(near.passages.map(({ id }) => id));
  return near.passages.flatMap(({ id }) => found.get(id)?.note ?? []);
};

describe('while the vectors of a note cannot be had', () => {
  test('its words are found, each new version of them, and nothing of the old one', async () => {
    const { notes, embedder, index, clock } = makeIndex();
    notes.write('a.md', 'anchor');
    await index.indexer.catchUp();
    embedder.failWith(...Array(9).fill(away));
    notes.write('a.md', 'birch');
    await index.indexer.catchUp();
    expect([wordsIn(index, 'anchor'), wordsIn(index, 'birch')]).toEqual([[], ['a.md']]);
    notes.delete('a.md');
    await clock.advance(limits.retryLongestMs);
    await index.indexer.catchUp();
    expect(wordsIn(index, 'birch')).toEqual([]);
    expect(index.queue.behind()).toBe(0);
    notes.write('a.md', 'copper');
    await index.indexer.catchUp();
    expect(wordsIn(index, 'copper')).toEqual(['a.md']);
    expect(index.queue.behind()).toBe(1);
  });

  test('its words are found as soon as it is read, however long the server takes', async () => {
    const server = await startEmbeddingServer();
    const clock = createFakeClock();
    const notes = createFakeNotes();
    const sql = openIndexSql();
    const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    server.misbehave = async () => {
      arrived.resolve();
      await go.promise;
      return false;
    };
    notes.write('a.md', 'anchor');
    const index = openOver(sql, { notes, clock, embedder: embedderOf(server, clock) });
    const running = index.indexer.catchUp();
    await arrived.promise;
    expect(wordsIn(index, 'anchor')).toEqual(['a.md']);
    expect(index.queue.behind()).toBe(1);
    go.resolve();
    await running;
    expect(index.queue.behind()).toBe(0);
    expect(contentsOf(sql)).toEqual(await freshContents(notes, embedderOf(server, clock)));
    sql.close();
  });

  test('a search by meaning finds it from the moment that they come', async () => {
    const { notes, embedder, index, clock } = makeIndex();
    notes.write('b.md', 'harbour lights');
    await index.indexer.catchUp();
    expect(await meaningIn(index, 'anchor chain')).toEqual(['b.md']);
    embedder.failWith(away);
    notes.write('a.md', 'anchor chain');
    await index.indexer.catchUp();
    expect(await meaningIn(index, 'anchor chain')).toEqual(['b.md']);
    await clock.advance(limits.retryLongestMs);
    await index.indexer.catchUp();
    expect(await meaningIn(index, 'anchor chain')).toEqual(['a.md', 'b.md']);
  });

  test('what was made of it before the failure is not asked for again', async () => {
    const { notes, embedder, index, clock } = makeIndex();
    embedder.atOnce.texts = 1;
    notes.write('a.md', `# One\n\n${'anchor '.repeat(250)}\n\n# Two\n\n${'birch '.repeat(250)}`);
    let asked = 0;
    embedder.lie((vectors) => {
      asked += 1;
      return asked === 2 ? [] : vectors;
    });
    await index.indexer.catchUp();
    expect(index.queue.behind()).toBe(1);
    await clock.advance(limits.retryLongestMs);
    await index.indexer.catchUp();
    expect(index.queue.behind()).toBe(0);
    expect(embedder.asked.filter((text) => text.includes('anchor'))).toHaveLength(1);
  });
});

describe('a note that is kept from the embedder', () => {
  const onlyDocs: NoteChoice = { name: 'docs', has: (note) => note.startsWith('docs/') };

  test('is found by its words, and no text of it is sent', async () => {
    const { sql, notes, embedder, clock } = makeIndex();
    notes.write('docs/a.md', 'anchor');
    notes.write('private.md', 'anchor secret');
    const index = openOver(sql, { notes, embedder, clock, embeds: onlyDocs });
    await index.indexer.catchUp();
    expect(index.queue.behind()).toBe(0);
    expect(embedder.asked).toEqual(['anchor']);
    expect(wordsIn(index, 'anchor')).toEqual(['docs/a.md', 'private.md']);
    expect(await meaningIn(index, 'secret')).toEqual(['docs/a.md']);
  });

  test('is sent once it is not kept any more, and the others are not sent again', async () => {
    const { sql, notes, embedder, clock } = makeIndex();
    notes.write('docs/a.md', 'anchor');
    notes.write('private.md', 'birch');
    await openOver(sql, { notes, embedder, clock, embeds: onlyDocs }).indexer.catchUp();
    const index = openOver(sql, { notes, embedder, clock, embeds: everyNote });
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['anchor', 'birch']);
    expect(contentsOf(sql)).toEqual(await freshContents(notes, createFakeEmbedder()));
  });
});

test('what was asked is counted over restarts, and not after the index is closed', async () => {
  const server = await startEmbeddingServer();
  const clock = createFakeClock();
  const notes = createFakeNotes();
  const sql = openIndexSql();
  const around = { notes, clock, embedder: embedderOf(server, clock) };
  notes.write('a.md', 'one two three');
  const first = openOver(sql, around);
  await first.indexer.catchUp();
  expect(first.use()).toEqual({ requests: 1, failures: 0, tokens: 3, isEstimated: false });
  server.misbehave = (_, response) => {
    send(response, 500, {});
    return true;
  };
  notes.write('a.md', 'four');
  const second = openOver(sql, around);
  await second.indexer.catchUp();
  expect(second.use()).toEqual({ requests: 2, failures: 1, tokens: 3, isEstimated: false });
  const arrived = Promise.withResolvers<void>();
  server.misbehave = () => {
    arrived.resolve();
    return true;
  };
  second.queue.retry(undefined);
  const running = second.indexer.catchUp();
  await arrived.promise;
  second.indexer.stop();
  sql.close();
  await clock.advance(limits.embeddingSilenceMs);
  await running;
});
