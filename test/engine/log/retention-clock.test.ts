/** A clock that is far ahead, for an hour, must not take old versions with it. */
import { describe, expect, test } from 'vitest';
import { retentionTime } from '../../../electron/engine/log/retention-clock.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture } from '../../support/engine-fixture.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const dayMs = 86_400_000;
const yearMs = 365 * dayMs;

const timeOf = ({ sql, clock }: CoreFixture): number => retentionTime(sql, clock.nowMs());

/** One that wrote something and collected since. */
async function begun(): Promise<CoreFixture> {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'one');
  expect(timeOf(fixture)).toBe(fixture.clock.nowMs());
  return fixture;
}

/** A peer said just now what its clock says, so many milliseconds apart from ours. */
function hear({ sql, clock }: CoreFixture, offsetMs: number, link = 'peer'): void {
  const now = clock.nowMs();
  sql
    .prepare(
      'INSERT OR REPLACE INTO links (link, name, since_ms, asked_ms, heard_ms, clock_offset_ms) VALUES (?, ?, 0, ?, ?, ?)',
    )
    .run(link, link, now, now, offsetMs);
}

describe('alone', () => {
  test('time that passes from day to day, or for a holiday, is believed', async () => {
    const fixture = await begun();
    for (const days of [1, 1, limits.clockLeapDays]) {
      fixture.clock.jump(days * dayMs);
      expect(timeOf(fixture)).toBe(fixture.clock.nowMs());
    }
  });

  test('a leap is believed when the clock still says so a day later', async () => {
    const fixture = await begun();
    const before = fixture.clock.nowMs();
    fixture.clock.jump(2 * yearMs);
    expect(timeOf(fixture)).toBe(before);
    fixture.clock.jump(dayMs);
    expect(timeOf(fixture)).toBe(fixture.clock.nowMs());
  });

  test('a clock that was set right again was never believed', async () => {
    const fixture = await begun();
    fixture.clock.jump(2 * yearMs);
    timeOf(fixture);
    fixture.clock.jump(dayMs - 2 * yearMs);
    expect(timeOf(fixture)).toBe(fixture.clock.nowMs());
    const before = fixture.clock.nowMs();
    fixture.clock.jump(2 * yearMs);
    expect(timeOf(fixture)).toBe(before);
  });

  test('a log that never collected counts from its newest change', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'one');
    const newest = fixture.core.reader.changes({ after: 0, limit: 1 })[0]?.atMs;
    fixture.clock.jump(2 * yearMs);
    expect(timeOf(fixture)).toBe(newest);
  });
});

describe('with peers', () => {
  test('one that agrees is enough, however far the clock leapt', async () => {
    const fixture = await begun();
    fixture.clock.jump(2 * yearMs);
    hear(fixture, -2 * yearMs, 'wrong');
    hear(fixture, -50, 'right');
    expect(timeOf(fixture)).toBe(fixture.clock.nowMs() - 50);
  });

  test('of which all are behind the latest counts, and never more than our own clock', async () => {
    const fixture = await begun();
    hear(fixture, -2 * yearMs);
    expect(timeOf(fixture)).toBe(fixture.clock.nowMs() - 2 * yearMs);
    hear(fixture, 2 * yearMs);
    expect(timeOf(fixture)).toBe(fixture.clock.nowMs());
  });

  test('what one said before the leap says nothing of it', async () => {
    const fixture = await begun();
    hear(fixture, 0);
    const before = fixture.clock.nowMs();
    fixture.clock.jump(2 * yearMs);
    expect(timeOf(fixture)).toBe(before);
  });
});

test('so an engine whose clock leapt keeps its versions for the day, and lets them go when the clock was right', async () => {
  const a = await createEngineFixture();
  await a.save('AGENTS.md', 'old\n');
  await a.save('AGENTS.md', 'new\n');
  a.sql.exec('UPDATE log SET consolidation = 0 WHERE path IS NOT NULL');
  const kept = () => a.sql.prepare('SELECT count(*) AS n FROM content WHERE packed IS NOT NULL').get();
  await a.clock.advance(dayMs);
  a.clock.jump(2 * yearMs);
  const all = kept();
  await a.clock.advance(dayMs);
  expect(kept()).toEqual(all);
  await a.clock.advance(dayMs);
  expect(kept()).not.toEqual(all);
});
