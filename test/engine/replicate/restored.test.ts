/** A database that was put back from a copy: noticed, explained, and no line of either life is lost. */
import { describe, expect, test } from 'vitest';
import { nodeOf } from '../../../electron/engine/log/open-log.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { memoryLink } from '../../support/memory-network.ts';

const [asA, asB] = [
  { id: 'a', name: 'A' },
  { id: 'b', name: 'B' },
];

function connect(a: EngineFixture, b: EngineFixture): void {
  a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA }));
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
}

async function calm(...all: EngineFixture[]): Promise<void> {
  for (let round = 0; round < 8; round++) for (const { clock } of all) await clock.advance(20_000);
}

/** The machine comes back with this database in the place of its own. */
async function comeBack(fixture: EngineFixture, backup: Sql): Promise<void> {
  await fixture.engine.stop();
  fixture.replaceDatabase(backup);
  await fixture.startEngine();
}

const linesOf = (fixture: EngineFixture, path: string): string[] =>
  (fixture.text(path) ?? '').split('\n').filter((line) => line !== '');
const codes = ({ engine }: EngineFixture): string[] => engine.status().problems.map(({ code }) => code);

describe('a backup that is put back', () => {
  test('is noticed at the start: a new node id before anything is recorded, and a notice', async () => {
    const [a, b] = [await createEngineFixture({ seed: 1 }), await createEngineFixture({ seed: 2 })];
    connect(a, b);
    await a.save('HANDOFF.md', 'one\n');
    await calm(a, b);
    const backup = copyDatabase(a.sql);
    const former = nodeOf(backup);
    await a.save('HANDOFF.md', 'one\ntwo\n');
    await calm(a, b);
    await comeBack(a, backup);
    expect(nodeOf(a.sql)).not.toBe(former);
    expect(codes(a)).toContain('log-restored');
    expect(a.logged).toContainEqual(expect.stringMatching(/^warn: The log is older/));
    await a.save('HANDOFF.md', 'one\ntwo\nthree\n');
    connect(a, b);
    await calm(a, b);
    expect(linesOf(a, 'HANDOFF.md')).toEqual(['one', 'two', 'three']);
    expect(linesOf(b, 'HANDOFF.md')).toEqual(['one', 'two', 'three']);
    expect(a.engine.replication.peerSide.watermark().vector).toBe(
      b.engine.replication.peerSide.watermark().vector,
    );
  });

  test('of which nobody saw what it lacks goes on as it is', async () => {
    const a = await createEngineFixture();
    await a.save('HANDOFF.md', 'one\n');
    const backup = copyDatabase(a.sql);
    const former = nodeOf(backup);
    await comeBack(a, backup);
    expect(nodeOf(a.sql)).toBe(former);
    expect(codes(a)).toEqual([]);
  });

  test('the notice goes by itself', async () => {
    const a = await createEngineFixture();
    const backup = copyDatabase(a.sql);
    await a.save('HANDOFF.md', 'one\n');
    await comeBack(a, backup);
    expect(codes(a)).toContain('log-restored');
    a.clock.jump(4 * 86_400_000);
    expect(codes(a)).not.toContain('log-restored');
  });
});
