/** A push that others come before: their commits are taken in first, and nothing is ever forced. */
import { describe, expect, test } from 'vitest';
import { type PullDeps, pull } from '../../../electron/engine/git/pull.ts';
import { push } from '../../../electron/engine/git/push.ts';
import type { GitRemotes } from '../../../electron/engine/git/repository.ts';
import { limits } from '../../../shared/limits.ts';
import { commitAll, faultsOf, git, portrait, useGitLab } from '../../support/git-lab.ts';
import { type Lab, makeLab, openPull, put, request, theyPush } from '../../support/pull-lab.ts';

useGitLab();

function commitMine({ ours }: Lab): string {
  put(ours, { 'mine.ts': 'mine\n' });
  return commitAll(ours, 'Mine');
}

/** Somebody pushes right before each push of ours. */
function outrun(deps: PullDeps, before: () => void): PullDeps {
  const pushLate: GitRemotes['push'] = (...call) => {
    before();
    return deps.remotes.push(...call);
  };
  return { ...deps, remotes: { ...deps.remotes, push: pushLate } };
}

describe('a push', () => {
  test('sends what is committed', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    const commit = commitMine(lab);
    const { deps } = await openPull(lab.ours);
    expect(await push(deps, request)).toEqual({
      success: true,
      message: 'Pushed main to origin',
      branch: 'main',
      commit,
      pulls: [],
    });
    expect(git(lab.bare, 'rev-parse', 'main')).toBe(commit);
  });

  test('takes in what others pushed before, and goes out with it', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    const mine = commitMine(lab);
    const theirs = theyPush(lab, { 'code.ts': 'theirs\n' });
    const { deps } = await openPull(lab.ours);
    expect(await push(deps, request)).toMatchObject({ success: true, pulls: [{ kind: 'merge' }] });
    expect(git(lab.bare, 'log', '-1', '--format=%P', 'main').split(' ')).toEqual([mine, theirs]);
    expect(faultsOf(lab.bare)).toBe('');
  });

  test('gives up when it is outrun each time, with everything as far as it came', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    commitMine(lab);
    const { deps } = await openPull(lab.ours);
    let runs = 0;
    const late = outrun(deps, () => {
      runs += 1;
      theyPush(lab, { 'code.ts': `theirs ${runs}\n` });
    });
    const outcome = await push(late, request);
    expect(outcome).toMatchObject({ success: false, problem: { code: 'push-rejected' } });
    expect(outcome.message).toContain(`${limits.pushTries} times`);
    expect(runs).toBe(limits.pushTries);
    expect(git(lab.bare, 'rev-parse', 'main')).toBe(git(lab.theirs, 'rev-parse', 'main'));
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
  });

  test('stops at a conflict, and the branch of the others stays', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    put(lab.ours, { 'code.ts': 'ours\n' });
    commitAll(lab.ours, 'Mine');
    const theirs = theyPush(lab, { 'code.ts': 'theirs\n' });
    const before = portrait(lab.ours)['files'];
    const { deps } = await openPull(lab.ours);
    expect(await push(deps, request)).toMatchObject({
      success: false,
      message: 'Merge conflict during pull',
    });
    expect(git(lab.bare, 'rev-parse', 'main')).toBe(theirs);
    expect(portrait(lab.ours)['files']).toEqual(before);
  });

  test('says what is missing: a remote, or a commit', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    const { deps } = await openPull(lab.ours);
    const nowhere = await push(deps, { ...request, remote: 'upstream' });
    expect(nowhere).toMatchObject({ success: false, message: "Remote 'upstream' not found" });
    git(lab.ours, 'checkout', '--quiet', '--orphan', 'empty');
    expect(await push(deps, request)).toMatchObject({
      success: false,
      problem: { code: 'repository-state' },
    });
  });

  test('never begins when it was stopped before', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    commitMine(lab);
    const { deps } = await openPull(lab.ours);
    const outcome = await push(deps, { ...request, signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ success: false, problem: { code: 'stopping' } });
    expect(git(lab.bare, 'rev-parse', 'main')).not.toBe(git(lab.ours, 'rev-parse', 'HEAD'));
  });
});

describe('a branch that was begun from another', () => {
  /** A branch of ours with a commit, that follows the main one of the remote. */
  function begin({ ours }: Lab): string {
    git(ours, 'switch', '--quiet', '--create', 'work', '--track', 'origin/main');
    return commitMine({ ours } as Lab);
  }

  test('takes in what comes there, as git does, and is pushed under its own name', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    const mine = begin(lab);
    const theirs = theyPush(lab, { 'code.ts': 'theirs\n' });
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, kind: 'merge' });
    expect(git(lab.ours, 'log', '-1', '--format=%P').split(' ')).toEqual([mine, theirs]);
    expect(await push(deps, request)).toMatchObject({ success: true, branch: 'work' });
    expect(git(lab.bare, 'rev-parse', 'main')).toBe(theirs);
  });

  test('is neither pushed nor pulled into another one of ours because the settings name that', async () => {
    const lab = makeLab({ 'code.ts': 'x\n' });
    begin(lab);
    const [there, before] = [git(lab.bare, 'rev-parse', 'main'), portrait(lab.ours)];
    const { deps } = await openPull(lab.ours);
    const wanted = { ...request, branch: 'main', pushMissing: true };
    for (const outcome of [await push(deps, wanted), await pull(deps, wanted)])
      expect(outcome).toMatchObject({ success: false, problem: { code: 'repository-state' } });
    expect(git(lab.bare, 'rev-parse', 'main')).toBe(there);
    expect(portrait(lab.ours)).toEqual(before);
  });
});
