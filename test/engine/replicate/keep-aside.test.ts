/** Versions that a pull of git could not merge, in the inbox of every replica. */
import { expect, test } from 'vitest';
import type { PulledAside } from '../../../electron/engine/replicate/keep-aside.ts';
import { createEngineFixture, type EngineFixture, finish } from '../../support/engine-fixture.ts';
import { createFakeMovements } from '../../support/fake-movements.ts';
import { memoryLink } from '../../support/memory-network.ts';
import { toBytes, toText } from '../core-fixture.ts';

const [old, inFile, other] = ['old\n', 'in the file\n', 'the other side\n'];

async function start() {
  const git = createFakeMovements();
  const files = { 'HANDOFF.md': old };
  const a = await createEngineFixture({ seed: 1, files, git });
  const b = await createEngineFixture({ seed: 2, files });
  const [asA, asB] = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA }));
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
  const calm = async () => {
    for (let round = 0; round < 10; round++) {
      await a.clock.advance(500);
      await b.clock.advance(500);
    }
  };
  await calm();
  const keep = async (part: Partial<PulledAside> = {}) => {
    const version = {
      path: 'HANDOFF.md',
      bytes: toBytes(other),
      base: toBytes(old),
      commit: 'c0ffee',
      ...part,
    };
    const kept = await finish(a.clock, a.engine.keepAside([version]));
    await calm();
    return kept;
  };
  return { a, b, git, calm, keep };
}

const textAt = ({ engine }: EngineFixture, stamp = '') =>
  toText(engine.log.content(engine.log.changeByStamp(stamp)?.content ?? ''));

test('one that nobody had is in both logs, below what the file holds, and waits on both', async () => {
  const { a, b, keep } = await start();
  await a.save('HANDOFF.md', inFile);
  const kept = await keep();
  const [conflict] = a.engine.conflicts('open');
  expect(kept).toEqual({ ok: true, value: [{ path: 'HANDOFF.md', loser: conflict?.loser }] });
  for (const side of [a, b]) {
    expect(side.text('HANDOFF.md')).toBe(inFile);
    expect(side.engine.conflicts('open')).toMatchObject([
      { winner: conflict?.winner, loser: conflict?.loser },
    ]);
    expect([textAt(side, conflict?.winner), textAt(side, conflict?.loser)]).toEqual([inFile, other]);
    expect(toText(side.engine.log.content(conflict?.base ?? ''))).toBe(old);
  }
  expect(a.engine.log.pendingCount()).toBe(1);
});

test('either replica takes it, for both', async () => {
  const { a, b, calm, keep } = await start();
  await a.save('HANDOFF.md', inFile);
  await keep();
  const [conflict] = b.engine.conflicts('open');
  const { path = '', loser = '' } = conflict ?? {};
  await finish(
    b.clock,
    b.engine.resolveConflict({ path, loser, resolution: { how: 'take' }, agent: 'human' }),
  );
  await calm();
  for (const side of [a, b]) {
    expect(side.text('HANDOFF.md')).toBe(other);
    expect(side.engine.conflicts('open')).toEqual([]);
  }
});

test('one that the log holds waits by the version that it is, and once', async () => {
  const { a, keep } = await start();
  await a.save('HANDOFF.md', other);
  const written = a.engine.log.changes({ limit: 1 })[0]?.stamp;
  await a.save('HANDOFF.md', inFile);
  const before = a.engine.log.changes({ limit: 100 }).length;
  for (const _ of [1, 2])
    expect(await keep()).toMatchObject({ value: [{ path: 'HANDOFF.md', loser: written }] });
  expect(a.engine.conflicts('all')).toHaveLength(1);
  expect(a.engine.log.changes({ limit: 100 })).toHaveLength(before);
});

test('what is no version of its own, of no tracked file, or of another branch stays with git', async () => {
  const { a, git, keep } = await start();
  expect(await keep({ bytes: toBytes(old) })).toEqual({ ok: true, value: [] });
  expect(await keep({ path: 'src/code.ts' })).toEqual({ ok: true, value: [] });
  expect(await keep({ path: 'docs/passation.md' })).toEqual({ ok: true, value: [] });
  git.moved({ atMs: a.clock.nowMs() }, { 'HANDOFF.md': 'feature\n' });
  await a.save('HANDOFF.md', 'feature\n');
  expect(await keep()).toEqual({ ok: true, value: [] });
  expect(a.engine.conflicts('all')).toEqual([]);
});
