/** What the engine records when files change, in every way in which files change. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { createEngineFixture, type EngineFixture, finish } from '../support/engine-fixture.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Changes oldest first, as `kind path`. */
function story({ engine }: EngineFixture): string[] {
  return engine.log
    .changes({ after: 0, limit: 1000 })
    .filter((change) => !change.baseline)
    .map((change) => `${change.kind} ${change.path}`);
}

function recordedTexts({ engine }: EngineFixture, path: string): (string | undefined)[] {
  return engine.log.changes({ after: 0, limit: 1000, path }).map((change) => {
    const content = change.content === null ? undefined : engine.log.content(change.content);
    return content === undefined ? undefined : new TextDecoder().decode(content);
  });
}

describe('the first start', () => {
  test('files that were there are known, but not pending', async () => {
    const fixture = await createEngineFixture({
      files: { 'AGENTS.md': '# Agents\n', 'src/main.ts': 'code' },
    });
    expect(fixture.engine.status()).toMatchObject({
      state: 'watching',
      pending: 0,
      trackedFiles: 1,
      problems: [],
    });
    expect(recordedTexts(fixture, 'AGENTS.md')).toEqual(['# Agents\n']);
    expect(fixture.engine.log.changes({ limit: 10 })[0]).toMatchObject({ baseline: true, kind: 'created' });
  });

  test('an empty workspace is a calm one', async () => {
    const fixture = await createEngineFixture();
    expect(fixture.engine.status()).toMatchObject({
      state: 'watching',
      pending: 0,
      trackedFiles: 0,
      nextTrigger: null,
    });
  });
});

describe('while the folders are searched', () => {
  /** Long before the next check. */
  const soonMs = 3_000;

  async function comesDuring(search: 'start' | 'scan', atMs: number): Promise<EngineFixture> {
    const files = {
      'AGENTS.md': 'a\n',
      'packages/one/AGENTS.md': 'p\n',
      'packages/two/deep/AGENTS.md': 'd\n',
    };
    const fixture = await createEngineFixture({ files, idle: true, disk: { operationMs: () => 1 } });
    const started = fixture.engine.start();
    if (search === 'scan') await fixture.clock.advance(soonMs);
    const searched = search === 'scan' ? fixture.engine.scan() : started;
    await fixture.clock.advance(atMs);
    for (const path of ['packages/one/CLAUDE.md', 'packages/two/CLAUDE.md', 'packages/new/deep/AGENTS.md'])
      fixture.disk.agentWrite(path, bytes('new\n'), 'rename').finish();
    await fixture.clock.advance(soonMs);
    await searched;
    return fixture;
  }

  test.each(['start', 'scan'] as const)('what comes at any moment of a %s is recorded', async (search) => {
    for (let atMs = 0; atMs < 40; atMs++) {
      const { engine } = await comesDuring(search, atMs);
      expect(engine.log.files().map((file) => file.path)).toEqual(
        expect.arrayContaining([
          'packages/new/deep/AGENTS.md',
          'packages/one/CLAUDE.md',
          'packages/two/CLAUDE.md',
        ]),
      );
      await engine.stop();
    }
  });
});

test('what comes at any moment into a folder that a check finds is recorded', async () => {
  for (let atMs = 0; atMs < 20; atMs++) {
    const { clock, disk, engine } = await createEngineFixture({ disk: { operationMs: () => 1 } });
    disk.setFaults({ lost: 1 });
    disk.makeFolder('docs/new');
    // The check looks at its folders some milliseconds after it is due.
    const foundMs = (engine.status().lastScanMs ?? 0) + 30_000 - clock.nowMs();
    await clock.advance(foundMs - 10);
    disk.setFaults({});
    await clock.advance(atMs);
    disk.agentWrite('docs/new/AGENTS.md', bytes('new\n'), 'rename').finish();
    await clock.advance(3_000);
    expect(engine.log.files().map((file) => file.path)).toEqual(['docs/new/AGENTS.md']);
    await engine.stop();
  }
});

