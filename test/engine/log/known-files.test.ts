/** What the last look saw, and when equal facts prove an equal file. */
import { describe, expect, test } from 'vitest';
import { type KnownFile, sameFile, statKey } from '../../../electron/engine/log/known-files.ts';
import { limits } from '../../../shared/limits.ts';
import { createCoreFixture, someStat } from '../core-fixture.ts';

const ns = (ms: number) => String(BigInt(ms) * 1_000_000n);
const writtenMs = Date.UTC(2026, 0, 1);
const stat = { ...someStat, mtimeNs: ns(writtenMs), ctimeNs: ns(writtenMs) };
const known = (seenMs: number, more: Partial<KnownFile> = {}): KnownFile => ({
  path: 'a.md',
  fileClass: 'note',
  content: 'f'.repeat(64),
  stat,
  seenMs,
  heads: ['0'],
  ...more,
});

describe('the same file', () => {
  const calm = writtenMs + limits.racyStatMs;

  test('only when it was seen long enough after it was written', () => {
    expect(sameFile(known(calm), stat)).toBe(true);
    expect(sameFile(known(calm - 1), stat)).toBe(false);
    expect(sameFile(known(writtenMs), stat)).toBe(false);
  });

  test('never when it was seen before it was written: a clock went back', () => {
    expect(sameFile(known(writtenMs - 3_600_000), stat)).toBe(false);
  });

  test('never when an old time stamp was put on a file that changed a moment ago', () => {
    const backdated = { ...stat, mtimeNs: ns(writtenMs - 86_400_000) };
    expect(sameFile(known(writtenMs + 1, { stat: backdated }), backdated)).toBe(false);
  });

  test.each([
    ['another size', { size: 2 }],
    ['another inode', { inode: '1:2' }],
    ['another modification time', { mtimeNs: String(BigInt(stat.mtimeNs) + 1n) }],
    ['another change time', { ctimeNs: String(BigInt(stat.ctimeNs) + 1n) }],
  ])('not with %s', (_, other) => {
    expect(sameFile(known(calm), { ...stat, ...other })).toBe(false);
  });

  test('other permissions are no other file', () => {
    expect(sameFile(known(calm), { ...stat, mode: 0o600 })).toBe(true);
  });

  test('a file that was gone is not the same when it is back', () => {
    expect(sameFile(known(calm, { content: null }), stat)).toBe(false);
  });

  test('facts do not run into each other', () => {
    expect(statKey({ ...stat, size: 1, mtimeNs: '23' })).not.toBe(
      statKey({ ...stat, size: 12, mtimeNs: '3' }),
    );
  });
});

describe('the table', () => {
  test('knows what lies there, what lay there, and nothing else', async () => {
    const { core, save, remove } = createCoreFixture();
    await save('AGENTS.md', 'a\n');
    await save('ROADMAP.md', 'r\n');
    await remove('ROADMAP.md');
    expect(core.known.present()).toEqual(['AGENTS.md']);
    expect(core.known.everSeen().toSorted()).toEqual(['AGENTS.md', 'ROADMAP.md']);
    expect(core.known.get('ROADMAP.md')).toMatchObject({ content: null, fileClass: 'roadmap' });
    expect(core.known.get('CLAUDE.md')).toBeUndefined();
  });

  test('a touch moves the facts and nothing else', async () => {
    const { core, save } = createCoreFixture();
    await save('AGENTS.md', 'a\n');
    const before = core.known.get('AGENTS.md');
    const touched = { ...stat, inode: '7:7', size: 2, mode: 0o755 };
    core.known.touch('AGENTS.md', touched, 42);
    expect(core.known.get('AGENTS.md')).toEqual({ ...before, stat: touched, seenMs: 42 });
    core.known.touch('CLAUDE.md', touched, 42);
    expect(core.known.get('CLAUDE.md')).toBeUndefined();
  });
});
