/** Hooks that hang, leave things behind, or call git and Skein themselves while a commit waits for them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createGitHooks } from '../../../electron/adapters/git-hooks.ts';
import { runHook } from '../../../electron/adapters/hook-process.ts';
import { findPlace } from '../../../electron/adapters/repository-facts.ts';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { pull } from '../../../electron/engine/git/pull.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import { git, makeRepository, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { isAlive } from '../../support/is-alive.ts';
import { openCommits } from '../../support/open-repository.ts';
import { makeLab, openPull, request, textOf, theyPush } from '../../support/pull-lab.ts';

useGitLab();

const hook = (folder: string, name: string, lines: string): void =>
  write(folder, `.git/hooks/${name}`, `#!/bin/sh\n${lines}\n`, 0o755);

function withHook(name: string, lines: string): string {
  const folder = makeRepository({ 'a.md': 'A.\n', 'b.md': 'B.\n' });
  hook(folder, name, lines);
  write(folder, 'a.md', 'A, too.\n');
  return folder;
}

async function commit(folder: string, signal?: AbortSignal) {
  const { deps, warned } = await openCommits(folder);
  const committed = await commitPaths(deps, { paths: ['a.md'], message: 'Notes\n', signal }, alwaysHeld);
  return { committed, warned, deps };
}

/** Files of git's folder that only are there while something is going on. */
const leftovers = (folder: string): string[] =>
  readdirSync(join(folder, '.git')).filter((name) => /lock|skein/.test(name));

/** Milliseconds; far more than it takes, because the machine may be busy. */
const patience = { timeout: 15_000 };

describe('a hook that hangs', () => {
  test('ends with all that it started when the commit is cancelled, and nothing was changed', async () => {
    const folder = withHook('pre-commit', 'trap "" TERM; sleep 1000 & echo $! > .git/pid; wait; wait');
    const before = portrait(folder);
    const stop = new AbortController();
    const running = commit(folder, stop.signal);
    const pid = join(folder, '.git/pid');
    await vi.waitFor(() => expect(readFileSync(pid, 'utf8')).toMatch(/\d+\n/), patience);
    expect(existsSync(join(folder, '.git/index.lock'))).toBe(true);
    stop.abort();
    expect((await running).committed).toMatchObject({ ok: false, error: { code: 'stopping' } });
    await vi.waitFor(() => expect(isAlive(Number(readFileSync(pid, 'utf8')))).toBe(false), patience);
    expect(leftovers(folder)).toEqual([]);
    expect(portrait(folder)).toEqual(before);
  });

  test('is ended after its time, and the sentence says so', async () => {
    const folder = withHook('pre-commit', 'sleep 1000');
    const words = ['hook', 'run', 'pre-commit'];
    const ended = await runHook(folder, { name: 'pre-commit', words, env: {}, atMostMs: 50 });
    expect(ended).toMatchObject({ ok: false, error: { code: 'hook-refused' } });
    expect(ended.ok ? '' : ended.error.message).toMatch(/did not end within 0 seconds and was ended/);
  });

  test('in the background holds nobody up', async () => {
    const folder = withHook('post-commit', 'sleep 1000 & echo $! > .git/pid');
    const { committed } = await commit(folder);
    const pid = Number(readFileSync(join(folder, '.git/pid'), 'utf8'));
    try {
      expect(must(committed).commit).toBe(git(folder, 'rev-parse', 'HEAD'));
      expect(isAlive(pid)).toBe(true);
    } finally {
      process.kill(pid);
    }
  });
});

