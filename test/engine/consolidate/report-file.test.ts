/** Work in the report file: it may be done twice, in any order of crashes, and stands there once. */
import { describe, expect, test } from 'vitest';
import { recordConsolidation, recordWithdrawal } from '../../../electron/engine/consolidate/record.ts';
import { writeReports } from '../../../electron/engine/consolidate/report-file.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/settings.ts';
import { limits } from '../../../shared/limits.ts';
import { Crash, createLife } from '../../support/life.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const file = 'SYNC_STATUS.md';

async function fold(
  fixture: CoreFixture,
  text: string,
  settings: Settings = defaultSettings,
): Promise<number> {
  await fixture.save('AGENTS.md', text);
  const position = recordConsolidation(fixture.core, { type: 'manual', conditions: {} }, settings);
  if (position === undefined) throw new Error('nothing was pending');
  await fixture.clock.advance(1_000);
  return position;
}
const isTracked = (path: string) => path !== 'OLD.md';
const write = (fixture: CoreFixture, settings: Settings = defaultSettings) =>
  fixture.run(writeReports(fixture.deps, settings, limits.reportPatienceMs, isTracked));
const states = ({ core }: CoreFixture) => core.reader.consolidations(undefined, 10).map((it) => it.state);
const stampsIn = (fixture: CoreFixture) =>
  [...(fixture.text(file) ?? '').matchAll(/<!-- skein:(\w+) -->/g)].map((match) => match[1]);
const stampOf = ({ core }: CoreFixture, position: number) => core.reader.consolidationAt(position)?.stamp;

test('outstanding reports are written oldest first, so that the newest stands on top', async () => {
  const fixture = createCoreFixture();
  const positions = [await fold(fixture, 'a'), await fold(fixture, 'b'), await fold(fixture, 'c')];
  expect(await write(fixture)).toMatchObject({
    failure: undefined,
    changes: [{ kind: 'created' }, { kind: 'modified' }, { kind: 'modified' }],
  });
  expect(states(fixture)).toEqual(['written', 'written', 'written']);
  expect(stampsIn(fixture)).toEqual(positions.toReversed().map((position) => stampOf(fixture, position)));
});

test('our own write is part of its consolidation, so it is never pending', async () => {
  const fixture = createCoreFixture();
  const position = await fold(fixture, 'a');
  await write(fixture);
  expect(fixture.core.reader.changes({ limit: 1 })).toMatchObject([
    { path: file, agent: 'skein', consolidation: position },
  ]);
  expect(fixture.core.reader.pendingCount()).toBe(0);
});

test('nothing outstanding, nothing written', async () => {
  const fixture = createCoreFixture();
  await fold(fixture, 'a');
  await write(fixture);
  const before = fixture.disk.history.length;
  expect(await write(fixture)).toEqual({ changes: [], failure: undefined });
  expect(fixture.disk.history).toHaveLength(before);
});

describe('a report that cannot be written', () => {
  test('keeps its problem, and those after it wait for it', async () => {
    const fixture = createCoreFixture();
    fixture.disk.makeFolder(file);
    await fold(fixture, 'a');
    await fold(fixture, 'b');
    expect((await write(fixture)).failure).toMatchObject({ subject: file });
    expect(states(fixture)).toEqual(['waiting', 'waiting']);
    const [second, first] = fixture.core.reader.consolidations(undefined, 2);
    expect(first?.problem).toMatchObject({ subject: file });
    expect(second?.problem).toBeNull();
    fixture.disk.agentDelete(file);
    expect(await write(fixture)).toMatchObject({ failure: undefined, changes: [{}, {}] });
    expect(fixture.core.reader.consolidations(undefined, 2).map((it) => it.problem)).toEqual([null, null]);
  });

  test('goes to the file that was named when it was made', async () => {
    const fixture = createCoreFixture();
    await fold(fixture, 'a');
    await write(fixture, { ...defaultSettings, report_file: 'AGENT_SYNC.md' });
    expect(stampsIn(fixture)).toHaveLength(1);
    expect(fixture.text('AGENT_SYNC.md')).toBeUndefined();
  });
});

