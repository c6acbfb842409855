/** Large files: prepared beside the loop, recorded as they were seen, and in nobody's way. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import {
  createEngineFixture,
  type EngineFixture,
  type FixtureOptions,
  finish,
} from '../support/engine-fixture.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const journal = 'HANDOFF.md';

/** A version of the journal, larger than what is packed at once here. */
const version = (name: string): string =>
  `${`# ${name}\n`.padStart(90, '-')}${'a line of text\n'.repeat(20)}`;

/** Milliseconds of each step of preparing: its hash, its checksum, its packing. */
const stepMs = 60;
const preparingMs = 3 * stepMs;

const slowly = { atOnceBytes: 200, delayMs: () => stepMs };

function watch(options: FixtureOptions = {}): Promise<EngineFixture> {
  const files = {
    [journal]: version('first'),
    'AGENTS.md': 'a\n',
    'skein.json': '{"consolidation_threshold":0}',
  };
  return createEngineFixture({ files, patientCodec: slowly, ...options });
}

/** Saves without letting time pass. */
function put({ disk }: EngineFixture, path: string, text: string, manner: 'rename' | 'in-place' = 'rename') {
  disk.agentWrite(path, bytes(text), manner).finish();
}

/** Saves a version of the journal and waits until it has settled: from now on it is being prepared. */
async function begin(fixture: EngineFixture, name: string): Promise<void> {
  put(fixture, journal, version(name));
  await fixture.clock.advance(2 * limits.settleWholeMs);
}

function changesOf({ engine }: EngineFixture, path: string) {
  return engine.log.changes({ after: 0, limit: 1_000, path });
}

function textsOf(fixture: EngineFixture, path: string): (string | null)[] {
  return changesOf(fixture, path).map(({ content }) =>
    content === null ? null : new TextDecoder().decode(fixture.engine.log.content(content)),
  );
}

/** Each change follows the one before, in content and by parent. */
function expectChain(fixture: EngineFixture, path: string): void {
  const changes = changesOf(fixture, path);
  expect(changes.map(({ parents }) => parents)).toEqual(
    changes.map((_, index) => (index === 0 ? [] : [changes[index - 1]?.stamp])),
  );
  expect(changes.map(({ previous }) => previous)).toEqual(
    changes.map((_, index) => (index === 0 ? null : changes[index - 1]?.content)),
  );
}

describe('while a large version is prepared', () => {
  test('versions of other files are recorded', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    for (const text of ['b\n', 'c\n', 'd\n']) {
      put(fixture, 'AGENTS.md', text);
      await fixture.clock.advance(20);
    }
    expect(textsOf(fixture, 'AGENTS.md')).toEqual(['a\n', 'b\n', 'c\n', 'd\n']);
    expect(textsOf(fixture, journal)).toEqual([version('first')]);
    await fixture.clock.advance(preparingMs);
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second')]);
  });

  test('and another right after it, again and again, every version of another file is recorded', async () => {
    const fixture = await watch();
    let text = version('first');
    const saved = ['a\n'];
    for (let turn = 0; turn < 100; turn++) {
      text += `- line ${turn}\n`;
      if (turn % 5 === 0) put(fixture, journal, text, 'in-place');
      saved.push(`edit ${turn}\n`);
      put(fixture, 'AGENTS.md', `edit ${turn}\n`, 'in-place');
      await fixture.clock.advance(3 * limits.settleWholeMs);
    }
    expect(textsOf(fixture, 'AGENTS.md')).toEqual(saved);
    expect(textsOf(fixture, journal).length).toBeGreaterThan(5);
  });

  test('the disk may move on: what was seen is recorded, then what lies there', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    put(fixture, journal, version('third'));
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third'].map(version));
    expectChain(fixture, journal);
  });

  test('and the file is deleted, the version comes before the deletion', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    fixture.disk.agentDelete(journal);
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second'), null]);
    expectChain(fixture, journal);
  });

  test('and the file becomes small, both are recorded', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    put(fixture, journal, 'started anew\n');
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second'), 'started anew\n']);
    expectChain(fixture, journal);
  });

  test('a scan finds the same version, and it is recorded once', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    expect(await finish(fixture.clock, fixture.engine.scan())).toMatchObject({
      ok: true,
      value: { changes: 1 },
    });
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second')]);
  });
});

