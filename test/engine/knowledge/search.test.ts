/** What a search finds: each list by itself, both together, and where the words stand. */
import { describe, expect, test } from 'vitest';
import { createBuiltinEmbedder } from '../../../electron/engine/knowledge/builtin-embedder.ts';
import type { NoteCatalogue } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { searchPassages, similarPassages } from '../../../electron/engine/knowledge/search.ts';
import { ok, problem } from '../../../shared/result.ts';
import { must } from '../../support/device.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { makeIndex, openIndexSql, openOver } from './index-fixture.ts';

const gone = new Set<string>();
const catalogue: NoteCatalogue = {
  facts(notes) {
    const there = notes.filter((note) => !gone.has(note));
    return new Map(there.map((note) => [note, { note, fileClass: 'note', agent: 'human', changedMs: 0 }]));
  },
  select: ({ path }) => ok([path ?? '']),
};

async function indexed(texts: Record<string, string>) {
  const fixture = makeIndex();
  for (const [note, text] of Object.entries(texts)) fixture.notes.write(note, text);
  await fixture.index.indexer.catchUp();
  const { passages, nearest, learner } = fixture.index;
  const deps = { passages, nearest, catalogue, embedQuery: learner.embedQuery };
  const search = async (text: string, more: object = {}) =>
    must(await searchPassages(deps, { text, mode: 'hybrid', atMost: 5, ...more }));
  return { ...fixture, deps, search };
}

const notesOf = (found: { passages: { note: string }[] }): string[] => found.passages.map(({ note }) => note);

describe('a search', () => {
  test('marks the words of each passage in its own text', async () => {
    const { search } = await indexed({
      'a.md': 'The lamp burns paraffin.',
      'b.md': 'Nobody knows when the lamp was lit, says the « journal » of the café.',
      'c.md': 'A café without a lamp 🙂 lamp.',
    });
    const { passages } = await search('lamp café');
    const marked = passages.map(({ text, marks }) => marks.map(([from, to]) => text.slice(from, to)));
    expect(marked.flat().toSorted()).toEqual(['café', 'café', 'lamp', 'lamp', 'lamp', 'lamp']);
  });

  test('finds by words, by meaning, or by both, and says the place in each list', async () => {
    const { search } = await indexed({
      'a.md': 'anchor chain rope',
      'b.md': 'anchor',
      'c.md': 'unrelated words',
    });
    const byWords = await search('chain ', { mode: 'words' });
    expect(byWords.passages).toMatchObject([
      { note: 'a.md', why: { words: 1, meaning: null, cosine: null } },
    ]);
    const byMeaning = await search('anchor ', { mode: 'meaning' });
    expect(byMeaning.passages[0]).toMatchObject({
      note: 'b.md',
      marks: [[0, 6]],
      why: { words: null, meaning: 1 },
    });
    const [first] = (await search('anchor chain rope')).passages;
    expect(first).toMatchObject({ note: 'a.md', why: { words: 1, meaning: 1 } });
    expect(first?.why.cosine).toBeGreaterThan(0.99);
  });

  test('goes on by words when the model cannot be asked, and says so', async () => {
    const { search, embedder } = await indexed({ 'a.md': 'anchor' });
    const gone = problem('peer-unreachable', 'the model', 'The model does not answer.', 'Start it.');
    embedder.failWith(gone);
    expect(await search('anchor')).toMatchObject({ passages: [{ note: 'a.md' }], problem: gone });
  });

  test('finds nothing of a note that is gone, though its passages are still there', async () => {
    const { search } = await indexed({ 'a.md': 'anchor', 'gone.md': 'anchor' });
    gone.add('gone.md');
    expect(notesOf(await search('anchor'))).toEqual(['a.md']);
  });

  test('stays within the notes that a filter lets through', async () => {
    const { search } = await indexed({ 'a.md': 'anchor one', 'b.md': 'anchor two' });
    expect(notesOf(await search('anchor', { path: 'b.md' }))).toEqual(['b.md']);
    expect(notesOf(await search('anchor', { path: 'none.md' }))).toEqual([]);
  });

  test('hears of passages that came and went since the last one', async () => {
    const { search, notes, index } = await indexed({ 'a.md': 'anchor', 'b.md': 'birch', 'c.md': 'copper' });
    const near = async (text: string) => notesOf(await search(text, { mode: 'meaning', atMost: 1 }));
    expect(await near('birch ')).toEqual(['b.md']);
    notes.delete('a.md');
    notes.write('d.md', 'delta');
    await index.indexer.catchUp();
    expect(await near('delta ')).toEqual(['d.md']);
    expect(await near('copper ')).toEqual(['c.md']);
    expect(notesOf(await search('anchor ', { mode: 'meaning' }))).not.toContain('a.md');
  });
});

