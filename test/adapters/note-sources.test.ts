/** Wherever notes come from, the index ends as one that is made anew would: from memory, from a log, from a PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createOutboxNotes } from '../../electron/adapters/outbox-notes.ts';
import { createOutboxQueue } from '../../electron/adapters/outbox-queue.ts';
import { openIndex } from '../../electron/engine/knowledge/index-schema.ts';
import { createPositionOf } from '../../electron/engine/knowledge/index-target.ts';
import type { KnowledgeIndex, OutsideWork } from '../../electron/engine/knowledge/knowledge-index.ts';
import type { NoteSource, Notes } from '../../electron/engine/knowledge/knowledge-ports.ts';
import { createLogNotes } from '../../electron/engine/knowledge/log-notes.ts';
import { createAppender } from '../../electron/engine/log/append.ts';
import { contentOf, createContentStore } from '../../electron/engine/log/content-store.ts';
import { createKnownFiles } from '../../electron/engine/log/known-files.ts';
import { openLog } from '../../electron/engine/log/open-log.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { encodeUtf8 } from '../../shared/domain/utf8.ts';
import { limits } from '../../shared/limits.ts';
import { problem } from '../../shared/result.ts';
import { evidence, someStat } from '../engine/core-fixture.ts';
import {
  contentsOf,
  freshContents,
  openIndexSql,
  openOver,
  strayRows,
} from '../engine/knowledge/index-fixture.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder } from '../support/fake-embedder.ts';
import { createFakeNotes } from '../support/fake-notes.ts';
import { makeOutbox } from '../support/outbox-place.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

type Subject = {
  write(note: string, text: string): Promise<void>;
  delete(note: string): Promise<void>;
  /** As a process that starts has it. */
  open(sql: Sql): { source: NoteSource | OutsideWork; notes: Notes };
  /** What failed has its turn, whatever clock it waits by. */
  letTimePass(): Promise<void>;
};

const clock = createFakeClock();
const letFakeTimePass = () => clock.advance(limits.retryLongestMs);

async function fromMemory(): Promise<Subject> {
  const notes = createFakeNotes();
  return {
    write: async (note, text) => notes.write(note, text),
    delete: async (note) => notes.delete(note),
    open: () => ({ source: notes, notes }),
    letTimePass: letFakeTimePass,
  };
}

async function fromLog(): Promise<Subject> {
  const sql = openSql(':memory:');
  onTestFinished(() => sql.close());
  const random = createSeededRandom(1);
  const node = openLog(sql, random);
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock, random, contents }, () => node);
  const known = createKnownFiles(sql);
  const record = async (path: string, text: string | null): Promise<void> => {
    const wasThere = known.get(path)?.content != null;
    append.change({
      kind: text === null ? 'deleted' : wasThere ? 'modified' : 'created',
      path,
      fileClass: 'note',
      content: text === null ? null : contentOf(nodeCodec, encodeUtf8(text)),
      previous: null,
      parents: [],
      evidence: [evidence('rule', 'claude-code')],
      stat: someStat,
      consolidation: null,
      baseline: false,
    });
  };
  return {
    write: record,
    delete: (note) => record(note, null),
    open() {
      const source = createLogNotes(sql, createContentStore(sql, nodeCodec));
      return { source, notes: source };
    },
    letTimePass: letFakeTimePass,
  };
}

async function fromPostgres(server: PostgresServer): Promise<Subject> {
  const place = await makeOutbox(server);
  return {
    write: place.write,
    delete: place.delete,
    open(sql) {
      const connection = place.connect();
      openIndex(sql);
      const around = { connection, worker: randomUUID(), positionOf: createPositionOf(sql) };
      const queue = createOutboxQueue({ ...around, index: 'an index' });
      const notes = createOutboxNotes(connection, nodeCodec);
      return { source: { notes, queue, hear: queue.hear }, notes };
    },
    letTimePass: async () => void (await place.run(`UPDATE skein.queue SET next_at = '-infinity'`)),
  };
}

type Reader = { sql: Sql; embedder: FakeEmbedder; index: KnowledgeIndex; notes: Notes };

function open(subject: Subject, sql: Sql, embedder = createFakeEmbedder()): Reader {
  const { source, notes } = subject.open(sql);
  return { sql, embedder, notes, index: openOver(sql, { notes: source, embedder, clock }) };
}