describe('a report file that was renamed in skein.json', () => {
  const renamed = { ...defaultSettings, report_file: 'OLD.md' };

  test('and is not tracked any more: what waits for it goes to the new one', async () => {
    const fixture = createCoreFixture();
    const positions = [await fold(fixture, 'a', renamed), await fold(fixture, 'b')];
    expect(await write(fixture)).toMatchObject({ failure: undefined, changes: [{}, {}] });
    expect(states(fixture)).toEqual(['written', 'written']);
    expect(stampsIn(fixture)).toEqual(positions.toReversed().map((position) => stampOf(fixture, position)));
  });

  test('to nothing: what waits for it is kept in the history only', async () => {
    const fixture = createCoreFixture();
    await fold(fixture, 'a', renamed);
    const outcome = await write(fixture, { ...defaultSettings, report_file: null });
    expect(outcome).toEqual({ changes: [], failure: undefined });
    expect(states(fixture)).toEqual(['skipped']);
  });

  test('keeps a report that is undone later, and says so', async () => {
    const fixture = createCoreFixture();
    const position = await fold(fixture, 'a', renamed);
    recordWithdrawal(fixture.core, position);
    expect(await write(fixture)).toEqual({ changes: [], failure: undefined });
    expect(fixture.core.reader.consolidationAt(position)).toMatchObject({
      state: 'undone',
      problem: { subject: 'OLD.md' },
    });
  });
});

test('a report file that cannot be written does not keep another from its report', async () => {
  const fixture = createCoreFixture();
  fixture.disk.makeFolder('AGENT_SYNC.md');
  await fold(fixture, 'a', { ...defaultSettings, report_file: 'AGENT_SYNC.md' });
  const second = await fold(fixture, 'b');
  expect(await write(fixture)).toMatchObject({ failure: { subject: 'AGENT_SYNC.md' }, changes: [{}] });
  expect(stampsIn(fixture)).toEqual([stampOf(fixture, second)]);
});

describe('taking a report back', () => {
  test('before it was written leaves no trace of it', async () => {
    const fixture = createCoreFixture();
    const position = await fold(fixture, 'a');
    recordWithdrawal(fixture.core, position);
    expect(await write(fixture)).toEqual({ changes: [], failure: undefined });
    expect(states(fixture)).toEqual(['undone']);
    expect(fixture.text(file)).toBeUndefined();
  });

  test('takes that one out and leaves the others, and what people wrote', async () => {
    const fixture = createCoreFixture();
    await fixture.save(file, '# Board\n\nKeep me.\n');
    const [first, second] = [await fold(fixture, 'a'), await fold(fixture, 'b')];
    await write(fixture);
    await fixture.save(file, `${fixture.text(file)}\nA line below.\n`);
    recordWithdrawal(fixture.core, first);
    await write(fixture);
    expect(stampsIn(fixture)).toEqual([stampOf(fixture, second)]);
    expect(fixture.text(file)).toContain('Keep me.');
    expect(fixture.text(file)).toContain('A line below.');
  });

  test('makes its changes pending again, but not our own write of it', async () => {
    const fixture = createCoreFixture();
    const position = await fold(fixture, 'a');
    await write(fixture);
    expect(recordWithdrawal(fixture.core, position)).toBe(1);
    await write(fixture);
    expect(fixture.core.reader.changes({ limit: 10, pending: true }).map((it) => it.path)).toEqual([
      'AGENTS.md',
    ]);
  });

  test('when somebody deleted the file is done', async () => {
    const fixture = createCoreFixture();
    const position = await fold(fixture, 'a');
    await write(fixture);
    await fixture.remove(file);
    recordWithdrawal(fixture.core, position);
    expect((await write(fixture)).failure).toBeUndefined();
    expect(states(fixture)).toEqual(['undone']);
    expect(fixture.text(file)).toBeUndefined();
  });
});

test('a crash at any step: the report stands there once in the end', async () => {
  for (let step = 0; ; step++) {
    let reached = 0;
    let armed = false;
    const life = createLife((point) => {
      if (armed && reached++ === step) throw new Crash(point);
    });
    const dying = createCoreFixture({ life });
    await dying.save(file, '# Board\n');
    const position = await fold(dying, 'a');
    armed = true;
    const finished = await dying.run(
      writeReports(dying.deps, defaultSettings, limits.reportPatienceMs, isTracked).then(
        () => true,
        () => false,
      ),
    );
    const fixture = dying.restart();
    expect((await write(fixture)).failure).toBeUndefined();
    expect(stampsIn(fixture), `step ${step}`).toEqual([stampOf(fixture, position)]);
    expect(fixture.text(file)?.startsWith('# Board\n')).toBe(true);
    expect(states(fixture)).toEqual(['written']);
    if (finished) return expect(step).toBeGreaterThan(20);
  }
});