describe('what a hook says', () => {
  test('is quoted from its end, without secrets', async () => {
    const lines =
      'seq 1 5000; echo "pull https://ada:hunter2@example.org/x failed"; echo "Tidy up." >&2; exit 3';
    const { committed } = await commit(withHook('pre-commit', lines));
    const message = committed.ok ? '' : committed.error.message;
    expect(message).toMatch(/refused it: 4998; 4999; 5000; pull https:\/\/example.org\/x failed; Tidy up\.$/);
  });

  test('comes too late after the commit: it is only told', async () => {
    const { committed, warned } = await commit(withHook('post-commit', 'echo Not there. >&2; exit 1'));
    expect(must(committed).paths).toEqual(['a.md']);
    expect(warned).toEqual(['The hook post-commit of this repository failed: Not there.']);
  });

  test('of a message without words refuses the commit', async () => {
    const folder = withHook('commit-msg', ': > "$1"');
    const { committed } = await commit(folder);
    expect(committed).toMatchObject({ ok: false, error: { code: 'hook-refused' } });
    expect(git(folder, 'log', '--format=%s')).toBe('First');
  });
});

describe('a hook that calls', () => {
  test('git sees and changes what would be committed, and nothing else', async () => {
    const folder = withHook(
      'pre-commit',
      'echo "B, too." > b.md; git add b.md; git stash list; git log -1 > .git/seen',
    );
    write(folder, 'c.md', 'C.\n');
    git(folder, 'add', 'c.md');
    const { committed } = await commit(folder);
    expect(must(committed).paths).toEqual(['a.md', 'b.md']);
    expect(git(folder, 'show', '--format=', '--name-only')).toBe('a.md\nb.md');
    expect(git(folder, 'status', '--porcelain')).toBe('A  c.md');
    expect(leftovers(folder)).toEqual([]);
  });

  test('git to take a path that somebody has staged otherwise leaves it staged', async () => {
    const folder = withHook('pre-commit', 'echo "B, of the hook." > b.md; git add b.md');
    write(folder, 'b.md', 'B, staged.\n');
    git(folder, 'add', 'b.md');
    must((await commit(folder)).committed);
    expect(git(folder, 'show', 'HEAD:b.md')).toBe('B, of the hook.');
    expect(git(folder, 'show', ':b.md')).toBe('B, staged.');
  });

  test('git to undo the change leaves nothing to commit', async () => {
    const folder = withHook('pre-commit', 'git reset --quiet -- a.md');
    const { committed } = await commit(folder);
    expect(must(committed)).toMatchObject({ commit: undefined, paths: [] });
    expect(git(folder, 'log', '--format=%s')).toBe('First');
    expect(git(folder, 'status', '--porcelain')).toBe(' M a.md');
  });

  test('git commit meets the lock of the index, as under git', async () => {
    const folder = withHook(
      'pre-commit',
      'unset GIT_INDEX_FILE; ! git commit --no-verify --all --message Mine',
    );
    must((await commit(folder)).committed);
    expect(git(folder, 'log', '--format=%s')).toBe('Notes\nFirst');
  });

  test('Skein passes the lock of the repository on, and leaves what the commit holds alone', async () => {
    const folder = withHook('pre-commit', 'env > .git/seen');
    process.env['SKEIN_LOCK_HOLDS'] = 'above';
    const { committed, deps } = await commit(folder).finally(() => delete process.env['SKEIN_LOCK_HOLDS']);
    must(committed);
    const seen = readFileSync(join(folder, '.git/seen'), 'utf8');
    expect(seen).toMatch(/^SKEIN_LOCK_HOLDS=above,test$/m);
    const kept = /^SKEIN_HOOK_KEEPS=(.*)$/m.exec(seen)?.[1] ?? '';
    expect(kept.split(',')).toHaveLength(2);
    const [mine, other] = [`${kept.split(',')[0]}`, 'skein-index-left'];
    for (const name of [mine, other]) write(folder, `.git/${name}`, '');
    process.env['SKEIN_HOOK_KEEPS'] = kept;
    must(await deps.store.settle().finally(() => delete process.env['SKEIN_HOOK_KEEPS']));
    expect(leftovers(folder)).toEqual([mine]);
    must(await deps.store.settle());
    expect(leftovers(folder)).toEqual([]);
  });
});

