/** What a scan must look at. */
import { describe, expect, test } from 'vitest';
import { hotFolders, planScan, type ScanPlan } from '../../../electron/engine/scan/scan.ts';
import type { WalkGuide } from '../../../electron/engine/scan/walk.ts';
import { limits } from '../../../shared/limits.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const freely: WalkGuide = { enters: () => true, approach: () => undefined };

async function plan(
  { core }: CoreFixture,
  everywhere: boolean,
  enters = (_: string) => everywhere,
): Promise<ScanPlan> {
  const guide = { ...freely, enters };
  const found = await planScan(core.files, core.settings.tracked(), core.known, everywhere, guide);
  if ('code' in found) throw new Error(found.message);
  return found;
}

test('everywhere: what lies there, and what should', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a');
  await fixture.save('deep/er/HANDOFF.md', 'h');
  fixture.disk.agentDelete('AGENTS.md');
  fixture.write('new/CLAUDE.md', 'c');
  const { paths, found } = await plan(fixture, true);
  expect(paths).toEqual(['AGENTS.md', 'deep/er/HANDOFF.md', 'new/CLAUDE.md']);
  expect(found).toBe(2);
});

test('what is deleted and known to be is no work', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a');
  await fixture.remove('AGENTS.md');
  expect((await plan(fixture, true)).paths).toEqual([]);
});

describe('where changes are likely', () => {
  test('folders that held tracked files, that patterns name, and that nobody knew', async () => {
    const fixture = createCoreFixture();
    await fixture.save('deep/er/HANDOFF.md', 'h');
    fixture.write('deep/er/CLAUDE.md', 'c');
    fixture.write('elsewhere/AGENTS.md', 'a');
    expect((await plan(fixture, false)).paths).toEqual(['deep/er/CLAUDE.md', 'deep/er/HANDOFF.md']);
    const all = await plan(fixture, false, (folder) => folder === 'elsewhere');
    expect(all.paths).toContain('elsewhere/AGENTS.md');
  });

  test('are still looked at when their last file was deleted', async () => {
    const fixture = createCoreFixture();
    await fixture.save('deep/er/HANDOFF.md', 'h');
    await fixture.remove('deep/er/HANDOFF.md');
    expect(hotFolders(fixture.core.known, fixture.core.settings.tracked())).toContain('deep/er');
    fixture.write('deep/er/HANDOFF.md', 'back');
    expect((await plan(fixture, false)).paths).toEqual(['deep/er/HANDOFF.md']);
  });

  test('are each named once', async () => {
    const fixture = createCoreFixture();
    for (const name of ['AGENTS.md', 'CLAUDE.md', 'docs/passation_a.md', 'docs/passation_b.md'])
      await fixture.save(name, 'x');
    const folders = hotFolders(fixture.core.known, fixture.core.settings.tracked());
    expect(folders).toEqual([...new Set(folders)]);
    expect(folders).toEqual(expect.arrayContaining(['', 'docs']));
  });
});

test('files that the patterns let go are not looked at, so they are not deleted', async () => {
  const fixture = createCoreFixture();
  await fixture.save('AGENTS.md', 'a');
  await fixture.save('CLAUDE.md', 'c');
  fixture.write('skein.json', '{ "ignore": ["AGENTS.md"] }');
  await fixture.core.settings.reload();
  expect((await plan(fixture, true)).paths).toEqual(['CLAUDE.md']);
});

test('in a folder that cannot be listed known files are looked at, one by one', async () => {
  const fixture = createCoreFixture();
  await fixture.save('locked/AGENTS.md', 'a');
  fixture.disk.setMode('locked', 0o000);
  const { paths, problems } = await plan(fixture, true);
  expect(paths).toEqual(['locked/AGENTS.md']);
  expect(problems).toMatchObject([{ code: 'no-permission' }]);
  const look = await fixture.core.looker.look('locked/AGENTS.md', { baseline: false, now: true });
  expect(look).toMatchObject({ kind: 'problem', problem: { code: 'no-permission' } });
});

test('a workspace that cannot be listed, or is gone, fails as a whole', async () => {
  const gone = createCoreFixture({
    limit: (files) => ({ ...files, list: async () => ({ ok: true, value: undefined }) }),
  });
  await gone.save('AGENTS.md', 'a');
  const { core } = gone;
  const failure = await planScan(core.files, core.settings.tracked(), core.known, true, freely);
  expect(failure).toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('Nothing was recorded as deleted'),
  });
  gone.disk.setMode('', 0o000);
  const locked = createCoreFixture();
  locked.disk.setMode('', 0o000);
  expect(await planScan(locked.core.files, core.settings.tracked(), core.known, true, freely)).toMatchObject({
    code: 'no-permission',
  });
});

test('more files than the limit: the first ones, and a problem that counts them', async () => {
  const names = Array.from({ length: limits.trackedFiles + 2 }, (_, index) => ({
    name: `passation_${index}.md`,
    kind: 'file' as const,
  }));
  const { core } = createCoreFixture({
    limit: (files) => ({
      ...files,
      list: async (folder) => ({
        ok: true,
        value: folder === '' ? [{ name: 'docs', kind: 'folder' }] : names,
      }),
    }),
  });
  const wide = await planScan(core.files, core.settings.tracked(), core.known, true, freely);
  expect(wide).toMatchObject({
    problems: [
      { code: 'watch-limited', message: expect.stringContaining(`${limits.trackedFiles + 2} files`) },
    ],
    found: limits.trackedFiles + 2,
  });
  expect('paths' in wide && wide.paths.length).toBe(limits.trackedFiles);
});
