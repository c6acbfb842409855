/** Triggers, reports in the file, undo, restore. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { createEngineFixture, type EngineFixture, finish } from '../support/engine-fixture.ts';

const manual = '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }';

async function edited(count: number, settings = manual): Promise<EngineFixture> {
  const fixture = await createEngineFixture({ files: { 'skein.json': settings, 'AGENTS.md': 'start\n' } });
  for (let index = 0; index < count; index++) await fixture.save('AGENTS.md', `edit ${index}\n`);
  return fixture;
}

async function consolidate(fixture: EngineFixture) {
  const outcome = await finish(fixture.clock, fixture.engine.consolidate());
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const reports = (fixture: EngineFixture): string[] =>
  fixture.text('SYNC_STATUS.md')?.match(/<!-- skein:\w+ -->/g) ?? [];

describe('triggers', () => {
  test('the fifth change consolidates, and the report does not trigger another', async () => {
    const fixture = await edited(5, '{}');
    expect(fixture.engine.status()).toMatchObject({ pending: 0, lastConsolidationMs: expect.any(Number) });
    expect(fixture.engine.log.consolidations(undefined, 10)).toMatchObject([
      {
        changes: 5,
        files: 1,
        state: 'written',
        trigger: { type: 'threshold', conditions: { pending_changes: 5, threshold: 5 } },
      },
    ]);
    await fixture.clock.advance(10 * 60_000);
    expect(reports(fixture)).toHaveLength(1);
    expect(fixture.engine.log.consolidationCount()).toBe(1);
  });

  test('fewer changes wait for the interval', async () => {
    const fixture = await edited(2, '{ "consolidation_interval_minutes": 60 }');
    await fixture.clock.advance(50 * 60_000);
    expect(fixture.engine.log.consolidationCount()).toBe(0);
    await fixture.clock.advance(11 * 60_000);
    expect(fixture.engine.log.consolidations(undefined, 1)[0]?.trigger.type).toBe('time_based');
  });

  test('a new threshold counts at once', async () => {
    const fixture = await edited(3, '{}');
    expect(fixture.engine.log.consolidationCount()).toBe(0);
    await fixture.save('skein.json', '{ "consolidation_threshold": 2 }');
    expect(fixture.engine.log.consolidationCount()).toBe(1);
  });

  test('nothing pending, nothing written', async () => {
    const fixture = await edited(0);
    expect(await consolidate(fixture)).toMatchObject({ changes: 0, consolidation: null });
    expect(fixture.text('SYNC_STATUS.md')).toBeUndefined();
  });
});

describe('the report file', () => {
  test('holds the report under its heading and leaves the rest alone', async () => {
    const fixture = await createEngineFixture({
      files: { 'skein.json': manual, 'SYNC_STATUS.md': '# Status\n\nKeep me.\n', 'AGENTS.md': 'a\n' },
    });
    await fixture.save('AGENTS.md', 'b\n');
    await consolidate(fixture);
    const text = fixture.text('SYNC_STATUS.md') ?? '';
    expect(text.startsWith('# Status\n\nKeep me.\n')).toBe(true);
    expect(text).toContain('## 🤖 Automatic synchronisation');
    expect(text).toContain('- **AGENTS.md**');
  });

  test('newest first, the last N kept there, all kept in the history', async () => {
    const fixture = await edited(0, '{ "reports_kept": 2, "consolidation_threshold": 1 }');
    for (let index = 0; index < 4; index++) await fixture.save('AGENTS.md', `again ${index}\n`);
    const inHistory = fixture.engine.log
      .consolidations(undefined, 10)
      .map((it) => `<!-- skein:${it.stamp} -->`);
    expect(inHistory).toHaveLength(4);
    expect(reports(fixture)).toEqual(inHistory.slice(0, 2));
  });

  test('in French as documented', async () => {
    const fixture = await edited(5, '{ "locale": "fr" }');
    expect(fixture.text('SYNC_STATUS.md')).toContain('**Type de déclenchement** : `threshold`');
    expect(fixture.text('SYNC_STATUS.md')).toContain(
      '**Changements consolidés** : 5 événements sur 1 fichier',
    );
  });

  test('no report file: the consolidation stands in the history alone', async () => {
    const fixture = await edited(1, '{ "report_file": null, "consolidation_threshold": 1 }');
    expect(fixture.engine.log.consolidations(undefined, 1)).toMatchObject([{ state: 'skipped', changes: 1 }]);
    expect(fixture.text('SYNC_STATUS.md')).toBeUndefined();
  });

  test('a folder in its place keeps the report waiting, says so, and is written once it is gone', async () => {
    const fixture = await edited(1);
    fixture.disk.makeFolder('SYNC_STATUS.md');
    const outcome = await consolidate(fixture);
    expect(outcome.consolidation).toMatchObject({ state: 'waiting', problem: { subject: 'SYNC_STATUS.md' } });
    expect(fixture.engine.status().pending).toBe(0);
    fixture.disk.agentDelete('SYNC_STATUS.md');
    await fixture.clock.advance(60_000);
    expect(fixture.engine.log.consolidations(undefined, 1)).toMatchObject([
      { state: 'written', problem: null },
    ]);
    expect(reports(fixture)).toHaveLength(1);
  });

  test('a full disk keeps it waiting and loses nothing', async () => {
    const fixture = await edited(1);
    fixture.disk.setQuota(10);
    expect((await consolidate(fixture)).consolidation).toMatchObject({
      state: 'waiting',
      problem: { code: 'disk-full' },
    });
    fixture.disk.setQuota(Number.POSITIVE_INFINITY);
    await fixture.clock.advance(60_000);
    expect(reports(fixture)).toHaveLength(1);
  });
});

describe('a report file that somebody writes all the time', () => {
  /** Adds a line to the board every few milliseconds, on top of what it holds: it never lies still. */
  async function writeBusily(
    fixture: EngineFixture,
    lines: number,
    beside: (line: number) => void = () => {},
  ) {
    for (let line = 0; line < lines; line++) {
      save(fixture, 'SYNC_STATUS.md', `${fixture.text('SYNC_STATUS.md') ?? ''}- line ${line}\n`);
      beside(line);
      await fixture.clock.advance(busyMs);
    }
  }
  const busyMs = 5;
  const save = ({ disk }: EngineFixture, path: string, text: string) =>
    disk.agentWrite(path, new TextEncoder().encode(text), 'in-place').finish();

  /** Runs a command while somebody writes, for longer than it may take; undefined when it did not end. */
  async function whileBusy<Value>(
    fixture: EngineFixture,
    running: Promise<Value>,
  ): Promise<Value | undefined> {
    let answer: Value | undefined;
    running.then((value) => {
      answer = value;
    });
    await writeBusily(fixture, (limits.commandPatienceMs + limits.settleLongestMs) / busyMs);
    return answer;
  }

  test('holds up no other file, and gets its report once when it lies still', async () => {
    const fixture = await edited(0, '{ "consolidation_threshold": 5, "consolidation_interval_minutes": 0 }');
    const saved: string[] = [];
    await writeBusily(fixture, 380, (line) => {
      if (line % 10 !== 0) return;
      saved.push(`edit ${line}\n`);
      save(fixture, 'AGENTS.md', `edit ${line}\n`);
    });
    const recorded = fixture.engine.log
      .changes({ after: 0, limit: 100, path: 'AGENTS.md' })
      .map(({ content }) => new TextDecoder().decode(fixture.engine.log.content(content ?? '')));
    expect(recorded).toEqual(['start\n', ...saved]);
    expect(fixture.engine.log.consolidations(undefined, 100).at(-1)).toMatchObject({
      state: 'waiting',
      problem: { code: 'changed-meanwhile', subject: 'SYNC_STATUS.md' },
    });
    await fixture.clock.advance(5_000);
    const consolidations = fixture.engine.log.consolidations(undefined, 100);
    expect(consolidations.length).toBeGreaterThan(5);
    expect(new Set(consolidations.map(({ state }) => state))).toEqual(new Set(['written']));
    expect(reports(fixture).toSorted()).toEqual(
      consolidations.map(({ stamp }) => `<!-- skein:${stamp} -->`).toSorted(),
    );
    expect(fixture.text('SYNC_STATUS.md')).toContain('- line 379\n');
    expect(fixture.logged.filter((line) => line.includes('report could not be written'))).toHaveLength(1);
  });

  test('a person who consolidates is told, and the report is there once', async () => {
    const fixture = await edited(1);
    expect(await whileBusy(fixture, fixture.engine.consolidate())).toMatchObject({
      ok: true,
      value: { changes: 1 },
    });
    await fixture.clock.advance(5_000);
    expect(reports(fixture)).toHaveLength(1);
  });

  test('a person who restores it is told, and every line of the writer is kept', async () => {
    const fixture = await createEngineFixture({
      files: { 'skein.json': manual, 'SYNC_STATUS.md': 'board\n' },
    });
    expect(
      await whileBusy(fixture, fixture.engine.restore('SYNC_STATUS.md', 'latest', 'human')),
    ).toMatchObject({
      ok: true,
    });
    await fixture.clock.advance(5_000);
    const texts = fixture.engine.log
      .changes({ limit: 100, path: 'SYNC_STATUS.md' })
      .map(({ content }) => new TextDecoder().decode(fixture.engine.log.content(content ?? '')));
    for (let line = 0; line < 900; line += 50) expect(texts.join('')).toContain(`- line ${line}\n`);
  });
});

