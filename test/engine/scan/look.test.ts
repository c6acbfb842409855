/** One look at one path: content decides, and nothing half-written is believed. */
import { describe, expect, test } from 'vitest';
import type { LookOptions } from '../../../electron/engine/scan/look.ts';
import { readWhole } from '../../../electron/engine/scan/look.ts';
import { limits } from '../../../shared/limits.ts';
import { createLife } from '../../support/life.ts';
import { type CoreFixture, createCoreFixture, toBytes, toText } from '../core-fixture.ts';

const look = ({ core }: CoreFixture, path: string, options: Partial<LookOptions> = {}) =>
  core.looker.look(path, { baseline: false, now: false, ...options });
const writeInPlace = ({ disk }: CoreFixture, path: string, text: string) =>
  disk.agentWrite(path, toBytes(text), 'in-place').finish();

describe('what is recorded', () => {
  test('a new file, its edit, its deletion and its return, each upon the one before', async () => {
    const fixture = createCoreFixture();
    const created = await fixture.save('AGENTS.md', 'a');
    const modified = await fixture.save('AGENTS.md', 'b');
    const deleted = await fixture.remove('AGENTS.md');
    const back = await fixture.save('AGENTS.md', 'a');
    expect([created, modified, deleted, back].map(({ kind }) => kind)).toEqual([
      'created',
      'modified',
      'deleted',
      'created',
    ]);
    expect(modified).toMatchObject({ previous: created.content, parents: [created.stamp] });
    expect(deleted).toMatchObject({
      content: null,
      previous: modified.content,
      parents: [modified.stamp],
      agent: 'unknown',
    });
    expect(back).toMatchObject({ content: created.content, previous: null, parents: [deleted.stamp] });
  });

  test('a file that was there before us is a baseline; its later edits are not, even in a baseline scan', async () => {
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'a' } });
    expect(await look(fixture, 'AGENTS.md', { baseline: true, now: true })).toMatchObject({
      change: { baseline: true },
    });
    fixture.write('AGENTS.md', 'b');
    expect(await look(fixture, 'AGENTS.md', { baseline: true, now: true })).toMatchObject({
      change: { baseline: false },
    });
  });

  test('nothing, when only the time stamps moved; and then the facts are known', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    await fixture.clock.advance(10_000);
    fixture.write('AGENTS.md', 'a');
    expect(await look(fixture, 'AGENTS.md')).toEqual({ kind: 'same' });
    const now = await fixture.core.files.stat('AGENTS.md');
    expect(now).toEqual({ ok: true, value: fixture.core.known.get('AGENTS.md')?.stat });
  });

  test('an edit of equal length within one tick of the disk’s clock', async () => {
    const fixture = createCoreFixture({ disk: { granularityNs: 2_000_000_000n } });
    await fixture.save('AGENTS.md', 'version 1');
    writeInPlace(fixture, 'AGENTS.md', 'version 2');
    expect(await look(fixture, 'AGENTS.md', { now: true })).toMatchObject({ kind: 'recorded' });
  });
});

describe('what is not read', () => {
  test('a calm file with equal facts is not opened', async () => {
    const held: string[] = [];
    const life = createLife((point) => void (point.operation === 'hold' && held.push(point.subject)));
    const fixture = createCoreFixture({ life });
    await fixture.save('AGENTS.md', 'a');
    await fixture.clock.advance(limits.racyStatMs);
    await look(fixture, 'AGENTS.md');
    held.length = 0;
    expect(await look(fixture, 'AGENTS.md')).toEqual({ kind: 'same' });
    expect(held).toEqual([]);
  });

  test('untracked paths and folders', async () => {
    const fixture = createCoreFixture({ files: { 'src/main.ts': 'code' } });
    expect(await look(fixture, 'src/main.ts')).toEqual({ kind: 'untracked' });
    expect(await look(fixture, 'nothing/there')).toEqual({ kind: 'untracked' });
    expect(await look(fixture, 'src')).toEqual({ kind: 'folder' });
  });
});

