/** Putting versions back, those that are gone, and those that stand already. */
import { describe, expect, test } from 'vitest';
import { hostilePath } from '../../../electron/adapters/file-problems.ts';
import { restoreVersion } from '../../../electron/engine/apply/restore.ts';
import { collectVersions } from '../../../electron/engine/log/collect.ts';
import { err } from '../../../shared/result.ts';
import { type CoreFixture, createCoreFixture, toBytes } from '../core-fixture.ts';

const restore = (fixture: CoreFixture, version: string, path = 'AGENTS.md') =>
  fixture.run(restoreVersion(fixture.core, fixture.recordDisk, { path, version, agent: 'human' }));

async function withVersions(...texts: string[]) {
  const fixture = createCoreFixture();
  for (const text of texts) {
    await fixture.save('AGENTS.md', text);
    await fixture.clock.advance(5_000);
  }
  return fixture;
}

test('is a pending change of the one who asked, with the reason', async () => {
  const fixture = await withVersions('a', 'b');
  const first = fixture.core.reader.changes({ after: 0, limit: 1 })[0];
  const restored = await restore(fixture, 'latest~1');
  expect(restored).toMatchObject({
    ok: true,
    value: { change: { kind: 'modified', content: first?.content, agent: 'human', consolidation: null } },
  });
  const detail = restored.ok ? restored.value.change?.evidence[0]?.detail : '';
  expect(detail).toContain(first?.stamp.slice(0, 12));
  expect([fixture.text('AGENTS.md'), fixture.texts('AGENTS.md')]).toEqual(['a', ['a', 'b', 'a']]);
});

test('one version after another, back and forth, byte for byte', async () => {
  const texts = ['', 'no newline', 'CRLF\r\n', '\ufeffmark\n', 'é\u0000\n'];
  const fixture = await withVersions(...texts);
  const changes = fixture.core.reader.changes({ after: 0, limit: 10 });
  for (const index of [0, 3, 1, 4, 2]) {
    await restore(fixture, changes[index]?.stamp ?? '');
    expect([...(fixture.disk.read('AGENTS.md') ?? [])]).toEqual([...toBytes(texts[index] ?? '')]);
  }
});

test('keeps the permissions of the file', async () => {
  const fixture = await withVersions('a', 'b');
  fixture.disk.setMode('AGENTS.md', 0o600);
  await restore(fixture, 'latest~1');
  expect(await fixture.core.files.stat('AGENTS.md')).toMatchObject({ value: { mode: 0o600 } });
});

describe('a version that the retention let go', () => {
  async function collected() {
    const fixture = await withVersions('old', 'evening', 'head');
    fixture.sql.exec('UPDATE log SET consolidation = 1');
    fixture.clock.jump(2 * 365 * 86_400_000);
    expect(collectVersions(fixture.sql, fixture.clock.nowMs())).toBe(2);
    return fixture;
  }

  test('is refused with its name, and the file stays', async () => {
    const fixture = await collected();
    expect(await restore(fixture, 'latest~2')).toMatchObject({
      ok: false,
      error: {
        code: 'content-collected',
        subject: 'AGENTS.md',
        message: expect.stringContaining('latest~2'),
      },
    });
    expect(fixture.text('AGENTS.md')).toBe('head');
    expect(fixture.core.reader.changes({ limit: 10 })).toHaveLength(3);
  });

  test('can be restored again once somebody wrote these bytes again', async () => {
    const fixture = await collected();
    await fixture.save('AGENTS.md', 'old');
    await fixture.save('AGENTS.md', 'other');
    expect((await restore(fixture, 'latest~4')).ok).toBe(true);
    expect(fixture.text('AGENTS.md')).toBe('old');
  });
});

test('of a deleted file creates it; of a deletion removes it', async () => {
  const fixture = await withVersions('a');
  await fixture.remove('AGENTS.md');
  expect(await restore(fixture, 'latest~1')).toMatchObject({ value: { change: { kind: 'created' } } });
  expect(await restore(fixture, 'latest~1')).toMatchObject({
    value: { change: { kind: 'deleted', agent: 'human' } },
  });
  expect(fixture.text('AGENTS.md')).toBeUndefined();
  expect(await restore(fixture, 'latest')).toEqual({ ok: true, value: { change: null } });
});

test('when an agent writes meanwhile, its edit is a version too', async () => {
  const fixture = await withVersions('a', 'b');
  fixture.write('AGENTS.md', 'unsaved by anyone');
  await restore(fixture, 'latest~1');
  expect(fixture.texts('AGENTS.md')).toEqual(['a', 'b', 'unsaved by anyone', 'a']);
});

