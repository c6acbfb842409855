/** skein.json: read again and again, edited while others edit it, broken in every way. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createWorkspaceSettings } from '../../../electron/engine/settings/workspace-settings.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeDisk } from '../../support/fake-disk.ts';
import { createLife, type LifePoint } from '../../support/life.ts';
import { toBytes, toText } from '../core-fixture.ts';

const file = 'skein.json';

function setUp(text?: string | Uint8Array, hook: (point: LifePoint) => void = () => undefined) {
  const disk = createFakeDisk({ clock: createFakeClock() });
  const write = (next: string | Uint8Array) =>
    disk.agentWrite(file, typeof next === 'string' ? toBytes(next) : next, 'rename').finish();
  if (text !== undefined) write(text);
  const { files } = disk.mount(createLife(hook));
  const settings = createWorkspaceSettings({ files, codec: nodeCodec });
  return { disk, settings, write, text: () => toText(disk.read(file)) };
}

describe('reading', () => {
  test('no file: the defaults, and no problem', async () => {
    const { settings } = setUp();
    expect(await settings.reload()).toBe(false);
    expect(settings.view()).toEqual({
      settings: defaultSettings,
      fromFile: {},
      fileExists: false,
      problem: null,
    });
  });

  test('tells whether what is in force is another now', async () => {
    const { settings, write, disk } = setUp('{ "consolidation_threshold": 7 }');
    expect(await settings.reload()).toBe(true);
    expect(await settings.reload()).toBe(false);
    write('{ "consolidation_threshold": 7 } // the same, said otherwise');
    expect(await settings.reload()).toBe(false);
    expect(settings.view()).toMatchObject({ fileExists: true, fromFile: { consolidation_threshold: 7 } });
    disk.agentDelete(file);
    expect(await settings.reload()).toBe(true);
    expect(settings.current()).toEqual(defaultSettings);
  });

  test('patterns count at once', async () => {
    const { settings } = setUp('{ "track": [{ "pattern": "ideas/*.md" }], "ignore": ["CLAUDE.md"] }');
    await settings.reload();
    expect(settings.tracked().classify('ideas/a.md')).toBe('note');
    expect(settings.tracked().classify('CLAUDE.md')).toBeUndefined();
  });
});

/** Each of these must leave the last good settings in force. */
const broken: [string, (it: ReturnType<typeof setUp>) => void][] = [
  ['not JSON', (it) => it.write('{ "consolidation_threshold": ')],
  ['emptied', (it) => it.write('')],
  ['a wrong value', (it) => it.write('{ "consolidation_threshold": -1 }')],
  ['a key that nobody knows', (it) => it.write('{ "treshold": 1 }')],
  ['a pattern that does not compile', (it) => it.write('{ "ignore": ["a/[b"] }')],
  ['too large', (it) => it.write(`{}${' '.repeat(limits.settingsBytes)}`)],
  ['not to be read', (it) => it.disk.setMode(file, 0o000)],
  ['not UTF-8', (it) => it.write(Uint8Array.from([...toBytes('{ "locale": "fr" } // caf'), 0xe9, 0x0a]))],
  [
    'a folder',
    (it) => {
      it.disk.agentDelete(file);
      it.disk.makeFolder(file);
    },
  ],
  [
    'a link out of the workspace',
    (it) => {
      it.disk.agentDelete(file);
      it.disk.makeLink(file, '/etc/passwd');
    },
  ],
];