describe('undo', () => {
  test('takes the report out, byte for byte, and the changes are pending again', async () => {
    const fixture = await createEngineFixture({
      files: { 'skein.json': manual, 'SYNC_STATUS.md': '# Status\n', 'AGENTS.md': 'a\n' },
    });
    await fixture.save('AGENTS.md', 'b\n');
    const { consolidation } = await consolidate(fixture);
    const undone = await finish(fixture.clock, fixture.engine.undoConsolidation(consolidation?.stamp ?? ''));
    expect(undone).toMatchObject({
      ok: true,
      value: { changesPendingAgain: 1, consolidation: { state: 'undone' } },
    });
    expect(fixture.text('SYNC_STATUS.md')).toBe('# Status\n');
    expect(fixture.engine.status().pending).toBe(1);
  });

  test('is not undone by the threshold at once, but the next change consolidates all', async () => {
    const fixture = await edited(5, '{}');
    const [first] = fixture.engine.log.consolidations(undefined, 1);
    await finish(fixture.clock, fixture.engine.undoConsolidation(first?.stamp ?? ''));
    await fixture.clock.advance(5 * 60_000);
    expect(fixture.engine.status().pending).toBe(5);
    await fixture.save('AGENTS.md', 'one more\n');
    expect(fixture.engine.log.consolidations(undefined, 1)).toMatchObject([{ changes: 6, state: 'written' }]);
  });

  test('twice is refused, unknown is not found', async () => {
    const fixture = await edited(1);
    const stamp = (await consolidate(fixture)).consolidation?.stamp ?? '';
    await finish(fixture.clock, fixture.engine.undoConsolidation(stamp));
    expect(await finish(fixture.clock, fixture.engine.undoConsolidation(stamp))).toMatchObject({
      ok: false,
      error: { code: 'already-undone' },
    });
    expect(await finish(fixture.clock, fixture.engine.undoConsolidation('ffffffffffff'))).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });
});

