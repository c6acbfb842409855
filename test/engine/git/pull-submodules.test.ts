/** Where a submodule begins or ends, a pull leaves its folder as git does, and loses nothing that lies in it. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { ok } from '../../../shared/result.ts';
import { faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import {
  beginSubmodule,
  type Lab,
  makeLab,
  openPull,
  put,
  request,
  textOf,
  theyPush,
} from '../../support/pull-lab.ts';

useGitLab();

const base = { 'code.ts': '1\n', 'in/a.ts': 'a\n' };

const statusOf = (folder: string): string => git(folder, 'status', '--porcelain');

async function pullInto(folder: string) {
  const { deps } = await openPull(folder);
  return pull(deps, request);
}

/** The branch cannot be moved, so that everything is undone. */
async function pullInVain(folder: string): Promise<void> {
  const error = { code: 'git-failed' as const, subject: '', message: '', advice: '' };
  const moveBranch = async () => ({ ok: false as const, error });
  const { deps } = await openPull(folder, (parts) => ({ ...parts, moveBranch }));
  expect(await pull(deps, request)).toMatchObject({ success: false });
}

/** Our clone has one already. */
function withSubmodule(path = 'sub'): Lab {
  const lab = makeLab(base);
  beginSubmodule(lab, path);
  git(lab.ours, 'pull', '--quiet');
  return lab;
}

describe('a submodule that begins', () => {
  test('has its empty folder, so that the next commit keeps it', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'deep/sub');
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(readdirSync(join(lab.ours, 'deep/sub'))).toEqual([]);
    expect(statusOf(lab.ours)).toBe('');
    expect(faultsOf(lab.ours)).toBe('');
  });

  test('leaves what lies in a folder of its name', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'sub');
    write(lab.ours, 'sub/mine.txt', 'Mine.\n');
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(textOf(lab.ours, 'sub/mine.txt')).toBe('Mine.\n');
  });

  test.each<[string, (folder: string) => void]>([
    ['a file', (folder) => write(folder, 'sub', 'Mine.\n')],
    ['a link', (folder) => symlinkSync('in', join(folder, 'sub'))],
  ])('is refused where %s of somebody lies', async (_, put) => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'sub');
    put(lab.ours);
    const before = portrait(lab.ours);
    expect(await pullInto(lab.ours)).toMatchObject({ kind: 'uncommitted-changes', paths: ['sub'] });
    expect(portrait(lab.ours)['files']).toEqual(before['files']);
  });

  test('is refused in the place of a file that somebody changed', async () => {
    const lab = makeLab(base);
    put(lab.theirs, { 'code.ts': null });
    beginSubmodule(lab, 'code.ts');
    write(lab.ours, 'code.ts', 'mine\n');
    expect(await pullInto(lab.ours)).toMatchObject({ kind: 'uncommitted-changes', paths: ['code.ts'] });
    expect(textOf(lab.ours, 'code.ts')).toBe('mine\n');
  });

  test('has no folder where the sparse checkout leaves it out', async () => {
    const lab = makeLab(base);
    git(lab.ours, 'sparse-checkout', 'set', '--no-cone', '/*', '!/far/');
    beginSubmodule(lab, 'far/sub');
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(existsSync(join(lab.ours, 'far'))).toBe(false);
    expect(statusOf(lab.ours)).toBe('');
  });

  test('is gone again when the branch could not be moved', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'deep/sub');
    await pullInVain(lab.ours);
    expect(existsSync(join(lab.ours, 'deep'))).toBe(false);
    expect(statusOf(lab.ours)).toBe('');
  });

  test('leaves the empty folder that was there before, then', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'deep/sub');
    mkdirSync(join(lab.ours, 'deep/sub'), { recursive: true });
    await pullInVain(lab.ours);
    expect(readdirSync(join(lab.ours, 'deep/sub'))).toEqual([]);
  });

  test('is refused behind a link', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'in/sub');
    renameSync(join(lab.ours, 'in'), join(lab.ours, 'moved'));
    symlinkSync('moved', join(lab.ours, 'in'));
    mkdirSync(join(lab.ours, 'moved/sub'));
    const before = statusOf(lab.ours);
    expect(await pullInto(lab.ours)).toMatchObject({ success: false });
    expect(statusOf(lab.ours)).toBe(before);
  });

  test('has its folder after a crash before the branch moved', async () => {
    const lab = makeLab(base);
    beginSubmodule(lab, 'sub');
    const died = new Error('died');
    const crashed = await openPull(lab.ours, (parts) => ({
      ...parts,
      writeNote: async (step) => {
        await parts.writeNote(step);
        throw died;
      },
    }));
    await expect(pull(crashed.deps, request)).rejects.toBe(died);
    const { deps } = await openPull(lab.ours);
    expect(await deps.store.settle()).toEqual(ok('finished'));
    expect(readdirSync(join(lab.ours, 'sub'))).toEqual([]);
    expect(statusOf(lab.ours)).toBe('');
  });
});