test('a git that knows no `git hook run` runs them all the same, in a linked worktree too', async () => {
  const folder = withHook('commit-msg', 'pwd > .git-seen; echo "$# $GIT_DIR" >> .git-seen');
  git(folder, 'worktree', 'add', '--quiet', '-b', 'side', `${folder}-side`);
  const place = must(await findPlace(`${folder}-side`));
  const hooks = createGitHooks(place, undefined, async () => 'git version 2.34.1');
  const tree = git(folder, 'rev-parse', 'HEAD^{tree}');
  const draft = must(await hooks.layOut({ tree, message: 'Notes\n', source: 'message' }));
  must(await draft.run('commit-msg', { hold: alwaysHeld }));
  await draft.close();
  expect(textOf(`${folder}-side`, '.git-seen')).toBe(`${folder}-side\n1 ${place.gitFolder}\n`);
});

describe('a pull', () => {
  const files = { 'a.md': 'A.\n', 'code.js': 'let a = 1;\n' };

  test.each(['fast-forward', 'merge'])('runs post-merge after a %s', async (kind) => {
    const lab = makeLab(files);
    theyPush(lab, { 'new.md': 'New.\n' });
    if (kind === 'merge') await commitOurs(lab.ours);
    hook(lab.ours, 'post-merge', 'echo "$1 $(git log -1 --format=%s)" > .git/seen; cat new.md >> .git/seen');
    expect(await pullIn(lab.ours)).toMatchObject({ success: true, kind });
    expect(textOf(lab.ours, '.git/seen')).toMatch(/^0 (Theirs|Merge branch .*)\nNew\.\n$/);
  });

  test('lets hooks word a merge, and refuse it', async () => {
    const lab = makeLab(files);
    theyPush(lab, { 'new.md': 'New.\n' });
    await commitOurs(lab.ours);
    hook(
      lab.ours,
      'pre-merge-commit',
      'git diff --cached --name-only HEAD > .git/seen; exit $(cat .git/code)',
    );
    hook(lab.ours, 'prepare-commit-msg', 'echo "$2" >> .git/seen; echo "Ticket: 7" >> "$1"');
    write(lab.ours, '.git/code', '1');
    const before = portrait(lab.ours);
    expect(await pullIn(lab.ours)).toMatchObject({ success: false, problem: { code: 'hook-refused' } });
    expect(portrait(lab.ours)).toMatchObject({ index: before['index'], files: before['files'] });
    expect(leftovers(lab.ours)).toEqual([]);
    write(lab.ours, '.git/code', '0');
    expect(await pullIn(lab.ours)).toMatchObject({ success: true, kind: 'merge' });
    expect(textOf(lab.ours, '.git/seen')).toBe('new.md\nmerge\n');
    expect(git(lab.ours, 'log', '-1', '--format=%B')).toMatch(/^Merge branch 'main' of .*\nTicket: 7$/m);
  });

  test('takes no merge that a hook put something else into', async () => {
    const lab = makeLab(files);
    theyPush(lab, { 'new.md': 'New.\n' });
    await commitOurs(lab.ours);
    hook(lab.ours, 'pre-merge-commit', 'echo Made. > made.md; git add made.md');
    const head = git(lab.ours, 'rev-parse', 'HEAD');
    expect(await pullIn(lab.ours)).toMatchObject({ success: false, problem: { code: 'hook-refused' } });
    expect(git(lab.ours, 'rev-parse', 'HEAD')).toBe(head);
  });

  async function commitOurs(folder: string): Promise<void> {
    write(folder, 'ours.md', 'Ours.\n');
    git(folder, 'add', 'ours.md');
    git(folder, 'commit', '--quiet', '--message', 'Ours');
  }

  async function pullIn(folder: string) {
    const { deps } = await openPull(folder);
    return pull(deps, request);
  }
});
