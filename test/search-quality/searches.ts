/** The searches that are compared: by words, by the built-in embedder's vectors, and both fused. */
import Database from 'better-sqlite3';
import { builtinEmbedder } from '../../shared/domain/knowledge/builtin-embedder.ts';
import { chunkMarkdown, embeddedText } from '../../shared/domain/knowledge/chunk-markdown.ts';
import { addFeatures, learnWeights, noFrequencies } from '../../shared/domain/knowledge/feature-weights.ts';
import { fuseRanks } from '../../shared/domain/knowledge/fuse-ranks.ts';
import { featuresOf } from '../../shared/domain/knowledge/text-features.ts';
import type { Hit, Search } from './judge-search.ts';
import type { Note } from './questions.ts';

type Passage = Hit & { text: string };
/** Finds numbers of passages. */
type Ranking = (question: string, limit: number) => number[];

/** Passages that each search gives to the fusion. */
const fused = 100;

/** By words alone, by vectors alone, and both together, over the same passages. */
export function searchesOf(notes: readonly Note[]): { words: Search; vectors: Search; hybrid: Search } {
  const passages = notes.flatMap(passagesOf);
  const byWords = rankByWords(passages);
  const byVectors = rankByVectors(passages);
  const hits = (ranking: readonly number[]) => ranking.flatMap((at) => passages[at] ?? []);
  return {
    words: { name: 'BM25', find: (question, limit) => hits(byWords(question, limit)) },
    vectors: { name: 'vectors', find: (question, limit) => hits(byVectors(question, limit)) },
    hybrid: {
      name: 'hybrid',
      find: (question, limit) => hits(fuse(byWords(question, fused), byVectors(question, fused), limit)),
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

function rankByWords(passages: readonly Passage[]): Ranking {
  const database = new Database(':memory:');
  database.exec("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')");
  const insert = database.prepare('INSERT INTO passages (rowid, text) VALUES (?, ?)');
  for (const [at, { text }] of passages.entries()) insert.run(at, text);
  const select = database
    .prepare('SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?')
    .pluck();
  return (question, limit) => {
    const words = question.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    if (words.length === 0) return [];
    return select.all(words.map((word) => `"${word}"`).join(' OR '), limit) as number[];
  };
}

function rankByVectors(passages: readonly Passage[]): Ranking {
  const frequencies = noFrequencies();
  const embedder = builtinEmbedder(learnWeights(frequencies));
  const vectors = passages.map(({ text }) => {
    addFeatures(frequencies, featuresOf(text));
    return embedder.embed(text);
  });
  return (question, limit) => {
    const asked = embedder.embedQuery(question);
    return vectors
      .map((vector, at) => ({ at, likeness: dot(vector, asked) }))
      .sort((one, other) => other.likeness - one.likeness)
      .slice(0, limit)
      .map(({ at }) => at);
  };
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
