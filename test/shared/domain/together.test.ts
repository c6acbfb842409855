import { expect, test } from 'vitest';
import { together } from '../../../shared/domain/together.ts';

/** Work that ends when told to, in any order. */
function workers() {
  const begun: { item: number; end(value: string): void; fail(): void }[] = [];
  const work = (item: number) =>
    new Promise<string>((resolve, reject) =>
      begun.push({ item, end: resolve, fail: () => reject(new Error(`no ${item}`)) }),
    );
  const begunItems = () => begun.map(({ item }) => item);
  return { begun, begunItems, work };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is said of each comes in the order of the items, whatever ends first', async () => {
  const { begun, begunItems, work } = workers();
  const all = together([1, 2, 3, 4], 2, work);
  await turn();
  expect(begunItems()).toEqual([1, 2]);
  begun[1]?.end('two');
  await turn();
  expect(begunItems()).toEqual([1, 2, 3]);
  begun[2]?.end('three');
  begun[0]?.end('one');
  await turn();
  begun[3]?.end('four');
  expect(await all).toEqual(['one', 'two', 'three', 'four']);
});

test('after a failure nothing more begins, and it is told once the rest has ended', async () => {
  const { begun, begunItems, work } = workers();
  let told = false;
  const all = together([1, 2, 3], 2, work).finally(() => {
    told = true;
  });
  all.catch(() => {});
  await turn();
  begun[0]?.fail();
  await turn();
  expect(told).toBe(false);
  begun[1]?.end('two');
  await expect(all).rejects.toThrow('no 1');
  expect(begunItems()).toEqual([1, 2]);
});

test('nothing is no work', async () => {
  expect(await together([], 3, async () => 'never')).toEqual([]);
});