describe('edits', () => {
  test('created, modified, deleted, in order, each with its parent', async () => {
    const fixture = await createEngineFixture();
    await fixture.save('HANDOFF.md', 'one\n');
    await fixture.save('HANDOFF.md', 'two\n');
    fixture.disk.agentDelete('HANDOFF.md');
    await fixture.clock.advance(3000);
    expect(story(fixture)).toEqual(['created HANDOFF.md', 'modified HANDOFF.md', 'deleted HANDOFF.md']);
    const [created, modified, deleted] = fixture.engine.log.changes({ after: 0, limit: 10 });
    expect(modified?.parents).toEqual([created?.stamp]);
    expect(deleted?.parents).toEqual([modified?.stamp]);
    expect([created, modified, deleted].map((change) => change?.sequence)).toEqual([1, 2, 3]);
  });

  test('the same content again is no change', async () => {
    const fixture = await createEngineFixture({ files: { 'ROADMAP.md': 'plan\n' } });
    await fixture.save('ROADMAP.md', 'plan\n');
    expect(story(fixture)).toEqual([]);
  });

  test('a file that comes back after its deletion continues its history', async () => {
    const fixture = await createEngineFixture({ files: { 'ROADMAP.md': 'plan\n' } });
    fixture.disk.agentDelete('ROADMAP.md');
    await fixture.clock.advance(3000);
    await fixture.save('ROADMAP.md', 'plan B\n');
    expect(story(fixture)).toEqual(['deleted ROADMAP.md', 'created ROADMAP.md']);
    const [, deleted, created] = fixture.engine.log.changes({ after: 0, limit: 10 });
    expect(created?.parents).toEqual([deleted?.stamp]);
  });

  test('untracked files, swap files and generated folders are nobody’s business', async () => {
    const fixture = await createEngineFixture();
    for (const path of ['notes.txt', '.AGENTS.md.swp', 'AGENTS.md~', '4913', 'node_modules/x/AGENTS.md'])
      await fixture.save(path, 'x');
    expect(story(fixture)).toEqual([]);
  });

  test('edits made while Skein was not running are found at start', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n', 'ROADMAP.md': 'r\n' } });
    await fixture.engine.stop();
    await fixture.save('AGENTS.md', 'b\n');
    fixture.disk.agentDelete('ROADMAP.md');
    await fixture.save('docs/passation_claude.md', 'new\n');
    await fixture.startEngine();
    expect(story(fixture).toSorted()).toEqual([
      'created docs/passation_claude.md',
      'deleted ROADMAP.md',
      'modified AGENTS.md',
    ]);
  });

  test('an AGENTS.md in a new sub-folder of a new folder is found by events', async () => {
    const fixture = await createEngineFixture();
    await fixture.save('packages/deep/er/AGENTS.md', 'x\n');
    expect(story(fixture)).toEqual(['created packages/deep/er/AGENTS.md']);
  });
});

describe('writes under way', () => {
  test('a rename into place is complete at once', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'before\n' } });
    fixture.disk.agentWrite('new.txt', bytes('looks cut: no final newline'), 'in-place').finish();
    await fixture.clock.advance(5);
    fixture.disk.agentMove('new.txt', 'AGENTS.md');
    await fixture.clock.advance(1);
    expect(story(fixture)).toEqual(['modified AGENTS.md']);
  });

  test('a burst of writes in place is one version', async () => {
    const fixture = await createEngineFixture();
    for (let index = 0; index < 20; index++) {
      fixture.disk.agentWrite('HANDOFF.md', bytes('line\n'.repeat(index + 1)), 'in-place').finish();
      await fixture.clock.advance(2);
    }
    await fixture.clock.advance(500);
    expect(recordedTexts(fixture, 'HANDOFF.md')).toEqual(['line\n'.repeat(20)]);
  });

  test('a file emptied and then written slowly is never recorded half', async () => {
    const fixture = await createEngineFixture({ files: { 'HANDOFF.md': 'old entry\n'.repeat(40) } });
    const write = fixture.disk.agentWrite(
      'HANDOFF.md',
      bytes('new entry\n'.repeat(40)),
      'truncate-then-write',
      6,
    );
    while (write.step()) await fixture.clock.advance(40);
    await fixture.clock.advance(1000);
    expect(recordedTexts(fixture, 'HANDOFF.md')).toEqual([
      'old entry\n'.repeat(40),
      'new entry\n'.repeat(40),
    ]);
  });

  test('a file that never lies still is recorded as it stands', async () => {
    const fixture = await createEngineFixture();
    for (let index = 0; index < 700; index++) {
      fixture.disk.agentWrite('HANDOFF.md', bytes(`tick ${index}\n`), 'in-place').finish();
      await fixture.clock.advance(5);
    }
    expect(story(fixture).length).toBeGreaterThanOrEqual(1);
  });

  test('delete and write again within an atomic save is one modification', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'before\n' } });
    fixture.disk.agentDelete('AGENTS.md');
    await fixture.clock.advance(60);
    fixture.disk.agentWrite('AGENTS.md', bytes('after\n'), 'in-place').finish();
    await fixture.clock.advance(3000);
    expect(story(fixture)).toEqual(['modified AGENTS.md']);
  });
});

