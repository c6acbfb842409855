/** Counts by quarter of an hour and agent, derived from the log and always equal to it. */
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type CoreFixture, createCoreFixture, evidence } from '../core-fixture.ts';

const quarterMs = 15 * 60_000;
const everything = (fixture: CoreFixture) => fixture.core.reader.activity(0, Number.MAX_SAFE_INTEGER);

/** The same counts, worked out from the changes themselves. */
function expected(changes: readonly Change[]) {
  const counts = new Map<string, { bucketMs: number; agent: string; changes: number }>();
  for (const { atMs, agent, baseline } of changes) {
    if (baseline) continue;
    const bucketMs = Math.floor(atMs / quarterMs) * quarterMs;
    const row = counts.get(`${bucketMs} ${agent}`) ?? { bucketMs, agent, changes: 0 };
    row.changes += 1;
    counts.set(`${bucketMs} ${agent}`, row);
  }
  return [...counts.values()].toSorted((a, b) => a.bucketMs - b.bucketMs || (a.agent < b.agent ? -1 : 1));
}

test('counts each change once, in its own quarter, however often it is asked', async () => {
  const fixture = createCoreFixture();
  const atMs = fixture.clock.nowMs();
  await fixture.save('AGENT_SYNC_CLAUDE.md', 'a');
  expect(everything(fixture)).toEqual([{ bucketMs: atMs, agent: 'claude-code', changes: 1 }]);
  await fixture.clock.advance(quarterMs - 1);
  await fixture.save('AGENT_SYNC_CLAUDE.md', 'b');
  await fixture.clock.advance(1);
  await fixture.save('AGENT_SYNC_CLAUDE.md', 'c');
  everything(fixture);
  expect(everything(fixture)).toEqual([
    { bucketMs: atMs, agent: 'claude-code', changes: 2 },
    { bucketMs: atMs + quarterMs, agent: 'claude-code', changes: 1 },
  ]);
});

test('the end of the time asked for is left out, its beginning is not', async () => {
  const fixture = createCoreFixture();
  const atMs = fixture.clock.nowMs();
  await fixture.save('AGENTS.md', 'a');
  expect(fixture.core.reader.activity(atMs, atMs + 1)).toHaveLength(1);
  expect(fixture.core.reader.activity(atMs - quarterMs, atMs)).toEqual([]);
});

test('files that were there before, and consolidations, are nobody’s activity', async () => {
  const fixture = createCoreFixture({ files: { 'AGENTS.md': 'a' } });
  await fixture.core.looker.look('AGENTS.md', { baseline: true, now: true });
  fixture.core.append.record('consolidated', null);
  expect(everything(fixture)).toEqual([]);
});

describe('late evidence', () => {
  test('moves a change from one agent to the other, counted before or not', async () => {
    const fixture = createCoreFixture();
    const first = await fixture.save('AGENTS.md', 'a');
    everything(fixture);
    const second = await fixture.save('AGENTS.md', 'b');
    for (const change of [first, second])
      fixture.core.attribution.add(change, evidence('git', 'codex-local'));
    expect(everything(fixture)).toMatchObject([{ agent: 'codex-local', changes: 2 }]);
  });

  test('about a file that was there before counts for nobody', async () => {
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'a' } });
    const look = await fixture.core.looker.look('AGENTS.md', { baseline: true, now: true });
    if (look.kind !== 'recorded') throw new Error('nothing recorded');
    everything(fixture);
    fixture.core.attribution.add(look.change, evidence('git', 'codex-local'));
    expect(everything(fixture)).toEqual([]);
  });

  test.each([1, 2, 3])(
    'after any mix of saves, questions and evidence the counts equal the log (seed %i)',
    async (seed) => {
      const random = createSeededRandom(`activity ${seed}`);
      const fixture = createCoreFixture();
      for (let round = 0; round < 120; round++) {
        await fixture.clock.advance(random.integer(quarterMs));
        const path = random.pick(['AGENTS.md', 'AGENT_SYNC_CLAUDE.md', 'docs/passation_codex.md']);
        const change = await fixture.save(path, `text ${round}`);
        if (random.chance(0.3)) everything(fixture);
        const [late] = fixture.core.reader.changes({
          before: change.position + 1 - random.integer(4),
          limit: 1,
        });
        const source = random.pick(['git', 'rule', 'process', 'none'] as const);
        if (late !== undefined)
          fixture.core.attribution.add(late, evidence(source, random.pick(['human', 'aider'])));
      }
      expect(everything(fixture)).toEqual(expected(fixture.core.reader.changes({ after: 0, limit: 1000 })));
    },
  );
});

test('the counts can be dropped and come back from the log', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a');
  const before = everything(fixture);
  fixture.sql.exec('DELETE FROM activity; DELETE FROM cursors');
  expect(everything(fixture)).toEqual(before);
});
