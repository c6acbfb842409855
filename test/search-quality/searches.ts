/** The searches that are compared: by words, by the vectors of an embedder, and both fused. */
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { createBuiltinEmbedder } from '../../electron/engine/knowledge/builtin-embedder.ts';
import { openIndex } from '../../electron/engine/knowledge/index-schema.ts';
import type { Embedder } from '../../electron/engine/knowledge/knowledge-ports.ts';
import { createPieceWriter } from '../../electron/engine/knowledge/piece-writer.ts';
import { createWordSearch } from '../../electron/engine/knowledge/word-search.ts';
import { chunkMarkdown, embeddedText } from '../../shared/domain/knowledge/chunk-markdown.ts';
import { fuseRanks } from '../../shared/domain/knowledge/fuse-ranks.ts';
import { wantedWords } from '../../shared/domain/knowledge/match-words.ts';
import { ProblemError, type Result } from '../../shared/result.ts';
import type { Hit, Search } from './judge-search.ts';
import type { Note } from './questions.ts';

type Passage = Hit & { text: string };
/** Finds numbers of passages. */
type Ranking = (question: string, limit: number) => number[] | Promise<number[]>;

/** Passages that each search gives to the fusion. */
const fused = 100;

export type Searches = { words: Search; vectors: Search; hybrid: Search };

/** By words alone, by vectors alone, and both together, over the same passages. */
export async function searchesOf(
  notes: readonly Note[],
  embedder = createBuiltinEmbedder(),
): Promise<Searches> {
  const passages = notes.flatMap(passagesOf);
  const byWords = rankByWords(passages);
  const byVectors = await rankByVectors(passages, embedder);
  const hits = (ranking: readonly number[]) => ranking.flatMap((at) => passages[at] ?? []);
  return {
    words: { name: 'BM25', find: async (question, limit) => hits(await byWords(question, limit)) },
    vectors: { name: 'vectors', find: async (question, limit) => hits(await byVectors(question, limit)) },
    hybrid: {
      name: 'hybrid',
      find: async (question, limit) =>
        hits(fuse(await byWords(question, fused), await byVectors(question, fused), limit)),
    },
  };
}

function passagesOf({ file, text }: Note): Passage[] {
  return chunkMarkdown(text).map((chunk) => ({
    file,
    from: chunk.from,
    to: chunk.to,
    text: embeddedText(chunk),
  }));
}

function fuse(words: readonly number[], vectors: readonly number[], limit: number): number[] {
  const lists = [
    { name: 'words', ids: words.map(String) },
    { name: 'vectors', ids: vectors.map(String) },
  ];
  return fuseRanks(lists)
    .slice(0, limit)
    .map(({ id }) => Number(id));
}

/** As an index ranks them, but with the headings in the text. */
function rankByWords(passages: readonly Passage[]): Ranking {
  const sql = openSql(':memory:');
  openIndex(sql);
  sql.exec("INSERT INTO notes (id, note, news) VALUES (1, 'all', 1)");
  const insert = sql.prepare('INSERT INTO words (rowid, headings, text) VALUES (?, ?, ?)');
  const insertChunk = sql.prepare(
    "INSERT INTO chunks (id, note, ordinal, hash, nth, line, last_line) VALUES (?, 1, ?, '', 0, 1, 1)",
  );
  const addPieces = createPieceWriter(sql);
  for (const [at, { text }] of passages.entries()) {
    insertChunk.run(at, at);
    insert.run(at, '', text);
    addPieces(at, '', text);
  }
  const search = createWordSearch(sql);
  return (question, limit) => {
    // A question that somebody asked is typed to its end.
    const wanted = wantedWords(`${question} `);
    return wanted === undefined ? [] : search(wanted, undefined, limit);
  };
}

/** Throws with the reason when the embedder fails. */
async function rankByVectors(passages: readonly Passage[], embedder: Embedder): Promise<Ranking> {
  const learner = embedder.learner(undefined, uncounted);
  const vectors: Float32Array[] = [];
  for (let at = 0; at < passages.length; at += embedder.atOnce.texts) {
    const texts = passages.slice(at, at + embedder.atOnce.texts).map(({ text }) => text);
    for (const text of texts) learner.add(text);
    vectors.push(...expected(await embedder.embed(texts, uncounted)));
  }
  return async (question, limit) => {
    const asked = expected(await learner.embedQuery(question));
    return vectors
      .map((vector, at) => ({ at, likeness: dot(vector, asked) }))
      .sort((one, other) => other.likeness - one.likeness)
      .slice(0, limit)
      .map(({ at }) => at);
  };
}

const uncounted = (): void => {};

function expected<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new ProblemError(result.error);
  return result.value;
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