describe('a submodule that ends', () => {
  function theyEnd(lab: Lab, files: Record<string, string> = {}): void {
    put(lab.theirs, { sub: null });
    theyPush(lab, files);
  }

  test('takes its empty folder along', async () => {
    const lab = withSubmodule();
    theyEnd(lab);
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(existsSync(join(lab.ours, 'sub'))).toBe(false);
  });

  test.each([{}, { sub: 'file\n' }])(
    'does so when git noted long ago how the folder is: %j',
    async (files) => {
      const lab = withSubmodule();
      const later = Date.now() / 1000 + 60;
      utimesSync(join(lab.ours, '.git/index'), later, later);
      theyEnd(lab, files);
      expect(await pullInto(lab.ours)).toMatchObject({ success: true });
      expect(statusOf(lab.ours)).toBe('');
    },
  );

  test('is as gone as it was when the branch could not be moved', async () => {
    const lab = withSubmodule();
    rmdirSync(join(lab.ours, 'sub'));
    theyEnd(lab);
    await pullInVain(lab.ours);
    expect(statusOf(lab.ours)).toBe(' D sub');
  });

  test('leaves what lies in its folder', async () => {
    const lab = withSubmodule();
    write(lab.ours, 'sub/mine.txt', 'Mine.\n');
    theyEnd(lab);
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(statusOf(lab.ours)).toBe('?? sub/');
  });

  test('makes room for a file, also when its folder is gone already', async () => {
    const lab = withSubmodule();
    rmdirSync(join(lab.ours, 'sub'));
    theyEnd(lab, { sub: 'file\n' });
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(textOf(lab.ours, 'sub')).toBe('file\n');
    expect(statusOf(lab.ours)).toBe('');
  });

  test('does not for a file while something lies in it, which git would delete', async () => {
    const lab = withSubmodule();
    git(join(lab.ours, 'sub'), 'init', '--quiet');
    write(lab.ours, 'sub/mine.txt', 'Mine.\n');
    theyEnd(lab, { sub: 'file\n' });
    expect(await pullInto(lab.ours)).toMatchObject({ kind: 'uncommitted-changes', paths: ['sub'] });
    expect(textOf(lab.ours, 'sub/mine.txt')).toBe('Mine.\n');
  });

  test('keeps its folder where others put files into it', async () => {
    const lab = withSubmodule();
    mkdirSync(join(lab.ours, 'sub'), { recursive: true });
    write(lab.ours, 'sub/mine.txt', 'Mine.\n');
    theyEnd(lab, { 'sub/theirs.txt': 'Theirs.\n' });
    expect(await pullInto(lab.ours)).toMatchObject({ success: true });
    expect(readdirSync(join(lab.ours, 'sub')).toSorted()).toEqual(['mine.txt', 'theirs.txt']);
  });
});