describe('odd files', () => {
  test.each([
    ['invalid UTF-8', Uint8Array.from([0x23, 0x20, 0xff, 0xfe, 0x0a])],
    ['CRLF', bytes('one\r\ntwo\r\n')],
    ['a byte order mark', Uint8Array.from([0xef, 0xbb, 0xbf, 0x61, 0x0a])],
    ['NUL bytes', Uint8Array.from([0, 1, 2, 0])],
    ['nothing', new Uint8Array()],
  ])('%s is kept byte for byte', async (_, content) => {
    const fixture = await createEngineFixture();
    await fixture.save('AGENTS.md', content);
    const [change] = fixture.engine.log.changes({ limit: 1 });
    const kept = fixture.engine.log.content(change?.content ?? '');
    expect(kept && new Uint8Array(kept)).toEqual(content);
  });

  test('a file over the limit is said, and its earlier versions stay', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'small\n' } });
    await fixture.save('AGENTS.md', new Uint8Array(limits.trackedFileBytes + 1).fill(97));
    expect(fixture.engine.status().problems).toMatchObject([{ code: 'too-large', subject: 'AGENTS.md' }]);
    expect(story(fixture)).toEqual([]);
    await fixture.save('AGENTS.md', 'small again\n');
    expect(fixture.engine.status().problems).toEqual([]);
    expect(story(fixture)).toEqual(['modified AGENTS.md']);
  });

  test('an unreadable file is said, is not deleted, and harms no other', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n', 'ROADMAP.md': 'r\n' } });
    fixture.disk.setMode('AGENTS.md', 0o000);
    fixture.disk.agentWrite('AGENTS.md', bytes('b\n'), 'in-place').finish();
    await fixture.save('ROADMAP.md', 'r2\n');
    expect(story(fixture)).toEqual(['modified ROADMAP.md']);
    expect(fixture.engine.status().problems).toMatchObject([{ code: 'no-permission', subject: 'AGENTS.md' }]);
  });

  test('a file replaced by a folder is deleted; what the folder holds is looked at', async () => {
    const fixture = await createEngineFixture({ files: { 'ROADMAP.md': 'plan\n' } });
    fixture.disk.agentDelete('ROADMAP.md');
    await fixture.save('ROADMAP.md/AGENTS.md', 'inside\n');
    await fixture.clock.advance(60_000);
    expect(story(fixture).toSorted()).toEqual(['created ROADMAP.md/AGENTS.md', 'deleted ROADMAP.md']);
  });

  test('a link to a tracked file is that file; a link that leaves is refused', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n' } });
    fixture.disk.makeLink('CLAUDE.md', 'AGENTS.md');
    fixture.disk.makeLink('GEMINI.md', '/etc/passwd');
    await fixture.save('AGENTS.md', 'b\n');
    await fixture.clock.advance(60_000);
    expect(story(fixture)).toEqual(['modified AGENTS.md']);
    expect(fixture.engine.status().problems).toMatchObject([{ code: 'link-leaves' }]);
  });

  test('on a case-insensitive disk a renamed spelling is a new name, not two files', async () => {
    const fixture = await createEngineFixture({
      disk: { caseInsensitive: true },
      files: { 'agents.md': 'lower\n' },
    });
    fixture.disk.agentMove('agents.md', 'AGENTS.md');
    await fixture.clock.advance(60_000);
    expect(
      fixture.engine.log
        .files()
        .filter((file) => !file.deleted)
        .map((file) => file.path),
    ).toEqual(['AGENTS.md']);
  });
});

test('a scan that the user asks for ends the failure that came before it', async () => {
  const fixture = await createEngineFixture();
  fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
  await fixture.save('AGENTS.md', 'a\n');
  expect(fixture.engine.status().state).toBe('error');
  fixture.sql.exec('DROP TRIGGER full');
  expect(await finish(fixture.clock, fixture.engine.scan())).toMatchObject({ ok: true });
  expect(fixture.engine.status()).toMatchObject({ state: 'watching', problems: [] });
});

