import { expect, it } from 'vitest';
import { storeWords, usedStoreWords } from '../../../renderer/src/knowledge/store-words.ts';
import type { StoreJson } from '../../../shared/contracts/knowledge-api.ts';
import type { ChosenStoreJson } from '../../../shared/contracts/store-choice-shape.ts';

const store = (more: Partial<StoreJson>): StoreJson => ({
  kind: 'chroma',
  url: 'http://127.0.0.1:8000/',
  place: 'there',
  state: 'ready',
  waiting: 0,
  passages: 40,
  kept: 0,
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
  expect(storeWords(store(more))).toBe(words);
});

const chosen = (more: Partial<ChosenStoreJson>): ChosenStoreJson => ({
  kind: 'chroma',
  url: 'http://127.0.0.1:8000/',
  host: '127.0.0.1:8000',
  local: true,
  only: [],
  from_environment: null,
  device: 'a1b2c3d4',
  ...more,
});

it.each<[Partial<ChosenStoreJson>, string]>([
  [{ kind: 'embedded', url: null, host: null }, 'This device'],
  [{}, 'ChromaDB at 127.0.0.1:8000'],
  [{ url: null }, 'ChromaDB at 127.0.0.1:8000, as KNOWLEDGE_STORE_URL says'],
  [{ url: null, host: null }, 'ChromaDB at no address'],
])('the choice %j: %s', (more, words) => {
  expect(usedStoreWords(chosen(more))).toBe(words);
});
