/** A pull beside `git pull` on a copy: where git can do it, both end with the same repository, to the last byte. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { commitAll, copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { cloneOf, type Lab, makeLab, openPull, put, request, theyPush } from '../../support/pull-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

const lines = (text: string) => `${text.replaceAll(' ', '\n')}\n`;
const base = { 'code.ts': lines('1 2 3 4 5 6 7'), 'other.ts': 'x\n', 'old.ts': lines('a b c d e f g') };

const pullByGit = (folder: string) =>
  git(
    folder,
    'pull',
    '--quiet',
    '--no-rebase',
    '--no-edit',
    'origin',
    git(folder, 'branch', '--show-current'),
  );

/** Both do it. */
async function pullLikeGit(folder: string) {
  const copy = copyOf(folder);
  const { deps } = await openPull(folder);
  const outcome = await pull(deps, request);
  pullByGit(copy);
  expect(outcome).toMatchObject({ success: true });
  expect(portrait(folder)).toEqual(portrait(copy));
  expect(faultsOf(folder)).toBe('');
}

/** With what is committed here the histories part. */
const commitMine = ({ ours }: Pick<Lab, 'ours'>) => {
  put(ours, { 'mine.ts': 'mine\n' });
  commitAll(ours, 'Mine');
};

describe.each<[string, (lab: Pick<Lab, 'ours'>) => void]>([
  ['a fast-forward', () => undefined],
  ['a merge', commitMine],
])('%s', (_name, part) => {
  test('leaves alone what is changed and new elsewhere', async () => {
    const lab = makeLab(base);
    part(lab);
    theyPush(lab, { 'code.ts': 'theirs\n', 'new.ts': 'n\n' });
    write(lab.ours, 'other.ts', 'changed\n');
    write(lab.ours, 'untracked.ts', 'untracked\n');
    await pullLikeGit(lab.ours);
  });

  test('leaves alone what is staged, which git refuses in a merge', async () => {
    const lab = makeLab(base);
    part(lab);
    const theirs = theyPush(lab, { 'code.ts': 'theirs\n', 'new.ts': 'n\n' });
    write(lab.ours, 'staged.ts', 'staged\n');
    write(lab.ours, 'other.ts', 'staged, too\n');
    git(lab.ours, 'add', '.');
    write(lab.ours, 'other.ts', 'changed again\n');
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true });
    expect(git(lab.ours, 'status', '--porcelain').split('\n')).toEqual(['MM other.ts', 'A  staged.ts']);
    expect(git(lab.ours, 'diff', '--name-only', theirs, 'HEAD')).not.toContain('staged.ts');
    expect(git(lab.ours, 'show', ':other.ts')).toBe('staged, too');
    expect(faultsOf(lab.ours)).toBe('');
  });

  test('writes line endings as the repository and the user want them', async () => {
    const lab = makeLab({ ...base, '.gitattributes': '*.bat text eol=crlf\n*.sh text eol=lf\n' });
    const ours = cloneOf(lab.bare, '-c', 'core.autocrlf=true');
    part({ ours });
    theyPush(lab, { 'run.bat': 'a\nb\n', 'run.sh': 'a\nb\n', 'plain.txt': 'a\nb\n', 'code.ts': 'theirs\n' });
    await pullLikeGit(ours);
  });

  test('works in a linked worktree, and touches no other', async () => {
    const lab = makeLab(base);
    const linked = join(temporaryFolder(), 'linked');
    git(lab.ours, 'worktree', 'add', '--quiet', '-b', 'side', linked);
    part({ ours: linked });
    git(lab.theirs, 'checkout', '--quiet', '-b', 'side');
    put(lab.theirs, { 'code.ts': 'theirs\n' });
    const commit = commitAll(lab.theirs, 'Side');
    git(lab.theirs, 'push', '--quiet', 'origin', 'side');
    const before = portrait(lab.ours)['files'];
    const { deps } = await openPull(linked);
    expect(await pull(deps, request)).toMatchObject({ success: true });
    expect(git(linked, 'merge-base', '--is-ancestor', commit, 'HEAD')).toBe('');
    expect(git(linked, 'status', '--porcelain')).toBe('');
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
    expect(portrait(lab.ours)['files']).toEqual(before);
    expect(faultsOf(linked)).toBe('');
  });

  test('works from a folder inside, on paths outside of it, too', async () => {
    const lab = makeLab({ ...base, 'in/a.ts': 'a\n' });
    part(lab);
    theyPush(lab, { 'in/a.ts': 'theirs\n', 'code.ts': 'theirs\n' });
    const copy = copyOf(lab.ours);
    const { deps } = await openPull(join(lab.ours, 'in'));
    expect(await pull(deps, request)).toMatchObject({ success: true });
    pullByGit(copy);
    expect(portrait(lab.ours)).toEqual(portrait(copy));
  });

  test('leaves out what a sparse checkout leaves out', async () => {
    const lab = makeLab({ ...base, 'in/a.ts': 'a\n', 'out/b.ts': 'b\n' });
    git(lab.ours, 'sparse-checkout', 'set', 'in');
    part(lab);
    theyPush(lab, { 'in/a.ts': 'theirs\n', 'out/b.ts': 'theirs\n' });
    await pullLikeGit(lab.ours);
  });
});

describe('a pull', () => {
  test('of nothing new says so', async () => {
    const lab = makeLab(base);
    const before = portrait(lab.ours);
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, message: 'Already up to date' });
    expect(portrait(lab.ours)).toEqual(before);
    commitMine(lab);
    expect(await pull(deps, request)).toMatchObject({ success: true, kind: 'up-to-date', commits: 0 });
  });

  test('says how many commits came, and which files', async () => {
    const lab = makeLab(base);
    theyPush(lab, { 'code.ts': 'one\n' });
    const to = theyPush(lab, { 'code.ts': 'two\n' });
    const { deps, logged } = await openPull(lab.ours);
    const outcome = await pull(deps, request);
    expect(outcome).toMatchObject({ message: 'Pulled 2 commits from origin/main', commits: 2, to });
    expect(outcome.success && outcome.files.map(({ path }) => path)).toEqual(['code.ts']);
    expect(logged.filter((line) => line.startsWith('Fetches origin'))).toHaveLength(1);
  });

  test('into a branch that has no commit yet takes theirs', async () => {
    const lab = makeLab(base);
    const folder = join(temporaryFolder(), 'empty');
    git(lab.bare, 'init', '--quiet', '--initial-branch=main', folder);
    git(folder, 'remote', 'add', 'origin', lab.bare);
    write(folder, 'mine.ts', 'mine\n');
    const { deps } = await openPull(folder);
    expect(await pull(deps, request)).toMatchObject({ success: true, kind: 'fast-forward' });
    expect(git(folder, 'status', '--porcelain')).toBe('?? mine.ts');
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(git(lab.bare, 'rev-parse', 'main'));
  });
});