test('the next change that can be recorded ends the failure, and what was missed is made up for', async () => {
  const fixture = await createEngineFixture({
    files: { 'skein.json': '{ "check_interval_seconds": 3600 }' },
  });
  fixture.sql.exec("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'full'); END");
  await fixture.save('AGENTS.md', 'a\n');
  fixture.sql.exec('DROP TRIGGER full');
  await fixture.save('ROADMAP.md', 'b\n');
  expect(fixture.engine.status()).toMatchObject({ state: 'watching', problems: [] });
  expect(story(fixture)).toEqual(['created ROADMAP.md', 'created AGENTS.md']);
});

describe('a workspace that is not there', () => {
  test('nothing counts as deleted when the folder is another, empty one', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n', 'ROADMAP.md': 'r\n' } });
    await fixture.engine.stop();
    fixture.sql.prepare("UPDATE meta SET value = '9:9' WHERE key = 'root'").run();
    fixture.disk.agentDelete('AGENTS.md');
    fixture.disk.agentDelete('ROADMAP.md');
    await fixture.startEngine();
    expect(story(fixture)).toEqual([]);
    expect(fixture.engine.status()).toMatchObject({
      state: 'error',
      problems: [{ subject: 'the workspace folder' }],
    });
  });
});

describe('settings', () => {
  test('a new pattern takes files in as they are, a removed one lets them go without a deletion', async () => {
    const fixture = await createEngineFixture({ files: { 'docs/ideas.md': 'idea\n' } });
    await fixture.save('skein.json', '{ "track": [{ "pattern": "docs/*.md" }] }');
    expect(fixture.engine.log.files().map((file) => file.path)).toEqual(['docs/ideas.md']);
    expect(fixture.engine.status().pending).toBe(0);
    await fixture.save('docs/ideas.md', 'better idea\n');
    expect(fixture.engine.status().pending).toBe(1);
    await fixture.save('skein.json', '{}');
    await fixture.save('docs/ideas.md', 'secret\n');
    expect(story(fixture)).toEqual(['modified docs/ideas.md']);
  });

  test('a broken skein.json keeps the last good settings and says where', async () => {
    const fixture = await createEngineFixture({
      files: { 'skein.json': '{ "consolidation_threshold": 9 }' },
    });
    await fixture.save('skein.json', '{ "consolidation_threshold": }');
    expect(fixture.engine.settings().settings.consolidation_threshold).toBe(9);
    expect(fixture.engine.status().problems).toMatchObject([{ code: 'settings-broken' }]);
    expect(fixture.engine.settings().problem).toMatch(/line 1/);
    await fixture.save('skein.json', '{ "consolidation_threshold": 3 }');
    expect(fixture.engine.settings()).toMatchObject({
      problem: null,
      settings: { consolidation_threshold: 3 },
    });
  });
});

describe('pausing', () => {
  test('nothing is recorded while paused, across a restart, and everything is found afterwards', async () => {
    const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a\n' } });
    await fixture.engine.pause();
    await fixture.save('AGENTS.md', 'b\n');
    expect(fixture.engine.status()).toMatchObject({ state: 'paused', pending: 0 });
    await fixture.engine.stop();
    await fixture.startEngine();
    expect(fixture.engine.status().state).toBe('paused');
    await fixture.engine.resume();
    await fixture.clock.advance(3000);
    expect(fixture.engine.status()).toMatchObject({ state: 'watching', pending: 1 });
  });

  test('a disabled engine does nothing by itself', async () => {
    const fixture = await createEngineFixture({ disabled: true });
    await fixture.save('AGENTS.md', 'b\n');
    expect(fixture.engine.status()).toMatchObject({ state: 'disabled', pending: 0 });
  });
});

describe('lost hints', () => {
  test('the check finds what events missed', async () => {
    const fixture = await createEngineFixture({
      files: { 'AGENTS.md': 'a\n' },
      disk: { faults: { lost: 1 } },
    });
    await fixture.save('AGENTS.md', 'b\n');
    await fixture.clock.advance(31_000);
    expect(story(fixture)).toEqual(['modified AGENTS.md']);
  });
});
