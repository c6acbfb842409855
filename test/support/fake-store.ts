/** A store in memory that compares everything, and fails, is emptied or put back when it is told to. */
import type { StoredVector, StoreSwap, VectorStore } from '../../electron/engine/knowledge/vector-store.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { cosineOf } from './vectors.ts';

type Holdings = { passages: Map<string, StoredVector>; marker: string };

export type FakeStore = VectorStore & {
  /** Every batch that it took. */
  readonly swaps: StoreSwap[];
  readonly asked: number;
  /** All answers from now on, until it is called with undefined. */
  failWith(it: Problem | undefined): void;
  /** The next batch is taken, and nobody hears of it. */
  loseAnswer(): void;
  /** Runs before the next batch is taken. */
  before(work: (() => Promise<void>) | undefined): void;
  backup(): Holdings;
  restore(it: Holdings): void;
  empty(): void;
  /** In an order that does not depend on how it came about. */
  contents(): { key: string; note: string; line: number; vector: string }[];
};

export const away = problem('peer-unreachable', 'the store', 'The store cannot be reached.', 'Start it.');

export function createFakeStore(place = 'memory'): FakeStore {
  let held: Holdings = { passages: new Map(), marker: '' };
  const swaps: StoreSwap[] = [];
  let asked = 0;
  let failure: Problem | undefined;
  let isAnswerLost = false;
  let before: (() => Promise<void>) | undefined;

  async function answer<Value>(value: () => Result<Value>): Promise<Result<Value>> {
    asked += 1;
    return failure === undefined ? value() : err(failure);
  }

  const dimensions = (): number | undefined => held.passages.values().next().value?.vector.length;
  const isOther = (vector: Float32Array): boolean => vector.length !== (dimensions() ?? vector.length);

  function take(swap: StoreSwap): Result<void> {
    if (swap.added.some(({ vector }) => isOther(vector))) return err(otherDimensions);
    swaps.push(swap);
    for (const key of swap.removed) held.passages.delete(key);
    for (const it of swap.added) held.passages.set(it.key, it);
    for (const it of swap.moved) {
      const known = held.passages.get(it.key);
      if (known !== undefined) held.passages.set(it.key, { ...known, ...it });
    }
    held.marker = swap.marker;
    if (!isAnswerLost) return ok(undefined);
    isAnswerLost = false;
    return err(away);
  }

  return {
    place,
    swaps,
    get asked() {
      return asked;
    },
    check: () => answer(() => ok(undefined)),
    look: () => answer(() => ok({ count: held.passages.size, marker: held.marker })),
    async swap(swap) {
      const work = before;
      before = undefined;
      await work?.();
      return answer(() => take(swap));
    },
    find: ({ vector, notes, atMost }) =>
      answer(() => {
        if (isOther(vector)) return err(otherDimensions);
        const hits = [...held.passages.values()]
          .filter(({ note }) => notes?.includes(note) ?? true)
          .map((it) => ({ key: it.key, cosine: cosineOf(vector, it.vector) }));
        return ok(hits.toSorted((one, other) => other.cosine - one.cosine).slice(0, atMost));
      }),
    keys: (from, atMost) => answer(() => ok([...held.passages.keys()].slice(from, from + atMost))),
    settle: () => answer(() => ok(undefined)),
    close: async () => {},
    failWith: (it) => {
      failure = it;
    },
    loseAnswer: () => {
      isAnswerLost = true;
    },
    before: (work) => {
      before = work;
    },
    backup: () => ({ passages: new Map(held.passages), marker: held.marker }),
    restore: (it) => {
      held = { passages: new Map(it.passages), marker: it.marker };
    },
    empty: () => {
      held = { passages: new Map(), marker: '' };
    },
    contents: () =>
      [...held.passages.values()]
        .map(({ key, note, line, vector }) => ({ key, note, line, vector: vector.join(' ') }))
        .toSorted((one, other) => (one.key < other.key ? -1 : 1)),
  };
}

const otherDimensions = problem(
  'bad-input',
  'the store',
  'These vectors have other dimensions.',
  'Use the same model.',
);
