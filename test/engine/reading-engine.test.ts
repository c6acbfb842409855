/** An engine whose log cannot be written: it answers like the one that wrote the log, and refuses everything else. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createReadingEngine } from '../../electron/engine/reading-engine.ts';
import { type Problem, ProblemError, problem } from '../../shared/result.ts';
import { type CoreFixture, createCoreFixture } from './core-fixture.ts';

const unwritable = problem('read-only', '/data', 'The data folder /data cannot be written.', 'Mount it so.');

function readingEngine({ sql, core }: CoreFixture) {
  return createReadingEngine(
    { sql, codec: nodeCodec, files: core.files },
    { id: 'id', name: 'site', folder: '/site' },
    unwritable,
  );
}

async function written(): Promise<CoreFixture> {
  const fixture = createCoreFixture({ files: { 'skein.json': '{ "locale": "fr" }' } });
  for (const text of ['a', 'b']) await fixture.save('AGENTS.md', text);
  return fixture;
}

const thrownBy = (work: () => unknown): Problem | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof ProblemError ? error.problem : undefined;
  }
};

test('answers like the engine that wrote the log', async () => {
  const fixture = await written();
  const engine = readingEngine(fixture);
  await engine.start();
  expect(engine.log.changes({ limit: 9 })).toEqual(fixture.core.reader.changes({ limit: 9 }));
  expect(engine.log.files()).toEqual(fixture.core.reader.files());
  expect(engine.settings().settings.locale).toBe('fr');
  expect(engine.status()).toMatchObject({
    state: 'disabled',
    pending: 2,
    trackedFiles: 1,
    problems: [unwritable],
    nextTrigger: null,
  });
});

test('tells of a broken skein.json, too', async () => {
  const fixture = await written();
  fixture.write('skein.json', '{');
  const engine = readingEngine(fixture);
  await engine.start();
  expect(engine.status().problems.map(({ code }) => code)).toEqual(['read-only', 'settings-broken']);
});

test('refuses every command with the reason, and writes nothing anywhere', async () => {
  const fixture = await written();
  const engine = readingEngine(fixture);
  await engine.start();
  const before = { rows: fixture.sql.prepare('SELECT * FROM log').all(), disk: fixture.disk.snapshot() };
  const refusals = [
    await engine.scan(),
    await engine.consolidate(),
    await engine.undoConsolidation('f'.repeat(32)),
    await engine.changeSettings({ locale: 'ru' }),
  ];
  expect(refusals).toEqual(Array(4).fill({ ok: false, error: unwritable }));
  await expect(engine.pause()).rejects.toMatchObject({ problem: unwritable });
  await expect(engine.resume()).rejects.toMatchObject({ problem: unwritable });
  expect(await engine.restore('AGENTS.md', 'latest~1', 'human')).toMatchObject({
    error: {
      code: 'read-only',
      advice: 'Mount it so. Get its bytes with: skein show AGENTS.md@latest~1 > FILE',
    },
  });
  await engine.stop();
  const after = { rows: fixture.sql.prepare('SELECT * FROM log').all(), disk: fixture.disk.snapshot() };
  expect(after).toEqual(before);
});

describe('a log of another version', () => {
  test.each([
    [0, 'read-only', 'brought up to date'],
    [99, 'database-newer', 'newer Skein'],
  ])('%i is refused as %s', async (version, code, why) => {
    const fixture = await written();
    fixture.sql.exec(`PRAGMA user_version = ${version}`);
    const refused = thrownBy(() => readingEngine(fixture));
    expect(refused).toMatchObject({ code, message: expect.stringContaining(why) });
  });
});
