/**
 * The knowledge index beside ChromaDB on the same vectors in the same run; from an edit to the search that finds it; and
 * what an edit of one line costs. ChromaDB is installed on demand.
 */
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { openChromaStore } from '../../electron/adapters/chroma-store.ts';
import { openCodeIndex } from '../../electron/adapters/code-index.ts';
import { createConsoleLog } from '../../electron/adapters/console-log.ts';
import { createBuiltinEmbedder } from '../../electron/engine/knowledge/builtin-embedder.ts';
import { createChunkIndex } from '../../electron/engine/knowledge/chunk-index.ts';
import { openIndex } from '../../electron/engine/knowledge/index-schema.ts';
import type { NoteCatalogue } from '../../electron/engine/knowledge/knowledge-ports.ts';
import { createNearPassages } from '../../electron/engine/knowledge/near-passages.ts';
import { createNearest } from '../../electron/engine/knowledge/nearest.ts';
import { createNoteQueue } from '../../electron/engine/knowledge/note-queue.ts';
import { createPassages } from '../../electron/engine/knowledge/passages.ts';
import { searchPassages } from '../../electron/engine/knowledge/search.ts';
import { everyNote } from '../../electron/engine/knowledge/silent-embedder.ts';
import { createHost } from '../../electron/host/host.ts';
import { limits } from '../../shared/limits.ts';
import { ok } from '../../shared/result.ts';
import { openIndexSql, openOver } from '../engine/knowledge/index-fixture.ts';
import { must } from '../support/device.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeNotes } from '../support/fake-notes.ts';
import { startChroma } from '../support/servers/chroma-server.ts';
import { nearestExactly } from '../support/vectors.ts';
import {
  type BenchPassage,
  type BenchQuestion,
  makePassages,
  makeQuestions,
  passagesOfNote,
} from './knowledge-data.ts';
import { ms, quantile, type Row } from './measure.ts';
import { memoryMiB } from './process-facts.ts';

const asked = 200;
/** Comparing all takes a while. */
const compared = 50;
const found = 10;

export async function benchKnowledge(folder: string, makeWorkspace: () => string): Promise<Row[]> {
  const rows = [...(await benchEdits(folder, makeWorkspace)), await benchOneLine()];
  for (const count of counts()) rows.push(...(await benchCount(folder, count)));
  return rows;
}

/** SKEIN_BENCH_PASSAGES measures another number of them alone. */
function counts(): number[] {
  const chosen = Number(process.env['SKEIN_BENCH_PASSAGES'] ?? 0);
  return chosen > 0 ? [chosen] : [10_000, 100_000];
}

type Measured = { buildMs: number; queryMs: number[]; recall: number; memory: number; disk: number };

async function benchCount(folder: string, count: number): Promise<Row[]> {
  const passages = makePassages(count);
  const questions = makeQuestions(asked, passages);
  const vectors = passages.map(({ vector }) => vector);
  const exact = questions
    .slice(0, compared)
    .map(({ vector }) => new Set(nearestExactly(vector, vectors, found).map((nth) => passages[nth]?.hash)));
  const input = { passages, questions, exact };
  const name = count.toLocaleString('en');
  const { hybridMs, ...ours } = await benchEmbedded(mkdtempSync(join(folder, 'index-')), input);
  const theirs = await benchChroma(input);
  return [
    ...rowsOf(`${name} passages`, ours, theirs),
    {
      name: `${name} passages: hybrid query`,
      value: `${ms(quantile(hybridMs, 0.5))} / ${ms(quantile(hybridMs, 0.99))}`,
      goal: 'p99 < 50 ms',
      note: `p50 / p99 of ${asked}, words and vectors`,
    },
  ];
}

type Input = {
  passages: readonly BenchPassage[];
  questions: readonly BenchQuestion[];
  exact: Set<string | undefined>[];
};