describe('restore', () => {
  test('is a change that can be undone by another', async () => {
    const fixture = await edited(2);
    const restored = await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest~2', 'human'));
    expect(restored).toMatchObject({ ok: true, value: { change: { agent: 'human', kind: 'modified' } } });
    expect(fixture.text('AGENTS.md')).toBe('start\n');
    await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest~1', 'human'));
    expect(fixture.text('AGENTS.md')).toBe('edit 1\n');
    expect(fixture.engine.status().pending).toBe(4);
  });

  test('brings back a deleted file, and a deletion', async () => {
    const fixture = await edited(1);
    fixture.disk.agentDelete('AGENTS.md');
    await fixture.clock.advance(3000);
    await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest~1', 'human'));
    expect(fixture.text('AGENTS.md')).toBe('edit 0\n');
    await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest~1', 'human'));
    expect(fixture.text('AGENTS.md')).toBeUndefined();
  });

  test('of what stands already changes nothing', async () => {
    const fixture = await edited(1);
    expect(await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest', 'human'))).toEqual({
      ok: true,
      value: { change: null },
    });
  });

  test('an unsaved edit of an agent is recorded before it is replaced', async () => {
    const fixture = await edited(1);
    fixture.disk.setFaults({ lost: 1 });
    await fixture.save('AGENTS.md', 'nobody saw this\n');
    await finish(fixture.clock, fixture.engine.restore('AGENTS.md', 'latest~1', 'human'));
    const texts = fixture.engine.log
      .changes({ limit: 10, path: 'AGENTS.md' })
      .map((change) => new TextDecoder().decode(fixture.engine.log.content(change.content ?? '')));
    expect(texts).toContain('nobody saw this\n');
  });

  test.each([
    ['../AGENTS.md', 'latest', 'hostile-path'],
    ['.git/config', 'latest', 'hostile-path'],
    ['src/main.ts', 'latest', 'not-tracked'],
    ['CLAUDE.md', 'latest', 'not-found'],
    ['AGENTS.md', 'zz', 'bad-input'],
    ['AGENTS.md', 'abcdef123456', 'not-found'],
  ])('of %s at %s fails with %s', async (path, version, code) => {
    const fixture = await edited(1);
    expect(await finish(fixture.clock, fixture.engine.restore(path, version, 'human'))).toMatchObject({
      ok: false,
      error: { code },
    });
  });
});

