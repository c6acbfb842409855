/** The status that the user sees. */
import { describe, expect, test } from 'vitest';
import { type Condition, isPaused, newCondition, readStatus } from '../../electron/engine/condition.ts';
import { recordConsolidation } from '../../electron/engine/consolidate/record.ts';
import { writeMeta } from '../../electron/engine/log/open-log.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { limits } from '../../shared/limits.ts';
import { problem } from '../../shared/result.ts';
import { type CoreFixture, createCoreFixture } from './core-fixture.ts';

const some = (subject: string) => problem('unreadable', subject, `${subject} is wrong.`, 'Look at it.');
const status = ({ core }: CoreFixture, more: Partial<Condition> = {}) =>
  readStatus(core, { ...newCondition(false), starting: false, ...more });

describe('the state', () => {
  const cases: [string, Partial<Condition>, boolean][] = [
    ['error', { failure: some('x'), disabled: true }, true],
    ['error', { scanFailure: some('x') }, false],
    ['disabled', { disabled: true, starting: true }, true],
    ['paused', { starting: true }, true],
    ['starting', { starting: true }, false],
    ['polling', { watch: { mode: 'polling', watchedFolders: 3 } }, false],
    ['watching', { watch: { mode: 'native', watchedFolders: 3 } }, false],
  ];
  test.each(cases)('is %s for %j, paused: %s', (state, condition, paused) => {
    const fixture = createCoreFixture();
    if (paused) writeMeta(fixture.sql, 'paused', '1');
    expect(status(fixture, condition).state).toBe(state);
    expect(isPaused(fixture.core)).toBe(paused);
  });

  test('pausing is remembered by the database', () => {
    const fixture = createCoreFixture();
    writeMeta(fixture.sql, 'paused', '1');
    expect(isPaused(fixture.restart().core)).toBe(true);
  });
});

test('counts what is tracked, pending and watched', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a');
  await fixture.save('ROADMAP.md', 'r');
  await fixture.remove('ROADMAP.md');
  fixture.disk.makeLink('CLAUDE.md', '/etc/passwd');
  await fixture.core.looker.look('CLAUDE.md', { baseline: false, now: true });
  expect(status(fixture, { watch: { mode: 'native', watchedFolders: 4 }, lastScanMs: 5 })).toMatchObject({
    pending: 3,
    trackedFiles: 1,
    watchedFiles: 2,
    watchedFolders: 4,
    lastScanMs: 5,
    lastConsolidationMs: null,
  });
  const position = recordConsolidation(fixture.core, { type: 'manual', conditions: {} }, defaultSettings);
  expect(position).toBeDefined();
  expect(status(fixture)).toMatchObject({ pending: 0, lastConsolidationMs: fixture.clock.nowMs() });
});

describe('the next trigger', () => {
  test('is told while Skein works by itself, and not while it does not', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    expect(status(fixture).nextTrigger).toMatchObject({ changesMissing: 4 });
    expect(status(fixture, { disabled: true }).nextTrigger).toBeNull();
    writeMeta(fixture.sql, 'paused', '1');
    expect(status(fixture).nextTrigger).toBeNull();
  });
});

describe('problems', () => {
  test('come worst first, from everywhere', async () => {
    const fixture = createCoreFixture({ files: { 'skein.json': '{' } });
    await fixture.core.settings.reload();
    await fixture.save('AGENTS.md', 'a');
    recordConsolidation(fixture.core, { type: 'manual', conditions: {} }, defaultSettings);
    fixture.sql.prepare('UPDATE consolidations SET problem = ?').run(JSON.stringify(some('report')));
    fixture.disk.makeLink('CLAUDE.md', '/etc/passwd');
    await fixture.core.looker.look('CLAUDE.md', { baseline: false, now: true });
    fixture.clock.jump(-3_600_000);
    const { problems } = status(fixture, {
      failure: some('event'),
      scanFailure: some('scan'),
      watch: { mode: 'native', watchedFolders: 0, problem: some('watch') },
      walkProblems: [some('walk')],
    });
    const subjects = ['event', 'scan', 'skein.json', 'this device', 'report', 'CLAUDE.md', 'watch', 'walk'];
    expect(problems.map((it) => it.subject)).toEqual(subjects);
  });

  test('one that two parts met is said once', () => {
    const { problems } = status(createCoreFixture(), {
      scanFailure: some('folder'),
      watch: { mode: 'native', watchedFolders: 0, problem: some('watch') },
      walkProblems: [some('folder'), some('walk')],
    });
    expect(problems.map((it) => it.subject)).toEqual(['folder', 'watch', 'walk']);
  });

  test('none in a calm workspace', async () => {
    const fixture = createCoreFixture();
    expect(status(fixture).problems).toEqual([]);
    await fixture.save('AGENTS.md', 'a');
    expect(status(fixture).problems).toEqual([]);
  });

  test('a report that still waits says why, whatever was recorded since', async () => {
    const fixture = createCoreFixture();
    for (const text of ['a', 'b']) {
      await fixture.save('AGENTS.md', text);
      recordConsolidation(fixture.core, { type: 'manual', conditions: {} }, defaultSettings);
      const isFirst = text === 'a';
      if (isFirst)
        fixture.sql.prepare('UPDATE consolidations SET problem = ?').run(JSON.stringify(some('report')));
    }
    expect(status(fixture).problems).toEqual([some('report')]);
    fixture.sql.prepare('UPDATE consolidations SET file_work = NULL').run();
    expect(status(fixture).problems).toEqual([]);
  });

  test('a clock that stands before the log is said once it matters, with how much', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    fixture.clock.jump(-limits.clockAheadMs);
    expect(status(fixture).problems).toEqual([]);
    fixture.clock.jump(-60_000);
    expect(status(fixture).problems).toMatchObject([
      { code: 'clock-wrong', message: expect.stringContaining('6 minutes') },
    ]);
  });
});
