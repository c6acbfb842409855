/** Clusters in memory: whatever is written, deleted and exchanged, in whatever order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExchangePeer } from '../../../../electron/engine/knowledge/exchange/exchange-ports.ts';
import { ok, problem } from '../../../../shared/result.ts';
import { must } from '../../../support/device.ts';
import { createMemoryCluster, type MemoryCluster, md5Of, peerFor } from '../../../support/memory-cluster.ts';

const exchange = async (asker: MemoryCluster, asked: MemoryCluster, speaksOwnForm = true) =>
  must(await asker.exchangeWith(peerFor(asker, asked, { speaksOwnForm })));

const named = (...names: string[]) => names.map(createMemoryCluster);

test('both end with the files of both, and a second exchange has nothing to do', async () => {
  const [a, b] = named('a', 'b') as [MemoryCluster, MemoryCluster];
  a.files.set('a.index', 'of a');
  b.files.set('b.index', 'of b');
  expect(await exchange(a, b)).toMatchObject({ taken: 1, given: 1, drift: 0 });
  expect(a.files).toEqual(
    new Map([
      ['a.index', 'of a'],
      ['b.index', 'of b'],
    ]),
  );
  expect(new Map([...b.files].toSorted())).toEqual(a.files);
  expect(await exchange(a, b)).toEqual({
    taken: 0,
    given: 0,
    removedHere: 0,
    removedThere: 0,
    refused: [],
    drift: 0,
  });
});

test('a deletion travels both ways, and through a third', async () => {
  const [a, b, c] = named('a', 'b', 'c') as [MemoryCluster, MemoryCluster, MemoryCluster];
  a.files.set('one.index', '1');
  a.files.set('two.index', '2');
  await exchange(a, b);
  await exchange(c, b);
  a.files.delete('one.index');
  b.files.delete('two.index');
  expect(await exchange(a, b)).toMatchObject({ removedHere: 1, removedThere: 1, drift: 0 });
  expect(await exchange(c, b)).toMatchObject({ removedHere: 2, given: 0, drift: 0 });
  expect([a, b, c].map(({ files }) => files.size)).toEqual([0, 0, 0]);
});

test('what both had deleted and one makes again, byte for byte, is there again on both', async () => {
  for (const [maker, first] of [
    ['a', true],
    ['b', false],
  ] as const) {
    const [a, b] = named('a', 'b') as [MemoryCluster, MemoryCluster];
    a.files.set('one.index', '1');
    await exchange(a, b);
    a.files.delete('one.index');
    await exchange(a, b);
    (first ? a : b).files.set('one.index', '1');
    expect(await exchange(a, b), maker).toMatchObject({ removedHere: 0, removedThere: 0, drift: 0 });
    expect([a.files.size, b.files.size], maker).toEqual([1, 1]);
  }
});

test('a disk that is full ends the exchange; one file that cannot be placed does not', async () => {
  const [a, b] = named('a', 'b') as [MemoryCluster, MemoryCluster];
  b.files.set('one.index', '1');
  b.files.set('two.index', '2');
  a.failNext(problem('disk-full', 'one.index', 'The disk is full.', ''));
  expect(await a.exchangeWith(peerFor(a, b))).toMatchObject({ error: { code: 'disk-full' } });
  expect(a.ledger.with('b')).toBeUndefined();
  a.failNext(problem('no-permission', 'one.index', 'No.', ''));
  expect(await exchange(a, b)).toMatchObject({
    taken: 1,
    refused: [{ path: 'one.index', reason: 'No.' }],
    drift: 0.5,
  });
  expect(await exchange(a, b)).toMatchObject({ taken: 1, refused: [], drift: 0 });
  expect(a.spooled()).toBe(0);
});

test('a push that fails leaves what was agreed, so the deletion is told the next time', async () => {
  const [a, b] = named('a', 'b') as [MemoryCluster, MemoryCluster];
  a.files.set('one.index', '1');
  await exchange(a, b);
  a.files.delete('one.index');
  const peer = peerFor(a, b);
  const cut: ExchangePeer = {
    name: 'b',
    ask: async (message, form) =>
      message.action === 'push'
        ? { ok: false, error: problem('peer-unreachable', 'b', 'Gone.', '') }
        : peer.ask(message, form),
  };
  expect(await a.exchangeWith(cut)).toMatchObject({ error: { code: 'peer-unreachable' } });
  expect(b.files.size).toBe(1);
  expect(await exchange(a, b)).toMatchObject({ removedThere: 1, taken: 0 });
  expect(b.files.size).toBe(0);
});

test('an answer without an inventory is refused before anything is given or removed', async () => {
  const [a] = named('a') as [MemoryCluster];
  a.files.set('one.index', '1');
  const peer: ExchangePeer = {
    name: 'b',
    ask: async () =>
      ok({
        isOwnForm: false,
        parts: (async function* () {
          yield { part: 'removed', value: 'one.index' } as const;
          yield { part: 'end', lists: new Set(['removed']) } as const;
        })(),
      }),
  };
  expect(await a.exchangeWith(peer)).toMatchObject({ error: { code: 'bad-input', subject: 'inventory' } });
  expect(a.files.size).toBe(1);
});

type Step =
  | { kind: 'write'; at: number; path: number; text: number }
  | { kind: 'delete'; at: number; path: number }
  | { kind: 'exchange'; at: number; with: number };

const clusters = 3;
const index = fc.nat(clusters - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), at: index, path: fc.nat(3), text: fc.nat(9) }),
  fc.record({ kind: fc.constant('delete' as const), at: index, path: fc.nat(3) }),
  fc.record({ kind: fc.constant('exchange' as const), at: index, with: index }),
);

async function play(
  all: readonly MemoryCluster[],
  steps: readonly Step[],
  speaksOwnForm: boolean,
): Promise<void> {
  for (const it of steps) {
    const here = all[it.at] as MemoryCluster;
    if (it.kind === 'write') here.files.set(`${it.path}.index`, `text ${it.text}`);
    else if (it.kind === 'delete') here.files.delete(`${it.path}.index`);
    else if (it.at !== it.with) await exchange(here, all[it.with] as MemoryCluster, speaksOwnForm);
    // Each cluster looks before it changes again, as its own exchanges and those of others make it do.
    await here.folder.look();
  }
}

test.each([true, false])(
  'whatever happened, a few rounds bring all to the same files (own form: %s)',
  async (own) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const all = named('a', 'b', 'c');
        await play(all, steps, own);
        for (let round = 0; round < 4; round += 1)
          for (const asker of all)
            for (const asked of all) if (asker !== asked) await exchange(asker, asked, own);
        const [first, ...others] = all.map(({ files }) => [...files].toSorted());
        for (const it of others) expect(it).toEqual(first);
        for (const it of all) expect(it.spooled()).toBe(0);
      }),
      { numRuns: 150 },
    );
  },
);

test('a file that nobody deleted and nobody wrote over is never lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.boolean(), async (steps, own) => {
      const all = named('a', 'b', 'c');
      for (const [at, it] of all.entries()) it.files.set(`kept ${at}.index`, `of ${at}`);
      await play(all, steps, own);
      for (const [at, it] of all.entries()) expect(it.files.get(`kept ${at}.index`)).toBe(`of ${at}`);
    }),
    { numRuns: 150 },
  );
});

test('what is known of an MD5 by the peer and by us is compared without regard to its spelling', async () => {
  const [a, b] = named('a', 'b') as [MemoryCluster, MemoryCluster];
  a.files.set('one.index', '1');
  b.files.set('one.index', '1');
  const peer = peerFor(a, b);
  const shouting: ExchangePeer = {
    name: 'b',
    ask: (message, form) =>
      peer.ask(
        {
          ...message,
          ...(message.known && { known: [{ path: 'one.index', md5: md5Of('1').toUpperCase() }] }),
        },
        form,
      ),
  };
  expect(must(await a.exchangeWith(shouting))).toMatchObject({ taken: 0, given: 0, drift: 0 });
});
