/** Old versions let go of their bytes, and nothing that somebody still needs ever does. */
import { describe, expect, test } from 'vitest';
import { collectVersions } from '../../../electron/engine/log/collect.ts';
import { createHeads } from '../../../electron/engine/log/heads.ts';
import { limits } from '../../../shared/limits.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const dayMs = 86_400_000;
const days = (fixture: CoreFixture, count: number) => fixture.clock.jump(count * dayMs);
const collect = (fixture: CoreFixture) => collectVersions(fixture.sql, fixture.clock.nowMs());
const all = (fixture: CoreFixture) => fixture.core.reader.changes({ after: 0, limit: 1000 });

/** As a consolidation does: nothing is pending any more. */
const fold = (fixture: CoreFixture) =>
  fixture.sql.exec('UPDATE log SET consolidation = 1 WHERE path IS NOT NULL');

async function saveAll(fixture: CoreFixture, path: string, texts: string[]): Promise<void> {
  for (const text of texts) {
    await fixture.save(path, text);
    fixture.clock.jump(1000);
  }
  fold(fixture);
}

test('of an old day the last version stays, and in the end the head alone', async () => {
  const fixture = createCoreFixture();
  await saveAll(fixture, 'AGENTS.md', ['morning', 'noon', 'evening']);
  days(fixture, 1);
  await saveAll(fixture, 'AGENTS.md', ['next day']);
  days(fixture, limits.everyVersionDays - 2);
  expect(collect(fixture)).toBe(0);
  days(fixture, 2);
  expect(collect(fixture)).toBe(2);
  expect(fixture.texts('AGENTS.md')).toEqual([undefined, undefined, 'evening', 'next day']);
  days(fixture, limits.dailyVersionDays);
  collect(fixture);
  expect(fixture.texts('AGENTS.md')).toEqual([undefined, undefined, undefined, 'next day']);
  expect(collect(fixture)).toBe(0);
});

test('the rows stay, with size and checksum', async () => {
  const fixture = createCoreFixture();
  await saveAll(fixture, 'AGENTS.md', ['old', 'new']);
  const before = all(fixture);
  days(fixture, 100);
  collect(fixture);
  expect(all(fixture)).toEqual(before);
  expect(fixture.core.reader.contentFacts(before[0]?.content ?? '')?.size).toBe(3);
});

describe('what stays however old it is', () => {
  test('pending changes, and what they replaced', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['gone', 'replaced']);
    await fixture.save('AGENTS.md', 'pending');
    await fixture.save('AGENTS.md', 'head');
    days(fixture, 1000);
    expect(collect(fixture)).toBe(1);
    expect(fixture.texts('AGENTS.md')).toEqual([undefined, 'replaced', 'pending', 'head']);
  });

  test('what a young change of another file is, or replaced', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['shared', 'also shared', 'head']);
    days(fixture, 100);
    await saveAll(fixture, 'ROADMAP.md', ['shared', 'also shared']);
    expect(collect(fixture)).toBe(0);
  });

  test('what lies on the disk under another name', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'ROADMAP.md', ['shared']);
    await saveAll(fixture, 'AGENTS.md', ['shared', 'head']);
    days(fixture, 1000);
    expect(collect(fixture)).toBe(0);
  });

  test('the last version of a day of another file', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['shared', 'evening', 'head']);
    await saveAll(fixture, 'ROADMAP.md', ['plan', 'shared']);
    days(fixture, 1);
    await saveAll(fixture, 'ROADMAP.md', ['new plan']);
    days(fixture, 100);
    collect(fixture);
    expect(fixture.texts('ROADMAP.md')).toEqual([undefined, 'shared', 'new plan']);
  });

  test('the last version of a day that stood before on another day', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['comes back', 'monday']);
    days(fixture, 1);
    await saveAll(fixture, 'AGENTS.md', ['tuesday', 'comes back']);
    days(fixture, 1);
    await saveAll(fixture, 'AGENTS.md', ['head']);
    days(fixture, 100);
    collect(fixture);
    expect(fixture.texts('AGENTS.md')).toEqual(['comes back', 'monday', undefined, 'comes back', 'head']);
  });

  test('what we are about to write', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['planned', 'evening', 'head']);
    fixture.sql.exec("INSERT INTO own_writes (path, content, evidence) VALUES ('AGENTS.md', 1, '{}')");
    days(fixture, 1000);
    expect(collect(fixture)).toBe(1);
    expect(fixture.texts('AGENTS.md')).toEqual(['planned', undefined, 'head']);
  });

  test('all that versions side by side come from: what the file holds is worked out from it', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['base', 'ours', 'head']);
    const heads = createHeads(fixture.sql);
    const ours = all(fixture)[1]?.stamp ?? '';
    heads.advance('AGENTS.md', ours, []);
    days(fixture, 1000);
    expect(collect(fixture)).toBe(0);
    heads.advance('AGENTS.md', 'joined', [ours, all(fixture)[2]?.stamp ?? '']);
    expect(collect(fixture)).toBe(2);
  });

  test('everything of a file whose newest version lies in the future: some clock was wrong', async () => {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['a', 'b']);
    days(fixture, 1000);
    await saveAll(fixture, 'AGENTS.md', ['c']);
    days(fixture, -500);
    expect(collect(fixture)).toBe(0);
  });
});