describe('a broken skein.json', () => {
  test.each(broken)(
    '%s: the last good settings count, it is said, and a repair is taken',
    async (_, breakIt) => {
      const it = setUp('{ "consolidation_threshold": 7 }');
      await it.settings.reload();
      breakIt(it);
      expect(await it.settings.reload()).toBe(false);
      expect(it.settings.current().consolidation_threshold).toBe(7);
      expect(it.settings.problem()).toMatchObject({ subject: file });
      expect(it.settings.view().problem).toBe(it.settings.problem()?.message);
      it.disk.agentDelete(file);
      it.write('{ "consolidation_threshold": 8 }');
      expect(await it.settings.reload()).toBe(true);
      expect(it.settings.problem()).toBeUndefined();
      expect(it.settings.current().consolidation_threshold).toBe(8);
    },
  );

  test('the same text again after a repair to what was before is no change, and no problem', async () => {
    const it = setUp('{ "consolidation_threshold": 7 }');
    await it.settings.reload();
    it.write('{');
    await it.settings.reload();
    it.write('{ "consolidation_threshold": 7 }');
    expect(await it.settings.reload()).toBe(false);
    expect(it.settings.problem()).toBeUndefined();
  });

  test('that could not be read for a while is as good as before afterwards', async () => {
    const it = setUp('{ "consolidation_threshold": 7 }');
    await it.settings.reload();
    it.disk.setMode(file, 0o000);
    await it.settings.reload();
    expect(it.settings.problem()).toMatchObject({ code: 'no-permission' });
    it.disk.setMode(file, 0o644);
    expect(await it.settings.reload()).toBe(false);
    expect(it.settings.problem()).toBeUndefined();
  });

  // What is empty is as good as missing: an edit fills it.
  test.each(broken.filter(([name]) => name !== 'emptied'))(
    '%s: is not edited, and stays as it is',
    async (_, breakIt) => {
      const it = setUp('{ "consolidation_threshold": 7 }');
      await it.settings.reload();
      breakIt(it);
      const before = await it.disk.mount().files.stat(file);
      expect((await it.settings.change({ locale: 'ru' })).ok).toBe(false);
      expect(await it.disk.mount().files.stat(file)).toEqual(before);
      expect([...it.disk.snapshot().keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );
});

test('a save that is under way while we read is not taken for a missing file', async () => {
  let saves = 0;
  const it = setUp('{ "consolidation_threshold": 7 }', (point) => {
    if (point.operation !== 'read' || point.when !== 'after' || saves === 0) return;
    saves -= 1;
    it.disk
      .agentWrite(file, toBytes(`{ "consolidation_threshold": 7 }${' '.repeat(saves + 1)}`), 'in-place')
      .finish();
  });
  await it.settings.reload();
  saves = 1;
  await it.settings.reload();
  expect(it.settings.current().consolidation_threshold).toBe(7);
});

describe('changing', () => {
  test('makes the file when there is none, keeps comments, mode and the rest when there is one', async () => {
    const fresh = setUp();
    expect(await fresh.settings.change({ locale: 'fr' })).toMatchObject({
      ok: true,
      value: { locale: 'fr' },
    });
    expect(fresh.text()).toContain('"locale": "fr"');
    const old = setUp('{\n  // why\n  "locale": "en", // here\n  "reports_kept": 3,\n}\n');
    old.disk.setMode(file, 0o600);
    await old.settings.change({ locale: 'ru', reports_kept: null });
    expect(old.text()).toContain('// why');
    expect(old.settings.view()).toMatchObject({ fromFile: { locale: 'ru' }, settings: { reports_kept: 20 } });
    expect(await old.disk.mount().files.stat(file)).toMatchObject({ value: { mode: 0o600 } });
  });

  test('a value that the key cannot have changes nothing', async () => {
    const it = setUp('{ "locale": "en" }');
    await it.settings.reload();
    expect(await it.settings.change({ locale: 'xx' })).toMatchObject({
      ok: false,
      error: { code: 'bad-input' },
    });
    expect(it.text()).toBe('{ "locale": "en" }');
  });

  const theirs = '{ "consolidation_threshold": 99 } // theirs';
  test.each(['rename', 'in-place', 'truncate-then-write'] as const)(
    'somebody who saves by %s at any step keeps what they saved, or is saved upon',
    async (manner) => {
      const ends = new Set<boolean>();
      for (let step = 0; ; step++) {
        let reached = -1;
        const it = setUp('{ "locale": "en" }', () => {
          reached += 1;
          if (reached === step) it.disk.agentWrite(file, toBytes(theirs), manner).finish();
        });
        const changed = await it.settings.change({ reports_kept: 5 });
        if (reached < step) break;
        expect(it.text(), `step ${step}`).toContain('// theirs');
        if (!changed.ok) expect(changed.error.code, `step ${step}`).toBe('changed-meanwhile');
        expect([...it.disk.snapshot().keys()], `step ${step}`).toEqual([file]);
        ends.add(changed.ok);
      }
      expect([...ends].toSorted()).toEqual([false, true]);
    },
  );
});
