import { describe, expect, it } from 'vitest';
import {
  freshnessWords,
  isFirst,
  progressWords,
  sharedWords,
} from '../../../renderer/src/knowledge/knowledge-words.ts';
import { chooseNotes } from '../../../renderer/src/knowledge/note-list.ts';
import type { IndexedNoteJson, KnowledgeJson } from '../../../shared/contracts/knowledge-api.ts';

const knowledge = (more: Partial<KnowledgeJson>): KnowledgeJson => ({
  state: 'current',
  problem: null,
  model: 'builtin',
  notes: 3,
  passages: 12,
  bytes: 4096,
  behind: 0,
  last_indexed_ms: 1,
  rebuild: null,
  by_meaning: true,
  embedding: null,
  stuck: [],
  store: null,
  exchange: null,
  ...more,
});

describe('how the index stands', () => {
  it.each<[Partial<KnowledgeJson>, string]>([
    [{}, 'Up to date'],
    [{ state: 'indexing', behind: 2 }, '2 notes behind'],
    [{ state: 'rebuilding' }, 'Up to date'],
    [{ state: 'unavailable' }, 'Not available'],
  ])('%j: %s', (more, words) => {
    expect(freshnessWords(knowledge(more))).toBe(words);
  });

  it('is the first one only while nothing else serves', () => {
    const rebuild = { done: 1, total: 3, left_ms: null, use: null, left_use: null };
    expect(isFirst(knowledge({ state: 'indexing', rebuild }))).toBe(true);
    expect(isFirst(knowledge({ state: 'rebuilding', rebuild }))).toBe(false);
    expect(isFirst(knowledge({ state: 'indexing' }))).toBe(false);
  });

  it.each([
    [{ done: 0, total: 0, left_ms: null }, 'Looking at the notes'],
    [{ done: 0, total: 1, left_ms: null }, '0 of 1 note'],
    [{ done: 1_200, total: 3_400, left_ms: 20_500 }, '1,200 of 3,400 notes, about 20 s left'],
    [{ done: 12, total: 34, left_ms: 3_000 }, '12 of 34 notes, some seconds left'],
    [{ done: 34, total: 34, left_ms: 0 }, '34 of 34 notes'],
  ])('%j reads as %s', (progress, words) => {
    expect(progressWords({ ...progress, use: null, left_use: null })).toBe(words);
  });
});

describe('embeddings that devices share', () => {
  const nothing = { taken: 0, checked: 0, refused: 0, from: [], given: 0 };

  it.each([
    [{}, ''],
    [{ given: 1_200 }, 'Embeddings: 1,200 given'],
    [
      {
        from: [
          { name: 'desk', taken: 300 },
          { name: 'tower', taken: 4 },
        ],
        checked: 12,
        refused: 3,
      },
      'Embeddings: 300 from desk, 4 from tower, 12 checked, 3 refused',
    ],
  ])('%j reads as %s', (more, words) => {
    expect(sharedWords({ ...nothing, ...more })).toBe(words);
  });
});

describe('the list of notes', () => {
  const note = (path: string, state: IndexedNoteJson['state']): IndexedNoteJson => ({
    path,
    passages: 1,
    state,
    reason: null,
    indexed_ms: 1,
  });
  const notes = [
    note('AGENTS.md', 'current'),
    note('docs/plan.md', 'stuck'),
    note('docs/raw.md', 'left-out'),
  ];
  const paths = (choice: { text?: string; state?: string }) =>
    chooseNotes(notes, { text: '', state: '', ...choice }).map((it) => it.path);

  it('finds by a part of the path, whatever its case', () => {
    expect(paths({})).toHaveLength(3);
    expect(paths({ text: ' agents ' })).toEqual(['AGENTS.md']);
    expect(paths({ text: 'docs/', state: 'stuck' })).toEqual(['docs/plan.md']);
    expect(paths({ state: 'behind' })).toEqual([]);
  });
});