async function benchEmbedded(folder: string, input: Input): Promise<Measured & { hybridMs: number[] }> {
  const sql = openSql(join(folder, 'index.db'));
  openIndex(sql);
  const startMemory = memoryMiB(process.pid);
  const startMs = performance.now();
  fillIndex(sql, input.passages);
  const buildMs = performance.now() - startMs;
  const passages = createPassages(sql);
  const near = createNearPassages(sql, openCodeIndex);
  const nearest = createNearest(sql, { near, feed: undefined, shares: everyNote });
  const hashById = new Map(
    sql
      .prepare<{ id: number; hash: string }>('SELECT id, hash FROM chunks')
      .all()
      .map(({ id, hash }) => [id, hash]),
  );
  const measured = await askAll(input, async ({ vector }) =>
    near.find(vector, undefined, found).map(({ id }) => hashById.get(id)),
  );
  const hybridMs: number[] = [];
  for (const { text, vector } of input.questions) {
    const startMs = performance.now();
    const embedQuery = async () => ok(vector);
    const request = { text, mode: 'hybrid', atMost: limits.foundPassages } as const;
    must(await searchPassages({ passages, nearest, catalogue, embedQuery }, request));
    hybridMs.push(performance.now() - startMs);
  }
  const memory = memoryMiB(process.pid) - startMemory;
  sql.close();
  return { buildMs, ...measured, hybridMs, memory, disk: bytesOf(folder) };
}

const catalogue: NoteCatalogue = {
  facts: (notes) =>
    new Map(notes.map((note) => [note, { note, fileClass: 'note', agent: 'human', changedMs: 0 }])),
  select: () => ok([]),
};

function fillIndex(sql: ReturnType<typeof openSql>, passages: readonly BenchPassage[]): void {
  const queue = createNoteQueue(sql);
  const index = createChunkIndex(sql);
  for (let from = 0; from < passages.length; from += passagesOfNote) {
    const own = passages.slice(from, from + passagesOfNote);
    const note = own[0]?.note ?? '';
    const position = from + 1;
    queue.hear([{ note, position, type: 'NoteCreated', atMs: 0 }], { position, name: '' });
    const chunks = own.map(({ hash, text }, nth) => ({
      hash,
      text,
      headings: [note],
      line: nth,
      lastLine: nth,
      from: 0,
      to: 0,
    }));
    const vectors = new Map(own.map(({ hash, vector }) => [hash, vector]));
    index.swap({ note, position, content: note, chunks, isWhole: true }, vectors, 0);
  }
}

async function benchChroma(input: Input): Promise<Measured> {
  const server = await startChroma();
  const space = { name: 'skein-bench', making: `${input.passages.length}` };
  const store = openChromaStore({ url: server.url, token: undefined, space });
  try {
    must(await store.look());
    const startMs = performance.now();
    for (let from = 0; from < input.passages.length; from += limits.storedAtOnce) {
      const added = input.passages.slice(from, from + limits.storedAtOnce).map(({ hash, note, vector }) => ({
        key: hash,
        note,
        vector,
        headings: [note],
        line: 1,
        lastLine: 1,
      }));
      must(await store.swap({ added, moved: [], removed: [], marker: 'bench' }));
    }
    const buildMs = performance.now() - startMs;
    const measured = await askAll(input, async ({ vector }) =>
      must(await store.find({ vector, notes: undefined, atMost: found })).map(({ key }) => key),
    );
    return { buildMs, ...measured, memory: memoryMiB(server.pid()), disk: bytesOf(server.folder) };
  } finally {
    await store.close();
    await server.stop();
  }
}

async function askAll(
  { questions, exact }: Input,
  find: (question: BenchQuestion) => Promise<(string | undefined)[]>,
): Promise<Pick<Measured, 'queryMs' | 'recall'>> {
  const queryMs: number[] = [];
  let hits = 0;
  for (const [nth, question] of questions.entries()) {
    const startMs = performance.now();
    const near = await find(question);
    queryMs.push(performance.now() - startMs);
    hits += near.filter((hash) => exact[nth]?.has(hash)).length;
  }
  return { queryMs, recall: hits / (exact.length * found) };
}

