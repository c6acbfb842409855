/** What a crash left between the disk and the log. */
import { describe, expect, test } from 'vitest';
import { createWriteIntents, settleIntents } from '../../../electron/engine/apply/write-intents.ts';
import { contentOf } from '../../../electron/engine/log/content-store.ts';
import { temporaryLabel } from '../../../shared/domain/temporary-label.ts';
import { type CoreFixture, createCoreFixture, evidence, toBytes } from '../core-fixture.ts';

const path = 'SYNC_STATUS.md';

/** As just before a crash: the intent to write `text` is in the database. */
function plan(fixture: CoreFixture, text: string, consolidation: number | null = null): void {
  const { core, sql } = fixture;
  const write = { path, evidence: evidence('skein', 'skein'), consolidation };
  sql.transaction(() =>
    createWriteIntents(sql).plan(write, core.contents.put(contentOf(core.codec, toBytes(text)))),
  );
}
const settle = ({ deps, core }: CoreFixture) => settleIntents(deps, core.settings.tracked());
const left = ({ sql }: CoreFixture) => createWriteIntents(sql).all();

test('an intent reads back, a second for the path replaces it, forgetting removes it', () => {
  const fixture = createCoreFixture();
  plan(fixture, 'one');
  plan(fixture, 'two', 9);
  expect(left(fixture)).toEqual([
    {
      path,
      hash: fixture.core.codec.sha256(toBytes('two')),
      evidence: evidence('skein', 'skein'),
      consolidation: 9,
    },
  ]);
  createWriteIntents(fixture.sql).forget(path);
  expect(left(fixture)).toEqual([]);
});

describe('the file', () => {
  test('ours is there but not in the log: it becomes our change, once', async () => {
    const fixture = createCoreFixture();
    const before = await fixture.save(path, 'board');
    plan(fixture, 'board and report', 3);
    fixture.write(path, 'board and report');
    expect(await settle(fixture)).toMatchObject([
      {
        kind: 'modified',
        agent: 'skein',
        consolidation: 3,
        previous: before.content,
        parents: [before.stamp],
        fileClass: 'status',
      },
    ]);
    expect(await settle(fixture)).toEqual([]);
    expect(await fixture.core.looker.look(path, { baseline: false, now: true })).toEqual({ kind: 'same' });
    expect(fixture.texts(path)).toEqual(['board', 'board and report']);
  });

  test('ours is there with news that it carries to what git moved: it is recorded for this replica alone', async () => {
    const fixture = createCoreFixture();
    const { core, sql } = fixture;
    const before = await fixture.save(path, 'board');
    const shared = core.codec.sha256(toBytes('board and news'));
    const home = { content: before.content, heads: [before.stamp], branch: undefined };
    const displaced = { shared, home };
    const planned = { heads: ['news'], joins: undefined, losers: [], displaced };
    sql.transaction(() => {
      core.contents.put(contentOf(core.codec, toBytes('board and news')));
      const ours = core.contents.put(contentOf(core.codec, toBytes('moved board and news')));
      const write = { path, evidence: evidence('skein', 'skein'), consolidation: null, planned };
      createWriteIntents(sql).plan(write, ours);
    });
    fixture.write(path, 'moved board and news');
    expect(await settle(fixture)).toMatchObject([{ local: true, agent: 'skein', previous: before.content }]);
    expect(core.known.get(path)).toMatchObject({ heads: ['news'], displaced });
  });

  test('ours is there and in the log: nothing is recorded twice', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'report');
    plan(fixture, 'report');
    expect(await settle(fixture)).toEqual([]);
    expect(left(fixture)).toEqual([]);
  });

  test.each([
    ['the old one', 'board'],
    ['somebody else’s', 'board, edited'],
  ])('%s is there: the intent is forgotten and the scan decides', async (_, text) => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'board');
    plan(fixture, 'board and report');
    fixture.write(path, text);
    expect(await settle(fixture)).toEqual([]);
    expect(left(fixture)).toEqual([]);
    expect(fixture.text(path)).toBe(text);
    expect(fixture.texts(path)).toEqual(['board']);
  });

  test('is gone, or a folder, or may not be read: nothing breaks', async () => {
    const fixture = createCoreFixture();
    plan(fixture, 'report');
    expect(await settle(fixture)).toEqual([]);
    plan(fixture, 'report');
    fixture.disk.makeFolder(path);
    expect(await settle(fixture)).toEqual([]);
    fixture.disk.agentDelete(path);
    plan(fixture, 'report');
    fixture.write(path, 'report');
    fixture.disk.setMode(path, 0o000);
    expect(await settle(fixture)).toEqual([]);
    expect(left(fixture)).toEqual([]);
  });
});