describe('a write under way', () => {
  test('is waited for, and seen at last as it lay still', async () => {
    const fixture = createCoreFixture();
    writeInPlace(fixture, 'HANDOFF.md', 'a\n');
    expect(await look(fixture, 'HANDOFF.md')).toEqual({ kind: 'wait', delayMs: limits.settleWholeMs });
    await fixture.clock.advance(limits.settleWholeMs - 1);
    writeInPlace(fixture, 'HANDOFF.md', 'a\nb\n');
    expect(await look(fixture, 'HANDOFF.md')).toMatchObject({ kind: 'wait' });
    await fixture.clock.advance(100);
    expect(await look(fixture, 'HANDOFF.md')).toMatchObject({ kind: 'recorded' });
    expect(fixture.texts('HANDOFF.md')).toEqual(['a\nb\n']);
  });

  test('that changes the file while it is read gives no bytes', async () => {
    let text = 'short';
    const life = createLife((point) => {
      if (point.operation !== 'read' || point.when !== 'after') return;
      text += ' and longer';
      writeInPlace(fixture, 'AGENTS.md', text);
    });
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'short' }, life });
    await fixture.clock.advance(50);
    expect(await readWhole(fixture.core.files, 'AGENTS.md')).toEqual({ ok: true, value: undefined });
    expect(await look(fixture, 'AGENTS.md', { now: true })).toMatchObject({ kind: 'wait' });
    expect(fixture.texts('AGENTS.md')).toEqual([]);
  });

  test('that keeps the length while the file is read gives no bytes either', async () => {
    const life = createLife((point) => {
      if (point.operation !== 'read' || point.when !== 'after') return;
      fixture.clock.jump(10);
      writeInPlace(fixture, 'AGENTS.md', 'other');
    });
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'short' }, life });
    expect(await readWhole(fixture.core.files, 'AGENTS.md')).toEqual({ ok: true, value: undefined });
  });

  test('an atomic save leaves a gap that is no deletion; a lasting absence is one', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    fixture.disk.agentDelete('AGENTS.md');
    expect(await look(fixture, 'AGENTS.md')).toEqual({ kind: 'wait', delayMs: limits.settleCutMs });
    await fixture.clock.advance(limits.settleCutMs - 1);
    fixture.write('AGENTS.md', 'b');
    expect(await look(fixture, 'AGENTS.md', { now: true })).toMatchObject({ change: { kind: 'modified' } });
    fixture.disk.agentDelete('AGENTS.md');
    expect(await look(fixture, 'AGENTS.md')).toMatchObject({ kind: 'wait' });
    await fixture.clock.advance(limits.settleCutMs);
    expect(await look(fixture, 'AGENTS.md')).toMatchObject({ change: { kind: 'deleted' } });
  });
});

describe('the closed file', () => {
  test('every file that was opened is closed, whatever befell the reading', async () => {
    let open = 0;
    const fixture = createCoreFixture({
      files: { 'AGENTS.md': 'a' },
      limit: (files) => ({
        ...files,
        hold: async (path) => {
          const held = await files.hold(path);
          if (!held.ok || held.value === undefined) return held;
          const { value } = held;
          open += 1;
          const close = async () => {
            open -= 1;
            await value.close();
          };
          return {
            ok: true,
            value: { ...value, close, read: () => Promise.reject(new Error('the disk coughed')) },
          };
        },
      }),
    });
    await expect(readWhole(fixture.core.files, 'AGENTS.md')).rejects.toThrow('coughed');
    expect(open).toBe(0);
  });
});

describe('problems', () => {
  test('stay with their path until a look sees better', async () => {
    const fixture = createCoreFixture({ files: { 'AGENTS.md': 'a', 'CLAUDE.md': 'c' } });
    fixture.disk.setMode('AGENTS.md', 0o000);
    expect(await look(fixture, 'AGENTS.md', { now: true })).toMatchObject({ kind: 'problem' });
    await look(fixture, 'CLAUDE.md', { now: true });
    expect([...fixture.core.looker.problems().keys()]).toEqual(['AGENTS.md']);
    fixture.disk.setMode('AGENTS.md', 0o644);
    await look(fixture, 'AGENTS.md', { now: true });
    expect(fixture.core.looker.problems().size).toBe(0);
  });

  test('of paths that are tracked no more are forgotten on request', async () => {
    const fixture = createCoreFixture();
    fixture.disk.makeLink('AGENTS.md', '/etc/passwd');
    fixture.disk.makeLink('CLAUDE.md', '/etc/passwd');
    for (const path of ['AGENTS.md', 'CLAUDE.md']) await look(fixture, path);
    fixture.core.looker.forget((path) => path === 'CLAUDE.md');
    expect([...fixture.core.looker.problems().keys()]).toEqual(['CLAUDE.md']);
  });
});

test('a file whose last version is damaged in the log is recorded all the same', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a\n');
  fixture.sql.prepare('UPDATE content SET packed = ?').run(toBytes('no zstd'));
  writeInPlace(fixture, 'AGENTS.md', 'the only copy of this line\n');
  await look(fixture, 'AGENTS.md', { now: true });
  const [newest] = fixture.core.reader.changes({ limit: 1 });
  expect(toText(fixture.core.reader.content(newest?.content ?? ''))).toBe('the only copy of this line\n');
});

test('a damaged last version does not stop a look that must settle', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a\n');
  fixture.sql.prepare('UPDATE content SET packed = ?').run(toBytes('no zstd'));
  writeInPlace(fixture, 'AGENTS.md', 'the only copy of this line\n');
  expect(await look(fixture, 'AGENTS.md')).toMatchObject({ kind: 'wait' });
  await fixture.clock.advance(1000);
  expect(await look(fixture, 'AGENTS.md')).toMatchObject({ kind: 'recorded' });
});