function rowsOf(name: string, ours: Measured, theirs: Measured): Row[] {
  const pair = (what: string, write: (it: Measured) => string, goal: string, note: string): Row => ({
    name: `${name}: ${what}`,
    value: write(ours),
    goal,
    note: `ChromaDB ${write(theirs)}${note}`,
  });
  const seconds = ({ buildMs }: Measured): string => `${(buildMs / 1_000).toFixed(1)} s`;
  return [
    pair('build', seconds, 'under ChromaDB', '; vectors given, without embedding'),
    pair(
      'nearest ten',
      ({ queryMs }) => `${ms(quantile(queryMs, 0.5))} / ${ms(quantile(queryMs, 0.99))}`,
      'under ChromaDB',
      `; p50 / p99 of ${asked}`,
    ),
    pair(
      'recall@10',
      ({ recall }) => recall.toFixed(3),
      '> 0.95',
      `; against comparing all, ${compared} questions`,
    ),
    pair('memory', ({ memory }) => `${memory.toFixed(0)} MiB`, '', '; ours: what the process grew by'),
    pair('disk', ({ disk }) => `${(disk / 2 ** 20).toFixed(0)} MiB`, '', '; ours with all texts'),
  ];
}

const bytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, it) => sum + (it.isFile() ? it.size : 0), 0);

const edits = 60;

/** From the write of a file until a search finds it, with default settings, by a real host. */
async function benchEdits(folder: string, makeWorkspace: () => string): Promise<Row[]> {
  const log = createConsoleLog({
    json: false,
    minimum: 'error',
    write: (line) => process.stderr.write(line),
  });
  const env = { ...process.env };
  const host = must(
    await createHost({ dataFolder: join(folder, 'knowledge-data'), version: 'bench', env, log }),
  );
  const workspace = makeWorkspace();
  const file = join(workspace, 'AGENTS.md');
  writeFileSync(file, '# Agents\n');
  const { id } = must(await host.open(workspace));
  const knowledge = must(host.knowledges.of(id));
  must(await knowledge.catchUp());
  const samples: number[] = [];
  for (let nth = 0; nth < edits; nth += 1) {
    const text = `edit${nth}of${edits}`;
    const startMs = performance.now();
    writeFileSync(file, `# Agents\n\nSomebody wrote ${text} here.\n`);
    for (let isFound = false; !isFound; ) {
      const answer = must(await knowledge.search({ text, mode: 'hybrid', atMost: 5 }));
      isFound = answer.passages.some((it) => it.text.includes(text));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    samples.push(performance.now() - startMs);
  }
  await host.stop();
  return [
    {
      name: 'from an edit to the search that finds it',
      value: `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`,
      goal: 'p50 < 500 ms',
      note: `p50 / p99 of ${edits}, by the built-in embedder`,
    },
  ];
}

const journalBytes = 200 * 1024;

async function benchOneLine(): Promise<Row> {
  const builtin = createBuiltinEmbedder();
  let embedded = 0;
  const embedder = {
    ...builtin,
    embed(...[texts, spent]: Parameters<typeof builtin.embed>) {
      embedded += texts.length;
      return builtin.embed(texts, spent);
    },
  };
  const sql = openIndexSql();
  const notes = createFakeNotes();
  const { indexer } = openOver(sql, { notes, embedder, clock: createFakeClock() });
  const text = journal();
  notes.write('HANDOFF.md', text);
  await indexer.catchUp();
  const before = embedded;
  const startMs = performance.now();
  const middle = text.indexOf('\n', text.length / 2);
  notes.write('HANDOFF.md', `${text.slice(0, middle)} and one word more${text.slice(middle)}`);
  await indexer.catchUp();
  const tookMs = performance.now() - startMs;
  sql.close();
  return {
    name: 'one line edited in a journal of 200 KiB',
    value: `${embedded - before} embedded`,
    goal: 'at most 2',
    note: `of ${before} passages; ${ms(tookMs)}`,
  };
}

function journal(): string {
  const entries: string[] = [];
  const passages = makePassages(passagesOfNote).map(({ text }) => text);
  for (let bytes = 0, day = 1; bytes < journalBytes; day += 1) {
    const entry = `## Day ${day}\n\n- ${passages[day % passages.length]} ${day}\n- done: ${day * 7}\n\n`;
    entries.push(entry);
    bytes += entry.length;
  }
  return entries.join('');
}