describe('while a replica is known', () => {
  /** It holds this many changes of ours, and last said so this many days ago. */
  function meet({ sql, clock, core }: CoreFixture, held: number, daysAgo = 0): void {
    sql
      .prepare('INSERT OR REPLACE INTO links (link, name, vector, since_ms, heard_ms) VALUES (?, ?, ?, 0, ?)')
      .run('peer', 'peer', `${core.append.node}:${held}`, clock.nowMs() - daysAgo * dayMs);
  }

  async function longAgo(): Promise<CoreFixture> {
    const fixture = createCoreFixture();
    await saveAll(fixture, 'AGENTS.md', ['one', 'two', 'three', 'head']);
    days(fixture, limits.everyVersionDays + limits.dailyVersionDays + 1);
    return fixture;
  }

  test.each<[number, (string | undefined)[]]>([
    [4, [undefined, undefined, undefined, 'head']],
    [3, [undefined, undefined, 'three', 'head']],
    [2, [undefined, 'two', 'three', 'head']],
    [0, ['one', 'two', 'three', 'head']],
  ])('that holds %i of four, what it lacks stays, and what its next edit stands on', async (held, texts) => {
    const fixture = await longAgo();
    meet(fixture, held);
    collect(fixture);
    expect(fixture.texts('AGENTS.md')).toEqual(texts);
  });

  test('it is not waited for longer than for so many days', async () => {
    const fixture = await longAgo();
    meet(fixture, 2, limits.awayReplicaDays - 1);
    expect(collect(fixture)).toBe(1);
    meet(fixture, 2, limits.awayReplicaDays + 1);
    expect(collect(fixture)).toBe(2);
  });

  test('one that never said anything is waited for from the day on which it was met', async () => {
    const fixture = await longAgo();
    fixture.sql
      .prepare("INSERT INTO links (link, name, since_ms) VALUES ('new', 'new', ?)")
      .run(fixture.clock.nowMs());
    expect(collect(fixture)).toBe(0);
  });
});

test('versions of an open conflict stay, with the one that they come from, until somebody decides', async () => {
  const fixture = createCoreFixture();
  await saveAll(fixture, 'AGENTS.md', ['base', 'loser', 'winner', 'other', 'head']);
  const [base, loser, winner] = all(fixture);
  fixture.sql
    .prepare(
      "INSERT INTO conflicts (path, loser, winner, base, at_ms, state) VALUES ('AGENTS.md', ?, ?, ?, 0, 'open')",
    )
    .run(loser?.stamp ?? '', winner?.stamp ?? '', base?.content ?? '');
  days(fixture, 1000);
  expect(collect(fixture)).toBe(1);
  expect(fixture.texts('AGENTS.md')).toEqual(['base', 'loser', 'winner', undefined, 'head']);
  fixture.sql.exec("UPDATE conflicts SET state = 'dismissed'");
  expect(collect(fixture)).toBe(3);
});

test('a deleted file goes like any other: its deletion is the head', async () => {
  const fixture = createCoreFixture();
  await saveAll(fixture, 'AGENTS.md', ['a', 'b']);
  await fixture.remove('AGENTS.md');
  fold(fixture);
  days(fixture, limits.everyVersionDays + limits.dailyVersionDays + 1);
  expect(collect(fixture)).toBe(2);
  expect(fixture.texts('AGENTS.md')).toEqual([undefined, undefined, null]);
});

test('collected bytes that come back are kept again', async () => {
  const fixture = createCoreFixture();
  await saveAll(fixture, 'AGENTS.md', ['old', 'evening', 'head']);
  days(fixture, 1000);
  collect(fixture);
  await saveAll(fixture, 'AGENTS.md', ['old']);
  expect(fixture.texts('AGENTS.md')).toEqual(['old', undefined, 'head', 'old']);
  expect(collect(fixture)).toBe(0);
});

/** Written from DESIGN section 6 alone: which versions must still have their bytes. */
function mustStay(fixture: CoreFixture, nowMs: number): Set<string> {
  const changes = all(fixture);
  const kept = changes.filter((change) => {
    const ageDays = (nowMs - change.atMs) / dayMs;
    const later = changes.filter((other) => other.path === change.path && other.position > change.position);
    const lastOfDay = !later.some(
      (other) => Math.floor(other.atMs / dayMs) === Math.floor(change.atMs / dayMs),
    );
    if (later.length === 0 || ageDays < limits.everyVersionDays) return true;
    return lastOfDay && ageDays < limits.everyVersionDays + limits.dailyVersionDays;
  });
  return new Set(kept.flatMap((change) => change.content ?? []));
}

test.each([1, 2, 3, 4])('whatever the history, what the rule keeps is there (seed %i)', async (seed) => {
  const random = createSeededRandom(`collect ${seed}`);
  const fixture = createCoreFixture();
  for (let round = 0; round < 200; round++) {
    fixture.clock.jump(random.integer(12 * 3_600_000 * (random.chance(0.1) ? 60 : 1)));
    // Few texts, so that versions are shared between files and come back.
    fixture.write(
      random.pick(['AGENTS.md', 'ROADMAP.md', 'CLAUDE.md']),
      `text ${Math.floor(round / 25)} ${random.integer(12)}`,
    );
    for (const path of ['AGENTS.md', 'ROADMAP.md', 'CLAUDE.md'])
      await fixture.core.looker.look(path, { baseline: false, now: true });
    fold(fixture);
    if (!random.chance(0.2)) continue;
    collect(fixture);
    const lost = [...mustStay(fixture, fixture.clock.nowMs())].filter(
      (hash) => fixture.core.contents.get(hash) === undefined,
    );
    expect(lost).toEqual([]);
  }
  // A run that let nothing go has shown nothing.
  expect(fixture.sql.prepare('SELECT id FROM content WHERE packed IS NULL').all()).not.toEqual([]);
});