test('passages similar to one are of other notes, nearest first', async () => {
  const { deps } = await indexed({ 'a.md': 'anchor chain', 'b.md': 'anchor chain rope', 'c.md': 'delta' });
  expect(notesOf(must(await similarPassages(deps, { note: 'a.md', line: 1, atMost: 5 })))).toEqual([
    'b.md',
    'c.md',
  ]);
});

test('passages similar to one of a journal are of other notes, however alike the entries are', async () => {
  const line = 'Checked the dashboards of the billing service for errors and told the team.';
  const entries = Array.from({ length: 200 }, (_, nth) => `## Entry ${nth}\n\n${`${line}\n`.repeat(12)}`);
  const { deps } = await indexed({
    'journal.md': `# Journal\n\n${entries.join('\n')}`,
    'billing.md': 'How the billing service is deployed, and where its dashboards are.',
    'z.md': 'unrelated words',
  });
  const similar = await similarPassages(deps, { note: 'journal.md', line: 5, atMost: 2 });
  expect(notesOf(must(similar))).toEqual(['billing.md', 'z.md']);
});

test.each([' ', '???', '🎉'])('a question without a word, %j, finds nothing', async (text) => {
  const { notes, clock } = makeIndex();
  for (let nth = 0; nth < 300; nth += 1) notes.write(`${nth}.md`, `Of topic${nth} and lamp${nth % 7}!`);
  const sql = openIndexSql();
  const { indexer, learner, ...index } = openOver(sql, { notes, embedder: createBuiltinEmbedder(), clock });
  await indexer.catchUp();
  const deps = { ...index, catalogue, embedQuery: learner.embedQuery };
  const found = await searchPassages(deps, { text, mode: 'hybrid', atMost: 5 });
  sql.close();
  expect(found).toEqual(ok({ passages: [], problem: undefined }));
});

test('of the ten nearest of thousands of passages nine and a half are found, though only two bits of each number are looked through', {
  timeout: 60_000,
}, async () => {
  const notes = makeIndex().notes;
  const random = createSeededRandom(3);
  const words = Array.from({ length: 2_000 }, () => `w${random.integer(1e9).toString(36)}`);
  const text = (length: number) =>
    Array.from({ length }, () => words[Math.floor(random.next() ** 2 * words.length)]).join(' ');
  for (let nth = 0; nth < 4_000; nth += 1) notes.write(`${nth}.md`, text(60));
  const sql = openIndexSql();
  const { clock } = makeIndex();
  const index = openOver(sql, { notes, embedder: createBuiltinEmbedder(), clock });
  await index.indexer.catchUp();
  const exact = sql.prepare<{ id: number }>('SELECT id FROM chunks').all();
  expect(exact).toHaveLength(4_000);
  let found = 0;
  for (let question = 0; question < 20; question += 1) {
    const vector = must(await index.learner.embedQuery(text(6)));
    const all = (await index.nearest(vector, undefined, 4_000 / 8)).passages.slice(0, 10);
    const near = new Set((await index.nearest(vector, undefined, 10)).passages.map(({ id }) => id));
    found += all.filter(({ id }) => near.has(id)).length;
  }
  sql.close();
  expect(found).toBeGreaterThanOrEqual(190);
});
