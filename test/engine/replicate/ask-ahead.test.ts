/** Pages are asked for before they are wanted: some at most, none in vain, and in the order in which they follow. */
import { describe, expect, test } from 'vitest';
import { askAhead } from '../../../electron/engine/replicate/ask-ahead.ts';
import type { Page } from '../../../shared/contracts/peer-protocol.ts';
import type { Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';

const node = 'b'.repeat(16);
const unreachable = problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.');

/** Another side with so many rows, one of them to a page, which answers when told. */
function otherSide(rows: number) {
  const asked: number[] = [];
  const waiting = new Map<number, (answer: Result<Page>) => void>();
  const ask = (since: Vector): Promise<Result<Page>> => {
    const from = since[node] ?? 0;
    asked.push(from);
    return new Promise((resolve) => void waiting.set(from, resolve));
  };
  async function answer(from: number, outcome = ok(pageAfter(from, rows))): Promise<void> {
    waiting.get(from)?.(outcome as Result<Page>);
    await settled();
  }
  return { ask, asked, answer };
}

/** Everything that waits for a promise only has had its turn. */
const settled = () => new Promise((resolve) => void setImmediate(resolve));

const pageAfter = (from: number, rows: number): Page => ({
  changes: from < rows ? [{ node, sequence: from + 1, hlc: '0'.repeat(32), kind: 'hidden' }] : [],
  node_id: node,
  vector: '',
  now_ms: 0,
  watermark: '',
  has_more: from + 1 < rows,
});

const sequences = (page: Result<Page>): number[] =>
  page.ok ? page.value.changes.map(({ sequence }) => sequence) : [];

describe('asking ahead', () => {
  test('brings each page once, in order, and asks for nothing behind the last', async () => {
    const { ask, asked, answer } = otherSide(5);
    const next = askAhead(ask, () => false);
    for (let from = 0; from < 5; from++) {
      const page = next({ [node]: from });
      await answer(from);
      expect(sequences(await page)).toEqual([from + 1]);
    }
    expect(asked).toEqual([0, 1, 2, 3, 4]);
  });

  test('goes on while a page is taken, so many pages at most', async () => {
    const { ask, asked, answer } = otherSide(100);
    const next = askAhead(ask, () => false);
    const first = next({});
    await answer(0);
    await first;
    for (let from = 1; from < 50; from++) await answer(from);
    expect(asked).toEqual(Array.from({ length: 1 + limits.pagesAhead }, (_, from) => from));
    await next({ [node]: 1 });
    expect(asked).toHaveLength(2 + limits.pagesAhead);
  });

  test('stops before what is more than enough', async () => {
    const { ask, asked, answer } = otherSide(100);
    const next = askAhead(ask, (held) => (held[node] ?? 0) >= 2);
    const first = next({});
    await answer(0);
    await first;
    await answer(1);
    expect(asked).toEqual([0, 1]);
  });

  test('begins anew where what is held went another way', async () => {
    const { ask, asked, answer } = otherSide(100);
    const next = askAhead(ask, () => false);
    const first = next({});
    await answer(0);
    await first;
    await answer(1);
    const elsewhere = next({ [node]: 40 });
    await answer(40);
    expect(sequences(await elsewhere)).toEqual([41]);
    // What comes of the old ones leads nowhere any more.
    await answer(2);
    expect(asked).not.toContain(3);
    expect(asked).toContain(41);
  });

  test('a page that fails is said to whoever takes it, and asked for again by the next', async () => {
    const { ask, asked, answer } = otherSide(3);
    const next = askAhead(ask, () => false);
    const first = next({});
    await answer(0);
    await first;
    await answer(1, err(unreachable) as never);
    expect(await next({ [node]: 1 })).toEqual(err(unreachable));
    const again = next({ [node]: 1 });
    await answer(1);
    expect(sequences(await again)).toEqual([2]);
    expect(asked).toEqual([0, 1, 1, 2]);
  });

  test('one that breaks before anybody takes it harms nobody who does not', async () => {
    const asked: number[] = [];
    const next = askAhead(
      async (since) => {
        asked.push(since[node] ?? 0);
        if ((since[node] ?? 0) > 0) throw new Error('The wire broke.');
        return ok(pageAfter(0, 3));
      },
      () => false,
    );
    expect(sequences(await next({}))).toEqual([1]);
    await settled();
    await expect(next({ [node]: 1 })).rejects.toThrow('The wire broke.');
    expect(asked).toEqual([0, 1]);
  });
});
