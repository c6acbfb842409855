/** A replica that can only be called: contents that its caller gets later are brought to it. */
import { expect, test } from 'vitest';
import type { LinkRights } from '../../../electron/engine/replicate/link.ts';
import type { Push } from '../../../shared/contracts/peer-protocol.ts';
import { createEngineFixture } from '../../support/engine-fixture.ts';
import { allRights, memoryLink } from '../../support/memory-network.ts';

const long = Array.from({ length: 200 }, (_, line) => `- line ${line}`).join('\n');

/** A writes, B takes only docs/ of it and calls C, which reaches nobody. */
async function chain(rightsOfC: LinkRights = allRights, rightsOfB: LinkRights = allRights) {
  const [a, b, c] = [
    await createEngineFixture({ seed: 1 }),
    await createEngineFixture({ seed: 2 }),
    await createEngineFixture({ seed: 3 }),
  ];
  const state: { takes: ((path: string) => boolean) | undefined; pushes: Push[] } = {
    takes: (path) => path.startsWith('docs/'),
    pushes: [],
  };
  b.engine.replication.addPeer(
    memoryLink(() => a.engine, {
      id: 'a',
      name: 'A',
      from: { id: 'b', name: 'B' },
      takes: () => state.takes,
    }),
  );
  const toC = memoryLink(() => c.engine, {
    id: 'c',
    name: 'C',
    from: { id: 'b', name: 'B' },
    rights: rightsOfC,
    rightsThere: rightsOfB,
  });
  b.engine.replication.addPeer({
    ...toC,
    push(push) {
      state.pushes.push(push);
      return toC.push(push);
    },
  });
  const calm = async () => {
    for (let round = 0; round < 80; round++) for (const { clock } of [a, b, c]) await clock.advance(1_000);
  };
  const takeAll = async () => {
    state.takes = undefined;
    void b.engine.replication.takeLeftOut('a');
    await calm();
    await calm();
  };
  const brought = () => state.pushes.flatMap(({ contents = [] }) => contents.map(({ hash }) => hash));
  return { a, b, c, brought, calm, takeAll };
}

test('what its caller had not when it brought the changes comes once the caller has it, once', async () => {
  const { a, b, c, brought, calm, takeAll } = await chain();
  await a.save('ROADMAP.md', long);
  await a.save('HANDOFF.md', 'short\n');
  await calm();
  expect(c.engine.log.changes({ limit: 9 })).toHaveLength(2);
  expect([b.text('ROADMAP.md'), c.text('ROADMAP.md')]).toEqual([undefined, undefined]);
  await takeAll();
  expect([b.text('ROADMAP.md'), b.text('HANDOFF.md')]).toEqual([long, 'short\n']);
  expect([c.text('ROADMAP.md'), c.text('HANDOFF.md')]).toEqual([long, 'short\n']);
  expect(brought()).toHaveLength(2);
});

test('what it may not read is not brought to it', async () => {
  const { a, c, brought, calm, takeAll } = await chain({
    ...allRights,
    mayRead: (path) => path !== 'ROADMAP.md',
  });
  await a.save('ROADMAP.md', long);
  await a.save('HANDOFF.md', 'short\n');
  await calm();
  await takeAll();
  expect([c.text('ROADMAP.md'), c.text('HANDOFF.md')]).toEqual([undefined, 'short\n']);
  expect(brought()).toHaveLength(1);
});

test('it names to its caller nothing that the caller may not read', async () => {
  const { a, c, brought, calm, takeAll } = await chain(allRights, {
    ...allRights,
    mayRead: (path) => path !== 'ROADMAP.md',
  });
  await a.save('ROADMAP.md', long);
  await a.save('HANDOFF.md', 'short\n');
  await calm();
  const rightsOfB: LinkRights = { ...allRights, mayRead: (path) => path !== 'ROADMAP.md' };
  const said = c.engine.replication.peerSide.changes({}, 9, rightsOfB, { id: 'b' });
  expect(said.lacks).toHaveLength(1);
  const readOnly = c.engine.replication.peerSide.changes({}, 9, { ...allRights, write: false }, { id: 'b' });
  expect(readOnly.lacks).toBeUndefined();
  await takeAll();
  expect([c.text('ROADMAP.md'), c.text('HANDOFF.md')]).toEqual([undefined, 'short\n']);
  expect(brought()).toHaveLength(1);
});

test('bytes that are not what they are called, or that nobody waits for, are not taken', async () => {
  const { a, c, calm } = await chain();
  await a.save('ROADMAP.md', long);
  await calm();
  const { peerSide } = c.engine.replication;
  const [hash = ''] = peerSide.changes({}, 9, allRights, { id: 'b' }).lacks ?? [];
  const push: Push = { changes: [], source_watermark: '', node_id: 'bb'.repeat(8), vector: '0', now_ms: 0 };
  const body = { packing: 'plain' as const, data: 'a lie' };
  const pushed = peerSide.push(
    {
      ...push,
      contents: [
        { hash, body },
        { hash: 'ab'.repeat(32), body },
      ],
    },
    { id: 'b', name: 'B' },
    allRights,
  );
  await calm();
  expect(await pushed).toMatchObject({ ok: true, value: { lacks: [hash] } });
  expect(c.engine.log.content(hash)).toBeUndefined();
  expect(c.engine.log.content('ab'.repeat(32))).toBeUndefined();
});