describe('a race with an agent', () => {
  test('bytes written while the report is swapped in stay in the file and in the log', async () => {
    const fixture = await createEngineFixture({
      files: { 'skein.json': manual, 'SYNC_STATUS.md': 'board\n', 'AGENTS.md': 'a\n' },
    });
    await fixture.save('AGENTS.md', 'b\n');
    // The agent has the old file open and writes to it only after the report took its name.
    const write = fixture.disk.agentWrite(
      'SYNC_STATUS.md',
      new TextEncoder().encode('board, edited late\n'),
      'in-place',
    );
    write.step();
    const outcome = fixture.engine.consolidate();
    let raced = false;
    fixture.engine.on('status', () => undefined);
    for (let step = 0; step < 200 && !raced; step++) {
      await fixture.clock.advance(1);
      if (reports(fixture).length > 0 && !raced) {
        write.finish();
        raced = true;
      }
    }
    expect((await finish(fixture.clock, outcome)).ok).toBe(true);
    await fixture.clock.advance(5000);
    expect(reports(fixture)).toHaveLength(1);
  });
});

describe('who else listens', () => {
  test('callbacks hear changes and consolidations; one that throws harms nobody', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n' } });
    const heard: string[] = [];
    fixture.engine.on('changes', () => {
      throw new Error('a bad listener');
    });
    fixture.engine.on('changes', ({ changes }) => heard.push(...changes.map((change) => change.path)));
    fixture.engine.on('consolidation', ({ trigger }) => heard.push(trigger.type));
    for (let index = 0; index < 5; index++) await fixture.save('AGENTS.md', `${index}\n`);
    expect(heard).toEqual([...Array(5).fill('AGENTS.md'), 'SYNC_STATUS.md', 'threshold']);
    expect(fixture.logged.some((line) => line.includes('listener'))).toBe(true);
  });
});
