/** What stands in the way of a pull: it fails with the documented text, and the repository is as it was. */
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { previewPull } from '../../../electron/engine/git/preview-pull.ts';
import { pull } from '../../../electron/engine/git/pull.ts';
import { must } from '../../support/device.ts';
import { commitAll, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import {
  cloneOf,
  type Lab,
  makeLab,
  openPull,
  put,
  request,
  textOf,
  theyPush,
} from '../../support/pull-lab.ts';

useGitLab();

const base = { 'code.ts': '1\n2\n3\n', 'other.ts': 'x\n' };

/** Pulls, and finds the repository as it was; returns the outcome. */
async function refused(folder: string) {
  const { deps } = await openPull(folder);
  const [before, index] = [portrait(folder), readFileSync(join(folder, '.git/index'))];
  const outcome = await pull(deps, request);
  expect(outcome.success).toBe(false);
  const after = portrait(folder);
  // All that is new is what is known of the remote.
  expect({ ...after, status: plain(after), head: '' }).toEqual({
    ...before,
    status: plain(before),
    head: '',
  });
  expect(readFileSync(join(folder, '.git/index')).equals(index)).toBe(true);
  expect(faultsOf(folder)).toBe('');
  return outcome;
}

/** Without how many commits the remote is ahead, which a fetch finds out. */
const plain = ({ status }: Record<string, unknown>) => String(status).replace(/^# branch\.ab .*$/m, '');

const uncommitted = { kind: 'uncommitted-changes', message: 'Repository has uncommitted changes' };
/** The histories part: git would refuse more than in a fast-forward. */
function part({ ours }: Lab): void {
  put(ours, { 'mine.ts': 'm\n' });
  commitAll(ours, 'Mine');
}

function stage(folder: string, path: string, text: string): void {
  write(folder, path, text);
  git(folder, 'add', path);
}

describe('a file that others changed, too', () => {
  test.each<[string, (folder: string) => void, string]>([
    ['changed', (folder) => write(folder, 'code.ts', 'dirty\n'), 'code.ts'],
    ['staged', (folder) => stage(folder, 'code.ts', 'dirty\n'), 'code.ts'],
    [
      'staged, though the file is as before',
      (folder) => {
        stage(folder, 'code.ts', 'dirty\n');
        write(folder, 'code.ts', base['code.ts']);
      },
      'code.ts',
    ],
    ['removed', (folder) => rmSync(join(folder, 'code.ts')), 'code.ts'],
    ['taken out of the index', (folder) => git(folder, 'rm', '--quiet', '--cached', 'code.ts'), 'code.ts'],
    ['made executable', (folder) => chmodSync(join(folder, 'code.ts'), 0o755), 'code.ts'],
    ['new, and not in git', (folder) => write(folder, 'new.ts', 'mine\n'), 'new.ts'],
    [
      'announced, but not staged',
      (folder) => {
        write(folder, 'new.ts', '');
        git(folder, 'add', '-N', '.');
      },
      'new.ts',
    ],
    ['a folder where a file comes', (folder) => write(folder, 'new.ts/in.ts', 'mine\n'), 'new.ts'],
    ['a file where a folder comes', (folder) => write(folder, 'deep', 'mine\n'), 'deep'],
    [
      'a file where a folder comes, though only staged',
      (folder) => {
        stage(folder, 'deep', 'mine\n');
        rmSync(join(folder, 'deep'));
      },
      'deep',
    ],
    [
      'a folder now',
      (folder) => {
        rmSync(join(folder, 'code.ts'));
        write(folder, 'code.ts/in.ts', 'mine\n');
      },
      'code.ts',
    ],
  ])('stops the pull when it is %s', async (_what, make, path) => {
    const lab = makeLab(base);
    part(lab);
    theyPush(lab, { 'code.ts': 'theirs\n', 'new.ts': 'theirs\n', 'deep/er/in.ts': 'theirs\n' });
    make(lab.ours);
    const outcome = await refused(lab.ours);
    expect(outcome).toMatchObject({ ...uncommitted, paths: [path] });
    expect(!outcome.success && outcome.problem.advice).toContain(path);
  });

  test('stops the pull when they removed it', async () => {
    const lab = makeLab(base);
    part(lab);
    theyPush(lab, { 'code.ts': null });
    write(lab.ours, 'code.ts', 'dirty\n');
    expect(await refused(lab.ours)).toMatchObject(uncommitted);
  });

  test('does not stop it when it holds what comes already, staged or not', async () => {
    const lab = makeLab(base);
    part(lab);
    theyPush(lab, { 'code.ts': 'theirs\n', 'new.ts': 'theirs\n', 'other.ts': null });
    write(lab.ours, 'code.ts', 'theirs\n');
    git(lab.ours, 'add', 'code.ts');
    write(lab.ours, 'new.ts', 'theirs\n');
    rmSync(join(lab.ours, 'other.ts'));
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true });
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
    expect(faultsOf(lab.ours)).toBe('');
  });
});

