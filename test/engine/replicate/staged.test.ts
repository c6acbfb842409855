/** Replicas that have only what a consolidation folded. */
import { describe, expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { allRights, memoryLink } from '../../support/memory-network.ts';

const manual = { 'skein.json': '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }' };
const rights = { ...allRights, staged: true };

/** Engines in a row, each linked with the next, all of them staged. */
async function chain(names: readonly string[]) {
  const engines: EngineFixture[] = [];
  for (const [index] of names.entries())
    engines.push(await createEngineFixture({ seed: index + 1, files: manual }));
  const connect = (from: number, to: number) =>
    engines[from]!.engine.replication.addPeer(
      memoryLink(() => engines[to]!.engine, {
        id: names[to]!,
        name: names[to]!,
        from: { id: names[from]!, name: names[from]! },
        rights,
        rightsThere: rights,
      }),
    );
  for (let index = 1; index < names.length; index++) {
    connect(index - 1, index);
    connect(index, index - 1);
  }
  /** Every exchange that is due, then one more over each link. */
  const calm = async () => {
    for (let round = 0; round < 6; round++) for (const { clock } of engines) await clock.advance(500);
    for (const { engine } of engines) {
      const exchanged = engine.replication.syncAll();
      for (const { clock } of engines) await clock.advance(500);
      for (const { result } of await exchanged) expect(result).toMatchObject({ ok: true });
    }
  };
  const consolidate = async ({ engine }: EngineFixture) => {
    const done = engine.consolidate();
    await calm();
    expect(await done).toMatchObject({ ok: true });
    await calm();
  };
  return { engines, calm, consolidate };
}

describe('staged replicas', () => {
  test('give nothing before they consolidate, then the change and its report', async () => {
    const { engines, calm, consolidate } = await chain(['a', 'b']);
    const [a, b] = engines as [EngineFixture, EngineFixture];
    await a.save('ROADMAP.md', 'plan\n');
    await calm();
    expect(b.text('ROADMAP.md')).toBeUndefined();
    expect(b.engine.log.changes({ limit: 10 })).toEqual([]);
    await consolidate(a);
    expect(b.text('ROADMAP.md')).toBe('plan\n');
    expect(b.text('SYNC_STATUS.md')).toBe(a.text('SYNC_STATUS.md'));
    expect(b.engine.status().pending).toBe(0);
  });

  test('keep what is in progress when another one’s consolidation arrives', async () => {
    const { engines, calm, consolidate } = await chain(['a', 'b']);
    const [a, b] = engines as [EngineFixture, EngineFixture];
    await b.save('HANDOFF.md', 'half a thought\n');
    await a.save('ROADMAP.md', 'plan\n');
    await consolidate(a);
    await calm();
    expect(b.text('ROADMAP.md')).toBe('plan\n');
    expect(a.text('HANDOFF.md')).toBeUndefined();
    expect(b.engine.status().pending).toBe(1);
    await consolidate(b);
    expect(a.text('HANDOFF.md')).toBe('half a thought\n');
    expect([a, b].map(({ engine }) => engine.status().pending)).toEqual([0, 0]);
  });

  test('pass on what another one consolidated, as long as nothing of their own came before it', async () => {
    const { engines, consolidate } = await chain(['a', 'b', 'c']);
    const [a, b, c] = engines as [EngineFixture, EngineFixture, EngineFixture];
    await a.save('ROADMAP.md', 'plan\n');
    await consolidate(a);
    expect(c.text('ROADMAP.md')).toBe('plan\n');
    await b.save('HANDOFF.md', 'half a thought\n');
    await a.save('ROADMAP.md', 'plan\nmore\n');
    await consolidate(a);
    expect(b.text('ROADMAP.md')).toBe('plan\nmore\n');
    expect([c.text('ROADMAP.md'), c.text('HANDOFF.md')]).toEqual(['plan\n', undefined]);
    await consolidate(b);
    expect([c.text('ROADMAP.md'), c.text('HANDOFF.md')]).toEqual(['plan\nmore\n', 'half a thought\n']);
    expect(a.text('HANDOFF.md')).toBe('half a thought\n');
  });

  test('keep a change that an undone report freed, until it is folded again', async () => {
    const { engines, calm, consolidate } = await chain(['a', 'b']);
    const [a, b] = engines as [EngineFixture, EngineFixture];
    a.engine.replication.suspend('b');
    b.engine.replication.suspend('a');
    await a.save('ROADMAP.md', 'plan\n');
    await consolidate(a);
    const [report] = a.engine.log.consolidations(undefined, 1);
    const undone = a.engine.undoConsolidation(report!.stamp);
    await calm();
    expect(await undone).toMatchObject({ ok: true });
    a.engine.replication.addPeer(
      memoryLink(() => b.engine, { id: 'b', name: 'b', from: { id: 'a', name: 'a' }, rights }),
    );
    await calm();
    expect(b.text('ROADMAP.md')).toBeUndefined();
    await consolidate(a);
    expect(b.text('ROADMAP.md')).toBe('plan\n');
  });
});
