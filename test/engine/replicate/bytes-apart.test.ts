/** How many bytes a peer lacks: exact for a few changes, about for many, and never read from the whole log. */
import { expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createContentStore } from '../../../electron/engine/log/content-store.ts';
import { createRowTakers, hold } from '../../../electron/engine/log/take-row.ts';
import { createMeasureApart } from '../../../electron/engine/replicate/bytes-apart.ts';
import type { FileRow } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture } from '../../support/engine-fixture.ts';
import { memoryLink } from '../../support/memory-network.ts';
import { createLogFixture } from './log-fixture.ts';

const all = () => true;

test('a few changes are added up, without those that do not go and records, which have no bytes', () => {
  const log = createLogFixture(1);
  const node = log.node();
  log.write('a.md', 'x'.repeat(100));
  log.write('secret.md', 'y'.repeat(1_000));
  log.append.record('resolved', { path: 'a.md', loser: '0'.repeat(32), state: 'dismissed' });
  log.write('a.md', null);
  log.write('a.md', 'z'.repeat(10));
  const measure = createMeasureApart(log.sql);
  expect(measure({}, log.vector(), all)).toEqual({ changes: 5, bytes: 1_110 });
  expect(measure({}, log.vector(), (path) => path !== 'secret.md')).toEqual({ changes: 5, bytes: 110 });
  expect(measure({ [node]: 2 }, { [node]: 5 }, all)).toEqual({ changes: 3, bytes: 10 });
  expect(measure(log.vector(), log.vector(), all)).toEqual({ changes: 0, bytes: 0 });
});

test('of many the rest is worked out from the first', () => {
  const log = createLogFixture(1);
  const many = limits.sizesRead * 3;
  for (let index = 0; index < many; index++) log.write('a.md', String(index).padStart(50, '0'));
  const measure = createMeasureApart(log.sql);
  expect(measure({}, log.vector(), all)).toEqual({ changes: many, bytes: many * 50 });
});

test('of several nodes each is measured, so that one with many small changes hides no large ones', () => {
  const log = createLogFixture(1);
  const taker = createRowTakers(log.sql)();
  const contents = createContentStore(log.sql, nodeCodec);
  const write = (node: string, sequence: number, size: number): void => {
    const hash = nodeCodec.sha256(Buffer.from(`${node} ${sequence}`));
    const hlc = `${String(sequence).padStart(16, '0')}${node}`;
    const row: FileRow = {
      ...{ node, sequence, hlc, kind: 'modified', path: 'a.md', class: 'note', content: hash, size },
      ...{ previous: null, parents: [], evidence: [{ agent: 'human', source: 'none', detail: '', at: 0 }] },
    };
    taker.take(row, { content: contents.expect(hash, size), previous: null }, { via: 'x', held: hold.none });
  };
  const [small, large] = ['1'.repeat(16), '2'.repeat(16)] as const;
  const many = limits.sizesRead * 3;
  for (let sequence = 1; sequence <= many; sequence++) write(small, sequence, 10);
  for (let sequence = 1; sequence <= 20; sequence++) write(large, sequence, 1_000_000);
  const measure = createMeasureApart(log.sql);
  const until = { [small]: many, [large]: 20 };
  expect(measure({}, until, all)).toEqual({ changes: many + 20, bytes: many * 10 + 20_000_000 });
});

test('both sides say it while changes are on their way, and nothing is left when they are there', async () => {
  const a = await createEngineFixture({ seed: 1 });
  const b = await createEngineFixture({ seed: 2 });
  await a.save('ROADMAP.md', 'x'.repeat(5_000));
  await a.save('HANDOFF.md', 'y'.repeat(3_000));
  const toA = memoryLink(() => a.engine, { id: 'a', name: 'A', from: { id: 'b', name: 'B' } });
  const said: (number | undefined)[] = [];
  b.engine.replication.addPeer({
    ...toA,
    async changes(since, limit) {
      const page = await toA.changes(since, limit);
      said.push(page.ok ? page.value.to_come?.bytes : undefined);
      return page;
    },
  });
  a.engine.replication.addPeer(
    memoryLink(() => undefined, { id: 'b', name: 'B', from: { id: 'a', name: 'A' } }),
  );
  expect(a.engine.replication.peers()).toMatchObject([{ ahead: 2, aheadBytes: 8_000 }]);
  await b.engine.replication.syncWith('a', 'take');
  expect(said[0]).toBe(8_000);
  expect(b.engine.replication.peers()).toMatchObject([{ behind: 0, behindBytes: 0 }]);
});
