/** The walk enters every folder that can hold tracked files, and no other. */
import { describe, expect, test } from 'vitest';
import type { Files } from '../../../electron/engine/ports.ts';
import { type WalkGuide, walkFolders } from '../../../electron/engine/scan/walk.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { compileTrackedSet } from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeDisk } from '../../support/fake-disk.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { toBytes } from '../core-fixture.ts';

function compile(settings: Partial<typeof defaultSettings> = {}) {
  const compiled = compileTrackedSet({ ...defaultSettings, ...settings });
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value;
}

const everywhere: WalkGuide = { enters: () => true, approach: () => undefined };

function setUp(paths: string[]) {
  const disk = createFakeDisk({ clock: createFakeClock() });
  for (const path of paths) disk.agentWrite(path, toBytes('x'), 'in-place').finish();
  const { files } = disk.mount();
  const listed: string[] = [];
  const unannounced: string[] = [];
  const approached = new Set<string>();
  const watched: Files = {
    ...files,
    list: (folder) => {
      listed.push(folder);
      if (!approached.has(folder)) unannounced.push(folder);
      return files.list(folder);
    },
  };
  const walk = (start = [''], enters = (_: string) => true, tracked = compile()) =>
    walkFolders(watched, tracked, start, {
      enters,
      approach: (folders) => void folders.forEach((folder) => void approached.add(folder)),
    });
  return { disk, listed, unannounced, walk };
}

test('finds tracked files at any depth, links too, and lists each folder once', async () => {
  const { disk, listed, walk } = setUp([
    'AGENTS.md',
    'a/b/c/AGENTS.md',
    'a/b/code.ts',
    'docs/passation_x.md',
    'README.txt',
  ]);
  disk.makeLink('CLAUDE.md', 'AGENTS.md');
  const { paths, folders, problems } = await walk();
  expect(paths.toSorted()).toEqual(['AGENTS.md', 'CLAUDE.md', 'a/b/c/AGENTS.md', 'docs/passation_x.md']);
  expect([...folders].toSorted()).toEqual(['', 'a', 'a/b', 'a/b/c', 'docs']);
  expect(listed.toSorted()).toEqual([...folders].toSorted());
  expect(problems).toEqual([]);
});

test('announces each folder before it lists it', async () => {
  const { listed, unannounced, walk } = setUp(['AGENTS.md', 'a/b/c/AGENTS.md', 'node_modules/x/AGENTS.md']);
  await walk(['', 'gone']);
  expect(listed).toEqual(['', 'gone', 'a', 'a/b', 'a/b/c']);
  expect(unannounced).toEqual([]);
});

test('equals a plain filter over all files, on any tree', async () => {
  const tracked = compile({ ignore: ['secret/**'], track: [{ pattern: 'docs/**/*.md', class: 'note' }] });
  for (let seed = 0; seed < 20; seed++) {
    const random = createSeededRandom(`walk ${seed}`);
    const name = () => random.pick(['a', 'docs', 'node_modules', '.git', 'dist', 'secret', '.claude', 'src']);
    const paths = Array.from({ length: 40 }, () =>
      [
        ...Array.from({ length: random.integer(5) }, name),
        random.pick(['AGENTS.md', 'x.md', 'y.ts', 'HANDOFF.md']),
      ].join('/'),
    );
    const { disk, walk } = setUp(paths);
    const found = await walk([''], () => true, tracked);
    const expected = [...disk.snapshot().keys()].filter((path) => tracked.classify(path) !== undefined);
    expect(found.paths.toSorted()).toEqual(expected.toSorted());
  }
});

describe('what is not entered', () => {
  test('generated folders, .git, and links to folders', async () => {
    const { disk, listed, walk } = setUp([
      'node_modules/x/AGENTS.md',
      '.git/AGENTS.md',
      'dist/AGENTS.md',
      'src/AGENTS.md',
    ]);
    disk.makeLink('again', 'src');
    expect((await walk()).paths).toEqual(['src/AGENTS.md']);
    expect(listed.toSorted()).toEqual(['', 'src']);
  });

  test('folders for which the caller says no; those to start with are always listed', async () => {
    const { walk } = setUp(['a/AGENTS.md', 'a/b/AGENTS.md', 'c/AGENTS.md']);
    expect((await walk(['', 'a', 'a'], () => false)).paths).toEqual(['a/AGENTS.md']);
    expect((await walk([''], (folder) => folder !== 'a')).paths).toEqual(['c/AGENTS.md']);
  });

  test('folders deeper than the limit', async () => {
    const deep = Array.from({ length: limits.folderDepth }, () => 'd').join('/');
    const { walk } = setUp([`${deep}/AGENTS.md`, `${deep}/d/AGENTS.md`]);
    expect((await walk()).paths).toEqual([`${deep}/AGENTS.md`]);
  });
});

describe('folders that cannot be listed', () => {
  test('are a problem of their own and hinder no other', async () => {
    const { disk, walk } = setUp(['locked/AGENTS.md', 'open/AGENTS.md']);
    disk.setMode('locked', 0o000);
    const { paths, folders, problems } = await walk();
    expect(paths).toEqual(['open/AGENTS.md']);
    expect(problems).toMatchObject([{ code: 'no-permission', subject: 'locked' }]);
    expect(folders.has('locked')).toBe(false);
  });

  test('or that are gone are none', async () => {
    const { walk } = setUp([]);
    expect(await walk(['gone', 'gone/deeper'])).toEqual({ paths: [], folders: new Set(), problems: [] });
  });
});

test('a tree without end is left at the limit, with a problem that says what to do', async () => {
  const { walk } = setUp([]);
  const branches = [1, 2].map((index) => ({ name: `f${index}`, kind: 'folder' as const }));
  const endless: Files = {
    ...createFakeDisk({ clock: createFakeClock() }).mount().files,
    list: async () => ({ ok: true, value: branches }),
  };
  const wide = await walkFolders(endless, compile(), [''], everywhere);
  expect(wide.problems).toMatchObject([{ code: 'watch-limited', advice: expect.stringContaining('ignore') }]);
  expect(wide.folders.size).toBeGreaterThan(limits.scannedFolders);
  expect(wide.folders.size).toBeLessThan(limits.scannedFolders + 100);
  expect((await walk()).problems).toEqual([]);
});
