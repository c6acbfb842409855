/** The history of consolidations. */
import { expect, test } from 'vitest';
import { recordConsolidation, recordWithdrawal } from '../../../electron/engine/consolidate/record.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { createCoreFixture } from '../core-fixture.ts';

async function withConsolidations(count: number) {
  const fixture = createCoreFixture();
  const { core } = fixture;
  const positions: number[] = [];
  for (let index = 0; index < count; index++) {
    await fixture.save('AGENTS.md', `${index}`);
    await fixture.save('AGENT_SYNC_CLAUDE.md', `${index}`);
    const trigger = { type: 'threshold' as const, conditions: { threshold: index } };
    positions.push(recordConsolidation(core, trigger, defaultSettings) ?? -1);
    await fixture.clock.advance(1000);
  }
  return { ...fixture, reader: core.reader, positions };
}

test('one reads back as it was recorded', async () => {
  const { reader, positions, clock } = await withConsolidations(1);
  expect(reader.consolidationAt(positions[0] ?? 0)).toEqual({
    position: positions[0],
    stamp: expect.stringMatching(/^[0-9a-f]{32}$/),
    trigger: { type: 'threshold', conditions: { threshold: 0 }, atMs: clock.nowMs() - 1000 },
    changes: 2,
    files: 2,
    agents: ['claude-code', 'unknown'],
    state: 'waiting',
    problem: null,
  });
  expect(reader.report(positions[0] ?? 0)).toContain('AGENTS.md');
  expect(reader.report(999)).toBe('');
});

test('pages are newest first, without gap or overlap', async () => {
  const { reader, positions } = await withConsolidations(7);
  const seen: number[] = [];
  for (let before: number | undefined; ; ) {
    const page = reader.consolidations(before, 3);
    seen.push(...page.map((it) => it.position));
    before = page.at(-1)?.position;
    if (page.length < 3) break;
  }
  expect(seen).toEqual(positions.toReversed());
  expect(reader.consolidationCount()).toBe(7);
});

test('found by stamp, or its beginning from six digits on', async () => {
  const { reader, positions } = await withConsolidations(2);
  const [first, second] = positions.map((position) => reader.consolidationAt(position));
  expect(reader.consolidation(first?.stamp ?? '')).toEqual(first);
  expect(reader.consolidation(second?.stamp.slice(0, 16) ?? '')).toEqual(second);
  expect(reader.consolidation(second?.stamp.slice(0, 6) ?? '')).toEqual(first);
  for (const none of ['f'.repeat(32), '00000', 'zzzzzz', '%', ''])
    expect(reader.consolidation(none)).toBeUndefined();
});

test('the stamp of a change, or of a withdrawal, is no consolidation', async () => {
  const { reader, positions, core, sql } = await withConsolidations(1);
  const change = reader.changes({ limit: 1 })[0];
  recordWithdrawal(core, positions[0] ?? 0);
  const withdrawn = sql.prepare<{ stamp: string }>("SELECT stamp FROM log WHERE kind = 'withdrawn'").get();
  expect(reader.consolidation(change?.stamp ?? '')).toBeUndefined();
  expect(reader.consolidation(withdrawn?.stamp ?? '')).toBeUndefined();
  expect(reader.consolidationAt(change?.position ?? 0)).toBeUndefined();
});

test('the consolidation that follows many changes of its own millisecond is found by its beginning', async () => {
  const { reader, positions } = await withConsolidations(1);
  const whole = reader.consolidationAt(positions[0] ?? 0);
  // Changes share the first twelve digits, and stand before it.
  expect(reader.consolidation(whole?.stamp.slice(0, 12) ?? '')).toEqual(whole);
});
