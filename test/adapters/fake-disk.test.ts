import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeDisk, type FakeDiskOptions } from '../support/fake-disk.ts';
import { Crash, createLife, type LifePoint } from '../support/life.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function open(options: Partial<FakeDiskOptions> = {}) {
  const clock = createFakeClock();
  const disk = createFakeDisk({ clock, ...options });
  const text = (path: string) => {
    const read = disk.read(path);
    return read && new TextDecoder().decode(read);
  };
  return { clock, disk, text };
}

/** A process that dies at the first point that fits. */
const dyingAt = (fits: (point: LifePoint) => boolean) =>
  createLife((point) => {
    if (fits(point)) throw new Crash(point);
  });

describe('a program that writes', () => {
  test('in place keeps the inode and shows every piece', async () => {
    const { disk, text } = open();
    disk.agentWrite('a.md', bytes('old text'), 'in-place').finish();
    const { files } = disk.mount();
    const before = await files.stat('a.md');
    const write = disk.agentWrite('a.md', bytes('NEW!'), 'in-place', 2);
    write.step();
    expect(text('a.md')).toBe('old text');
    write.step();
    expect(text('a.md')).toBe('NEd text');
    write.finish();
    expect(text('a.md')).toBe('NEW!');
    expect(write.done).toBe(true);
    expect(await files.stat('a.md')).toMatchObject({ value: { inode: before.ok && before.value?.inode } });
  });

  test('after truncating shows an empty file, then a part of it', () => {
    const { disk, text } = open();
    disk.agentWrite('a.md', bytes('old'), 'in-place').finish();
    const write = disk.agentWrite('a.md', bytes('new one'), 'truncate-then-write', 2);
    write.step();
    expect(text('a.md')).toBe('');
    write.step();
    expect(text('a.md')).toBe('new');
    write.finish();
    expect(text('a.md')).toBe('new one');
  });

  test('by rename shows the old file until the last step', () => {
    const { disk, text } = open();
    disk.agentWrite('docs/a.md', bytes('old'), 'in-place').finish();
    const write = disk.agentWrite('docs/a.md', bytes('new'), 'rename');
    write.step();
    write.step();
    expect(text('docs/a.md')).toBe('old');
    write.finish();
    expect([...disk.snapshot().keys()]).toEqual(['docs/a.md']);
    expect(text('docs/a.md')).toBe('new');
  });

  test('goes on writing to the file that it has open when another took the name', async () => {
    const { disk, text } = open();
    disk.agentWrite('a.md', bytes('old'), 'in-place').finish();
    const { files } = disk.mount();
    const held = await files.hold('a.md');
    const write = disk.agentWrite('a.md', bytes('theirs'), 'in-place');
    write.step();
    const temporary = await files.writeTemporary('', bytes('ours'), 0o644);
    if (!temporary.ok || !held.ok || held.value === undefined) throw new Error('not written');
    await files.rename(temporary.value.path, 'a.md');
    write.finish();
    expect(text('a.md')).toBe('ours');
    expect(await held.value.read()).toEqual(bytes('theirs'));
  });
});

describe('history', () => {
  test('tells what each name had, since when, and who did it', async () => {
    const { clock, disk } = open();
    disk.agentWrite('docs/a.md', bytes('one'), 'truncate-then-write').finish();
    await clock.advance(50);
    disk.agentMove('docs', 'notes');
    await disk.mount().files.remove('notes/a.md');
    const told = disk.history
      .filter(({ path }) => path.endsWith('.md'))
      .map(({ atMs, path, bytes: had, by }) => [atMs, path, had && new TextDecoder().decode(had), by]);
    expect(told).toEqual([
      [0, 'docs/a.md', '', 'agent'],
      [0, 'docs/a.md', 'one', 'agent'],
      [50, 'docs/a.md', undefined, 'agent'],
      [50, 'notes/a.md', 'one', 'agent'],
      [50, 'notes/a.md', undefined, 'engine'],
    ]);
  });
});

describe('a process that dies', () => {
  test('before a write leaves nothing, in the middle half a temporary file, after it the whole one', async () => {
    for (const [when, left] of [
      ['before', []],
      ['during', ['12']],
      ['after', ['1234']],
    ] as const) {
      const { disk } = open();
      const life = dyingAt((point) => point.operation === 'writeTemporary' && point.when === when);
      const { files } = disk.mount(life);
      await expect(files.writeTemporary('', bytes('1234'), 0o644)).rejects.toThrow(Crash);
      expect([...disk.snapshot().values()].map((it) => new TextDecoder().decode(it))).toEqual(left);
    }
  });

  test('does nothing any more, and hears nothing', async () => {
    const { clock, disk } = open();
    disk.agentWrite('a.md', bytes('x'), 'in-place').finish();
    const life = dyingAt((point) => point.operation === 'list' && point.when === 'after');
    const { files, openWatcher } = disk.mount(life);
    const heard: string[] = [];
    openWatcher((hint) => heard.push(hint.path)).setFolders(new Set(['']));
    const held = await files.hold('a.md');
    await expect(files.list('')).rejects.toThrow(Crash);
    await expect(files.remove('a.md')).rejects.toThrow(Crash);
    await expect(held.ok && held.value?.read()).rejects.toThrow(Crash);
    disk.agentWrite('a.md', bytes('y'), 'in-place').finish();
    await clock.advance(10);
    expect(heard).toEqual([]);
    expect(disk.snapshot().size).toBe(1);
    expect(await disk.mount().files.list('')).toMatchObject({ ok: true, value: [{ name: 'a.md' }] });
  });

  test('agents may write at any point of its work', async () => {
    const { disk } = open();
    disk.agentWrite('a.md', bytes('one'), 'in-place').finish();
    const life = createLife((point) => {
      if (point.operation === 'read' && point.when === 'before')
        disk.agentWrite('a.md', bytes('two'), 'in-place').finish();
    });
    const held = await disk.mount(life).files.hold('a.md');
    expect(held.ok && (await held.value?.read())).toEqual(bytes('two'));
  });
});