describe('a large file', () => {
  test('that grows faster than it is packed is recorded at the pace of packing, and to its end', async () => {
    const fixture = await watch();
    let text = version('first');
    for (let line = 0; line < 40; line++) {
      text += `- line ${line}\n`;
      put(fixture, journal, text, 'in-place');
      await fixture.clock.advance(50);
    }
    await fixture.clock.advance(1_000);
    const texts = textsOf(fixture, journal);
    expect(texts.at(-1)).toBe(text);
    expect(texts.length).toBeGreaterThan(2_000 / (preparingMs + 100));
    expectChain(fixture, journal);
  });

  test('that is only touched is no change', async () => {
    const fixture = await watch();
    await fixture.clock.advance(10_000);
    put(fixture, journal, version('first'));
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first')]);
    const [file] = fixture.engine.log.files().filter(({ path }) => path === journal);
    expect(file?.modifiedMs).toBeGreaterThanOrEqual(fixture.clock.nowMs() - 1_000);
  });

  test('that is emptied and then written slowly is never recorded half', async () => {
    const fixture = await watch();
    const after = version('second').repeat(3);
    const write = fixture.disk.agentWrite(journal, bytes(after), 'truncate-then-write', 6);
    while (write.step()) await fixture.clock.advance(40);
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first'), after]);
  });

  test('that cannot be prepared beside the loop is recorded all the same, and that is said once', async () => {
    const fixture = await watch({ patientCodec: { ...slowly, fails: () => true } });
    await fixture.save(journal, version('second'));
    await fixture.save(journal, version('third'));
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third'].map(version));
    expect(fixture.logged.filter((line) => line.startsWith('warn: A large file'))).toHaveLength(1);
  });

  test('one of many that change at once is not forgotten', async () => {
    const fixture = await watch();
    const paths = Array.from(
      { length: 3 * limits.largeVersions },
      (_, index) => `docs/passation_${index}.md`,
    );
    for (const path of paths) put(fixture, path, version(path));
    await fixture.clock.advance(paths.length * preparingMs + 1_000);
    expect(paths.map((path) => textsOf(fixture, path))).toEqual(paths.map((path) => [version(path)]));
  });

  test('that the log had no room for is recorded when it has, though the disk has moved on', async () => {
    const fixture = await watch();
    fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
    await begin(fixture, 'second');
    await fixture.clock.advance(preparingMs);
    expect(fixture.engine.status().state).toBe('error');
    put(fixture, journal, version('third'));
    fixture.sql.exec('DROP TRIGGER full');
    await fixture.clock.advance(31_000);
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third'].map(version));
    expect(fixture.engine.status().state).toBe('watching');
  });

  test('that the log had no room for is recorded by the next check, though its file was new and is gone', async () => {
    const fixture = await watch();
    fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
    put(fixture, 'ROADMAP.md', version('roadmap'));
    await fixture.clock.advance(2 * limits.settleWholeMs + preparingMs);
    fixture.disk.agentDelete('ROADMAP.md');
    await fixture.clock.advance(1_000);
    fixture.sql.exec('DROP TRIGGER full');
    await fixture.clock.advance(31_000);
    expect(textsOf(fixture, 'ROADMAP.md')).toEqual([version('roadmap'), null]);
  });
});