describe('a name that paths from outside may not have', () => {
  const odd = ['a:b.md', 'back\\slash.md', 'line\nbreak.md', 'u\u0308.md', 'aux.md', 'x '];

  test.each(odd.map((name) => `.claude/rules/${name}`))('%j gets its version back', async (path) => {
    const fixture = createCoreFixture();
    for (const text of ['a', 'b']) await fixture.save(path, text);
    expect(await restore(fixture, 'latest~1', path)).toMatchObject({ ok: true, value: { change: { path } } });
    expect(fixture.texts(path)).toEqual(['a', 'b', 'a']);
    expect([...fixture.disk.snapshot().keys()]).toEqual([path]);
  });

  test('that no file ever had is refused as before', async () => {
    const fixture = createCoreFixture();
    await fixture.save('docs/architecture/a:b.md', 'a');
    for (const path of ['docs/architecture/a:c.md', 'docs/architecture/../architecture/a:b.md']) {
      expect(await restore(fixture, 'latest', path)).toMatchObject({ error: { code: 'hostile-path' } });
    }
  });

  test('that this system cannot write is named, with the way to its bytes', async () => {
    const path = 'docs/architecture/a:b.md';
    const refuse = (given: string) => given.includes(':') && reading === undefined;
    let reading: true | undefined = true;
    const fixture = createCoreFixture({
      limit: (files) => ({
        ...files,
        stat: async (given) => (refuse(given) ? err(hostilePath(given)) : files.stat(given)),
      }),
    });
    for (const text of ['a', 'b']) await fixture.save(path, text);
    const first = fixture.core.reader.changes({ after: 0, limit: 1 })[0];
    reading = undefined;
    const refused = await restore(fixture, 'latest~1', path);
    expect(refused).toMatchObject({ error: { code: 'hostile-path', subject: path } });
    expect(refused.ok || refused.error.message).toContain(path);
    expect(refused.ok || refused.error.advice).toBe(
      `Get its bytes with: skein show ${path}@${first?.stamp.slice(0, 16)} > FILE`,
    );
    expect(fixture.text(path)).toBe('b');
  });

  test("that could be git's own folder elsewhere is never written", async () => {
    for (const path of ['git~1/AGENTS.md', '.git./AGENTS.md']) {
      const fixture = createCoreFixture();
      for (const text of ['a', 'b']) await fixture.save(path, text);
      expect(await restore(fixture, 'latest~1', path)).toMatchObject({
        error: {
          code: 'hostile-path',
          subject: path,
          advice: `Get its bytes with: skein show ${path}@latest~1 > FILE`,
        },
      });
      expect(fixture.text(path)).toBe('b');
    }
  });
});

describe('refused', () => {
  test.each([
    ['a path that leaves', '../AGENTS.md', 'latest', 'hostile-path'],
    ['an absolute path', '/etc/passwd', 'latest', 'hostile-path'],
    ['a path in .git', '.git/AGENTS.md', 'latest', 'hostile-path'],
    ['an untracked path', 'main.ts', 'latest', 'not-tracked'],
    ['a file without history', 'CLAUDE.md', 'latest', 'not-found'],
    ['no version', 'AGENTS.md', 'yesterday', 'bad-input'],
    ['an unknown version', 'AGENTS.md', 'latest~9', 'not-found'],
  ])('%s', async (_, path, version, code) => {
    const fixture = await withVersions('a');
    expect(await restore(fixture, version, path)).toMatchObject({ ok: false, error: { code } });
    expect(fixture.text('AGENTS.md')).toBe('a');
  });

  test('onto a link or a folder, and nothing happens to them', async () => {
    const fixture = await withVersions('a', 'b');
    fixture.disk.agentDelete('AGENTS.md');
    fixture.disk.makeLink('AGENTS.md', 'notes.txt');
    expect((await restore(fixture, 'latest~1')).ok).toBe(false);
    fixture.disk.agentDelete('AGENTS.md');
    fixture.disk.makeFolder('AGENTS.md');
    expect((await restore(fixture, 'latest~1')).ok).toBe(false);
    expect(await fixture.core.files.stat('AGENTS.md')).toMatchObject({ value: { kind: 'folder' } });
  });

  test('when it is tracked no more, with the way to its bytes', async () => {
    const fixture = await withVersions('a', 'b');
    fixture.write('skein.json', '{ "ignore": ["AGENTS.md"] }');
    await fixture.core.settings.reload();
    const refused = await restore(fixture, 'latest~1');
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-tracked', subject: 'AGENTS.md' } });
    expect(refused.ok || refused.error.advice).toContain('skein show AGENTS.md@latest~1 > FILE');
  });

  test('in a workspace that may not be written', async () => {
    const fixture = await withVersions('a', 'b');
    fixture.disk.setMode('', 0o555);
    const refused = await restore(fixture, 'latest~1');
    expect(refused).toMatchObject({ ok: false, error: { code: 'no-permission' } });
    expect(refused.ok || refused.error.advice).toContain('Get its bytes with: skein show AGENTS.md@');
    expect(fixture.texts('AGENTS.md')).toEqual(['a', 'b']);
  });
});