describe('options', () => {
  test('a full disk refuses what does not fit and leaves nothing of it', async () => {
    const { disk } = open();
    disk.agentWrite('a.md', bytes('12345'), 'in-place').finish();
    disk.setQuota(8);
    const { files } = disk.mount();
    expect(await files.writeTemporary('', bytes('1234'), 0o644)).toMatchObject({
      error: { code: 'disk-full' },
    });
    expect(disk.snapshot().size).toBe(1);
    expect(await files.writeTemporary('', bytes('123'), 0o644)).toMatchObject({ ok: true });
  });

  test('a disk that ignores case finds a file by any spelling and keeps the first', async () => {
    const { disk, text } = open({ caseInsensitive: true });
    disk.agentWrite('Docs/Agents.md', bytes('one'), 'in-place').finish();
    disk.agentWrite('docs/AGENTS.md', bytes('two'), 'in-place').finish();
    const { files } = disk.mount();
    expect(files.caseInsensitive).toBe(true);
    expect(text('DOCS/agents.MD')).toBe('two');
    expect(await files.resolveLink('docs/agents.md')).toEqual({ ok: true, value: 'Docs/Agents.md' });
    disk.agentMove('docs/agents.md', 'docs/agents.md');
    expect([...disk.snapshot().keys()]).toEqual(['Docs/agents.md']);
  });

  test('coarse time stamps hide a second write', async () => {
    const { clock, disk } = open({ granularityNs: 2_000_000_000n });
    const { files } = disk.mount();
    const mtime = async () => {
      const stat = await files.stat('a.md');
      return stat.ok && stat.value?.mtimeNs;
    };
    disk.agentWrite('a.md', bytes('one'), 'in-place').finish();
    const first = await mtime();
    await clock.advance(1_500);
    disk.agentWrite('a.md', bytes('two'), 'in-place').finish();
    expect(await mtime()).toBe(first);
    await clock.advance(500);
    disk.agentWrite('a.md', bytes('three'), 'in-place').finish();
    expect(await mtime()).not.toBe(first);
  });

  test('operations may take time, in which other things happen', async () => {
    const { clock, disk } = open({ operationMs: () => 5 });
    const listing = disk.mount().files.list('');
    clock.after(2, () => disk.agentWrite('a.md', bytes('x'), 'in-place').finish());
    await clock.advance(5);
    expect(await listing).toMatchObject({ ok: true, value: [{ name: 'a.md' }] });
  });
});

describe('hints', () => {
  async function hintsOf(options: Partial<FakeDiskOptions>, writes: number) {
    const { clock, disk } = open(options);
    const heard: { path: string; atMs: number }[] = [];
    const watcher = disk.mount().openWatcher(({ path }) => heard.push({ path, atMs: clock.monotonicMs() }));
    watcher.setFolders(new Set(['']));
    await clock.advance(10_000);
    heard.length = 0;
    for (let index = 0; index < writes; index += 1) disk.agentDelete(`${index}`);
    for (let index = 0; index < writes; index += 1) disk.makeLink(`${index}`, 'nowhere');
    await clock.advance(10_000);
    return heard;
  }

  test('come once each, soon, when there are no faults', async () => {
    const heard = await hintsOf({}, 100);
    expect(new Set(heard.map(({ path }) => path)).size).toBe(100);
    expect(heard).toHaveLength(100);
    expect(Math.max(...heard.map(({ atMs }) => atMs))).toBeLessThanOrEqual(10_001);
  });

  test('are lost, doubled and late as often as the faults say', async () => {
    expect(await hintsOf({ faults: { lost: 1 } }, 100)).toHaveLength(0);
    expect(await hintsOf({ faults: { doubled: 1 } }, 100)).toHaveLength(200);
    const late = await hintsOf({ faults: { late: 1, latestMs: 5_000 } }, 100);
    expect(Math.max(...late.map(({ atMs }) => atMs))).toBeGreaterThan(13_000);
    const some = (await hintsOf({ faults: { lost: 0.3 } }, 1_000)).length;
    expect(some).toBeGreaterThan(600);
    expect(some).toBeLessThan(800);
  });
});