describe('whoever needs the log to be complete waits', () => {
  test('the first start', async () => {
    const fixture = await watch({ idle: true });
    const known = new Promise<(string | null)[]>((resolve) => {
      fixture.engine.on('status', ({ status }) => {
        if (status.state === 'watching') resolve(textsOf(fixture, journal));
      });
    });
    await finish(fixture.clock, fixture.engine.start());
    expect(await known).toEqual([version('first')]);
    expect(changesOf(fixture, journal)[0]?.baseline).toBe(true);
  });

  test('a later start', async () => {
    const fixture = await watch();
    await finish(fixture.clock, fixture.engine.stop());
    put(fixture, journal, version('second'));
    await fixture.clock.advance(5_000);
    const engine = fixture.makeEngine();
    fixture.engine = engine;
    await finish(fixture.clock, engine.start());
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second')]);
    expect(engine.status()).toMatchObject({ state: 'watching', pending: 1 });
  });

  test('a first start that is followed by edits: those are no part of the baseline', async () => {
    const fixture = await watch({ idle: true });
    const started = fixture.engine.start();
    await fixture.clock.advance(2 * limits.settleWholeMs);
    put(fixture, journal, version('second'));
    await finish(fixture.clock, started);
    await fixture.clock.advance(1_000);
    expect(changesOf(fixture, journal).map(({ baseline }) => baseline)).toEqual([true, false]);
  });

  test('the stop', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    put(fixture, journal, version('third'));
    const heard: string[] = [];
    fixture.engine.on('changes', ({ changes }) => heard.push(...changes.map(({ path }) => path)));
    await finish(fixture.clock, fixture.engine.stop());
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second')]);
    expect(heard).toEqual([journal]);
    await fixture.startEngine();
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third'].map(version));
  });

  test('a stop that finds the log full ends all the same', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
    await finish(fixture.clock, fixture.engine.stop());
    expect(fixture.logged.filter((line) => line.startsWith('error'))).toEqual([
      'error: A large version could not be recorded',
    ]);
  });

  test('the pause', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    await finish(fixture.clock, fixture.engine.pause());
    put(fixture, journal, version('third'));
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual([version('first'), version('second')]);
    expect(fixture.engine.status().state).toBe('paused');
  });

  test('a pause that finds the log full pauses all the same, and the version is recorded after it', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
    await finish(fixture.clock, fixture.engine.pause());
    put(fixture, journal, version('third'));
    fixture.sql.exec('DROP TRIGGER full');
    await fixture.clock.advance(120_000);
    expect(textsOf(fixture, journal)).toEqual([version('first')]);
    await finish(fixture.clock, fixture.engine.resume());
    await fixture.clock.advance(1_000);
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third'].map(version));
  });

  test('a consolidation by hand', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    expect(await finish(fixture.clock, fixture.engine.consolidate())).toMatchObject({
      ok: true,
      value: { changes: 1, consolidation: { state: 'written' } },
    });
  });

  test('a restore of that very file', async () => {
    const fixture = await watch();
    await begin(fixture, 'second');
    put(fixture, journal, version('third'));
    const restored = await finish(fixture.clock, fixture.engine.restore(journal, 'latest', 'human'));
    expect(restored).toMatchObject({ ok: true, value: { change: { agent: 'human' } } });
    expect(textsOf(fixture, journal)).toEqual(['first', 'second', 'third', 'first'].map(version));
    expect(fixture.text(journal)).toBe(version('first'));
    expectChain(fixture, journal);
  });

  test('a report that goes into a large file', async () => {
    const fixture = await watch();
    await fixture.save('SYNC_STATUS.md', version('board'));
    put(fixture, 'SYNC_STATUS.md', version('edited'));
    await finish(fixture.clock, fixture.engine.consolidate());
    expect(fixture.text('SYNC_STATUS.md')).toContain(version('edited'));
    expect(textsOf(fixture, 'SYNC_STATUS.md')).toEqual([
      version('board'),
      version('edited'),
      fixture.text('SYNC_STATUS.md'),
    ]);
  });
});