describe('a conflict in what Skein does not track', () => {
  test.each<[string, Parameters<typeof put>[1], Parameters<typeof put>[1], string]>([
    ['both changed', { 'code.ts': 'ours\n' }, { 'code.ts': 'theirs\n' }, 'code.ts'],
    ['both added', { 'new.ts': 'ours\n' }, { 'new.ts': 'theirs\n' }, 'new.ts'],
    ['we changed, they removed', { 'code.ts': 'ours\n' }, { 'code.ts': null }, 'code.ts'],
    ['we removed, they changed', { 'code.ts': null }, { 'code.ts': 'theirs\n' }, 'code.ts'],
  ])('%s: nothing is touched', async (_what, mine, theirs, path) => {
    const lab = makeLab(base);
    put(lab.ours, mine);
    commitAll(lab.ours, 'Mine');
    theyPush(lab, { ...theirs, 'other.ts': 'theirs, too\n' });
    write(lab.ours, 'untracked.ts', 'u\n');
    const outcome = await refused(lab.ours);
    expect(outcome).toMatchObject({
      kind: 'merge-conflict',
      message: 'Merge conflict during pull',
      paths: [path],
    });
  });
});

describe('a pull says why it cannot begin', () => {
  const problemOf = async (folder: string, more = {}) => {
    const { deps } = await openPull(folder);
    const outcome = await pull(deps, { ...request, ...more });
    if (outcome.success) throw new Error('It did.');
    return outcome.problem;
  };

  test('in a repository without this remote', async () => {
    const lab = makeLab(base);
    git(lab.ours, 'remote', 'remove', 'origin');
    expect((await problemOf(lab.ours)).message).toBe("Remote 'origin' not found");
  });

  test('on no branch, in a bare repository, and in the middle of something', async () => {
    const lab = makeLab(base);
    git(lab.ours, 'checkout', '--quiet', '--detach');
    expect(await problemOf(lab.ours)).toMatchObject({ code: 'repository-state' });
    git(lab.ours, 'checkout', '--quiet', 'main');
    put(lab.ours, { 'code.ts': 'ours\n' });
    commitAll(lab.ours, 'Mine');
    theyPush(lab, { 'code.ts': 'theirs\n' });
    expect(() => git(lab.ours, 'pull', '--quiet', '--no-rebase', 'origin', 'main')).toThrow();
    const merging = await problemOf(lab.ours);
    expect(merging.code).toBe('repository-state');
    expect(merging.message).toContain('in the middle of a merge');
  });

  test('with a remote that has another history', async () => {
    const lab = makeLab(base);
    const stranger = makeLab({ 'strange.ts': 's\n' });
    git(stranger.theirs, 'commit', '--quiet', '--amend', '--message', 'Another first');
    git(stranger.theirs, 'push', '--quiet', '--force', 'origin', 'main');
    git(lab.ours, 'remote', 'set-url', 'origin', stranger.bare);
    const problem = await problemOf(lab.ours);
    expect(problem.code).toBe('repository-state');
    expect(problem.message).toContain('have no commit in common');
  });

  test('in a shallow clone that does not reach back far enough', async () => {
    const lab = makeLab(base);
    const first = git(lab.theirs, 'rev-parse', 'HEAD');
    theyPush(lab, { 'code.ts': 'two\n' });
    const ours = cloneOf(`file://${lab.bare}`, '--depth=1');
    put(ours, { 'mine.ts': 'm\n' });
    commitAll(ours, 'Mine');
    git(lab.theirs, 'reset', '--quiet', '--hard', first);
    put(lab.theirs, { 'anew.ts': 'a\n' });
    commitAll(lab.theirs, 'Anew');
    git(lab.theirs, 'push', '--quiet', '--force', 'origin', 'main');
    const problem = await problemOf(ours);
    expect(problem).toMatchObject({ code: 'repository-state' });
    expect(problem.advice).toContain('git fetch --unshallow');
  });

  test('when the lock is held by somebody else', async () => {
    const lab = makeLab(base);
    const { deps, clock } = await openPull(lab.ours);
    const held = must(await deps.lock.acquire({ operation: 'note', agent: 'claude-code' }));
    const waiting = pull(deps, { ...request, waitMs: 0 });
    await clock.advance(1);
    const outcome = await waiting;
    held.release();
    expect(outcome).toMatchObject({ success: false, kind: 'failed', problem: { code: 'lock-busy' } });
  });
});