describe('temporary files', () => {
  const temporary = '.skein-0123456789abcdef.tmp';

  test.each([
    ['whole', 'board and report'],
    ['half', 'board and'],
    ['empty', ''],
    ['the version that it displaced', 'board'],
  ])('of ours go: %s', async (_, text) => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'board');
    plan(fixture, 'board and report');
    fixture.write(temporary, text);
    await settle(fixture);
    expect([...fixture.disk.snapshot().keys()]).toEqual([path]);
  });

  test('bytes of somebody else, displaced and never recorded, get their name back', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'board');
    plan(fixture, 'board and report');
    fixture.write(path, 'board and report');
    fixture.write(temporary, 'the only copy of a line');
    await settle(fixture);
    expect(
      Object.fromEntries([...fixture.disk.snapshot().keys()].map((name) => [name, fixture.text(name)])),
    ).toEqual({
      [path]: 'the only copy of a line',
    });
  });

  test('of several writes in one folder: displaced bytes get back their own name, never that of another file', async () => {
    const fixture = createCoreFixture();
    const { core, sql, deps } = fixture;
    for (const name of ['CLAUDE.md', path, 'AGENTS.md']) {
      const write = { path: name, evidence: evidence('skein', 'skein'), consolidation: null };
      const ours = core.contents.put(contentOf(core.codec, toBytes(`ours ${name}`)));
      sql.transaction(() => createWriteIntents(sql).plan(write, ours));
      fixture.write(name, `ours ${name}`);
    }
    const theirs = fixture.run(deps.files.writeTemporary('', toBytes('theirs'), 0o644, temporaryLabel(path)));
    expect(await theirs).toMatchObject({ ok: true });
    await settle(fixture);
    expect(fixture.text(path)).toBe('theirs');
    expect([fixture.text('CLAUDE.md'), fixture.text('AGENTS.md')]).toEqual([
      'ours CLAUDE.md',
      'ours AGENTS.md',
    ]);
  });

  test('bytes of somebody else whose name a third took are a version beside that one, and both are merged', async () => {
    const fixture = createCoreFixture();
    const before = await fixture.save(path, '# Board\n');
    plan(fixture, '# Board\n\nA report\n');
    fixture.write(temporary, '# Board\n\n- of one agent\n');
    fixture.write(path, '# Board\n\nA report\n\n- of another\n');
    await settle(fixture);
    await fixture.core.looker.look(path, { baseline: false, now: true });
    const [one, other] = fixture.core.reader.changes({ after: 0, limit: 9, path }).slice(1);
    expect([one?.parents, other?.parents]).toEqual([[before.stamp], [before.stamp]]);
    expect(fixture.disk.snapshot().has(temporary)).toBe(false);
    expect(fixture.settleSoon).toHaveBeenCalled();
  });

  test('bytes of somebody else are kept when nobody knows whose they are', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'board');
    fixture.write(temporary, 'the only copy of a line');
    await settle(fixture);
    expect(fixture.text(temporary)).toBe('the only copy of a line');
    expect(fixture.text(path)).toBe('board');
  });

  test('files that only look like it are left alone', async () => {
    const fixture = createCoreFixture();
    await fixture.save(path, 'board');
    for (const name of ['skein-1.tmp', '.skein-1.tmp.txt', 'x.skein-1.tmp']) fixture.write(name, 'board');
    await settle(fixture);
    expect(fixture.disk.snapshot().size).toBe(4);
  });
});
