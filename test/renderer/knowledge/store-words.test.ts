import { expect, it } from 'vitest';
import { storeWords } from '../../../renderer/src/knowledge/store-words.ts';
import type { StoreJson } from '../../../shared/contracts/knowledge-api.ts';

const store = (more: Partial<StoreJson>): StoreJson => ({
  kind: 'chroma',
  url: 'http://127.0.0.1:8000/',
  place: 'there',
  state: 'ready',
  waiting: 0,
  held: 12,
  answered_ms: 1,
  problem: null,
  next_try_ms: null,
  ...more,
});

it.each<[Partial<StoreJson>, string]>([
  [{}, 'In step'],
  [{ state: 'behind', waiting: 2 }, 'Almost in step'],
  [{ state: 'failing' }, 'Not answering'],
  [{ state: 'filling', waiting: 40 }, 'Being filled'],
  [{ state: 'filling', waiting: 50 }, 'Being filled'],
  [{ state: 'filling', waiting: 30 }, 'Being filled, 25 %'],
])('a store that is %j: %s', (more, words) => {
  expect(storeWords(store(more), 40)).toBe(words);
});