describe('a branch that the remote has not', () => {
  test('is a warning, and is pushed there when that is wanted', async () => {
    const lab = makeLab(base);
    git(lab.ours, 'checkout', '--quiet', '-b', 'feature');
    const { deps } = await openPull(lab.ours);
    const message = "Remote branch 'feature' doesn't exist on origin";
    expect(await pull(deps, request)).toMatchObject({
      success: true,
      kind: 'no-remote-branch',
      message,
      pushed: false,
    });
    expect(git(lab.bare, 'branch', '--list', 'feature')).toBe('');
    expect(await pull(deps, { ...request, pushMissing: true })).toMatchObject({
      success: true,
      message,
      pushed: true,
    });
    expect(git(lab.bare, 'rev-parse', 'feature')).toBe(git(lab.ours, 'rev-parse', 'HEAD'));
  });
});

describe('a preview', () => {
  test('says what would come and what stands in the way, and changes nothing', async () => {
    const lab = makeLab({ ...base, 'JOURNAL.md': '# Journal\n\n- one\n' });
    put(lab.ours, { 'mine.ts': 'm\n' });
    commitAll(lab.ours, 'Mine');
    theyPush(lab, { 'code.ts': 'theirs\n' }, 'Change the code');
    theyPush(lab, { 'JOURNAL.md': '# Journal\n\n- one\n- theirs\n' }, 'Add an entry');
    write(lab.ours, 'code.ts', 'dirty\n');
    write(lab.ours, 'JOURNAL.md', '# Journal\n\n- ours\n- one\n');
    const { deps } = await openPull(lab.ours);
    const before = portrait(lab.ours);
    const preview = must(await previewPull(deps, request));
    expect(preview).toMatchObject({
      kind: 'merge',
      remote: 'origin',
      branch: 'main',
      commitCount: 2,
      conflicts: [],
    });
    expect(preview.commits.map(({ subject }) => subject).toSorted()).toEqual([
      'Add an entry',
      'Change the code',
    ]);
    expect(preview.files.map(({ path }) => path)).toEqual(['JOURNAL.md', 'code.ts']);
    expect(preview.obstacles).toEqual([{ path: 'code.ts', why: 'changed' }]);
    expect(preview.mixed).toEqual(['JOURNAL.md']);
    const after = portrait(lab.ours);
    expect({ ...after, status: plain(after), head: '' }).toEqual({
      ...before,
      status: plain(before),
      head: '',
    });
    expect(textOf(lab.ours, 'JOURNAL.md')).not.toContain('theirs');
  });

  test('names the conflicts, and a branch that is not there', async () => {
    const lab = makeLab(base);
    put(lab.ours, { 'code.ts': 'ours\n' });
    commitAll(lab.ours, 'Mine');
    theyPush(lab, { 'code.ts': 'theirs\n' });
    const { deps } = await openPull(lab.ours);
    expect(must(await previewPull(deps, request)).conflicts).toEqual(['code.ts']);
    expect(must(await previewPull(deps, { ...request, branch: 'none' })).kind).toBe('no-remote-branch');
  });
});