function begin(subject: Subject): Reader {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  return open(subject, sql);
}

const textsOf = (sql: Sql): string[] => (contentsOf(sql) as { text: string }[]).map(({ text }) => text);

function suite(make: () => Promise<Subject>): void {
  test('a note has its state and its bytes: there, deleted, or never known', async () => {
    const subject = await make();
    const { notes } = begin(subject);
    await subject.write('a.md', 'Grüße');
    const state = await notes.state('a.md');
    const bytes = encodeUtf8('Grüße');
    expect(state).toMatchObject({ note: 'a.md', content: nodeCodec.sha256(bytes) });
    expect(Buffer.from((await notes.bytes(state?.content ?? '')) ?? [])).toEqual(Buffer.from(bytes));
    expect(await notes.bytes(nodeCodec.sha256(encodeUtf8('of nobody')))).toBeUndefined();
    await subject.delete('a.md');
    expect(await notes.state('a.md')).toMatchObject({ content: null });
    expect(await notes.state('never.md')).toBeUndefined();
  });

  test('created, edited, deleted and restored notes are indexed as they are, and what comes back costs nothing', async () => {
    const subject = await make();
    const { sql, index, embedder } = begin(subject);
    const after = async (): Promise<string[]> => {
      await index.indexer.catchUp();
      return textsOf(sql);
    };
    await subject.write('a.md', 'one');
    expect(await after()).toEqual(['one']);
    await subject.write('a.md', 'two');
    expect(await after()).toEqual(['two']);
    await subject.delete('a.md');
    expect(await after()).toEqual([]);
    await subject.write('a.md', 'two');
    expect(await after()).toEqual(['two']);
    expect(embedder.asked).toEqual(['one', 'two']);
  });

  test('of many edits between two looks only the last is embedded', async () => {
    const subject = await make();
    const { sql, index, embedder } = begin(subject);
    for (let nth = 0; nth < 5; nth += 1) await subject.write('a.md', `edit ${nth}`);
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['edit 4']);
    expect(textsOf(sql)).toEqual(['edit 4']);
  });

  test('an edit while the one before is embedded is indexed after it', async () => {
    const subject = await make();
    const { sql, index, embedder } = begin(subject);
    await subject.write('a.md', 'before');
    const embed = embedder.embed;
    let edits = 0;
    embedder.embed = async (texts, spent) => {
      edits += 1;
      if (edits === 1) await subject.write('a.md', 'meanwhile');
      return embed(texts, spent);
    };
    await index.indexer.catchUp();
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['meanwhile']);
  });

  test('a note that fails holds up nobody and is tried again', async () => {
    const subject = await make();
    const { sql, index, embedder } = begin(subject);
    await subject.write('a.md', 'one');
    await subject.write('b.md', 'two');
    embedder.failWith(problem('peer-unreachable', 'the model', 'It does not answer.', ''));
    await index.indexer.catchUp();
    expect(textsOf(sql)).toHaveLength(1);
    await subject.letTimePass();
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['one', 'two']);
  });

  test('whatever happens, and whoever starts anew in between, it ends as a fresh index would', async () => {
    const subject = await make();
    const random = createSeededRandom(23);
    const texts = new Map<string, string>();
    let reader = begin(subject);
    for (let step = 0; step < 60; step += 1) {
      const note = `${random.integer(8)}.md`;
      if (random.chance(0.25) && texts.delete(note)) await subject.delete(note);
      else {
        texts.set(note, `# ${note}\n\ntext ${random.integer(20)}`);
        await subject.write(note, texts.get(note) ?? '');
      }
      if (random.chance(0.3)) await reader.index.indexer.catchUp();
      if (random.chance(0.1)) reader = open(subject, reader.sql);
    }
    await reader.index.indexer.catchUp();
    const notes = createFakeNotes();
    for (const [note, text] of texts) notes.write(note, text);
    expect(contentsOf(reader.sql)).toEqual(await freshContents(notes, createFakeEmbedder()));
    expect(strayRows(reader.sql)).toBe(0);
  });
}

describe('notes in memory', () => suite(fromMemory));
describe('notes of a log', () => suite(fromLog));

const whyNot = postgresMissing === undefined ? '' : ` (skipped: ${postgresMissing})`;
describe.skipIf(postgresMissing !== undefined)(`notes in PostgreSQL${whyNot}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());
  suite(() => fromPostgres(server));
});
