import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openGit } from '../../electron/adapters/git-command.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { GitRepository, TouchingCommit } from '../../electron/engine/ports.ts';
import { createFakeGit } from '../support/fake-git.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  commitIn,
  fakeGit,
  followed,
  type GitSubject,
  git,
  gitMissing,
  makeRepository,
  realGit,
} from './git-subjects.ts';

const blobOf = (text: string) => nodeCodec.gitBlobId(Buffer.from(text));
const start = Date.UTC(2026, 2, 1, 12);

/** Asks about one path. */
async function commitsOf(repository: GitRepository, path: string, atMost: number): Promise<TouchingCommit[]> {
  return (await repository.commitsOf([path], atMost)).get(path) ?? [];
}

describe.each<[string, () => GitSubject, string | undefined]>([
  ['the installed git', realGit, gitMissing],
  ['git in memory', fakeGit, undefined],
])('%s', (_name, open, missing) => {
  const run = test.skipIf(missing);

  run('knows nothing before the first commit', async () => {
    const { repository } = open();
    expect(await repository.head()).toBeUndefined();
    expect(await repository.rootCommit()).toBeUndefined();
    expect(await commitsOf(repository, 'a.md', 10)).toEqual([]);
    expect(await repository.blame('a.md', '0'.repeat(40))).toBeUndefined();
  });

  run('knows the head and the root', async () => {
    const { repository, commit } = open();
    const root = commit({ files: { 'a.md': 'one\n' }, message: 'root' });
    expect(await repository.head()).toBe(root);
    const head = commit({ files: { 'a.md': 'two\n' }, message: 'head' });
    expect(await repository.head()).toBe(head);
    expect(await repository.rootCommit()).toBe(root);
  });

  run('tells the commits of a path, newest first, with the blob that each left', async () => {
    const { repository, commit } = open();
    const made = commit({ files: { 'a.md': 'one\n' }, message: 'made', atMs: start });
    commit({ files: { 'b.md': 'other\n' }, message: 'not this file', atMs: start + 1_000 });
    const changed = commit({ files: { 'a.md': 'two\n' }, message: 'changed', atMs: start + 2_000 });
    const deleted = commit({ files: { 'a.md': null }, message: 'deleted', atMs: start + 3_000 });
    const commits = await commitsOf(repository, 'a.md', 10);
    expect(commits.map((it) => [it.commit.id, it.blob])).toEqual([
      [deleted, undefined],
      [changed, blobOf('two\n')],
      [made, blobOf('one\n')],
    ]);
    expect(commits.map((it) => it.commit.atMs)).toEqual([start + 3_000, start + 2_000, start]);
  });

  run('tells of many paths at once what it tells of each', async () => {
    const { repository, commit } = open();
    // Too long for one question.
    const folder = `${'long-'.repeat(45)}/`.repeat(2);
    const paths = Array.from({ length: 40 }, (_, index) => `${folder}${index}.md`);
    const [first = '', second = '', third = ''] = paths;
    const last = paths.at(-1) ?? '';
    commit({ files: Object.fromEntries(paths.slice(0, 38).map((path) => [path, 'one\n'])), message: 'all' });
    for (const text of ['two\n', 'three\n']) commit({ files: { [first]: text }, message: text });
    commit({ files: { [second]: null }, message: 'gone' });
    for (const atMost of [2, 100]) {
      const together = await repository.commitsOf([...paths, ''], atMost);
      expect(together.size).toBe(38);
      for (const path of [first, second, third, last])
        expect(together.get(path) ?? []).toEqual(await commitsOf(repository, path, atMost));
    }
  });

  run('tells no more commits than asked for', async () => {
    const { repository, commit } = open();
    for (const text of ['1', '2', '3']) commit({ files: { 'a.md': text }, message: text });
    expect((await commitsOf(repository, 'a.md', 2)).map((it) => it.commit.message)).toEqual(['3', '2']);
    expect(await commitsOf(repository, 'a.md', 0)).toEqual([]);
  });

  run('reads author, message and trailers, whatever is in them', async () => {
    const { repository, commit } = open();
    const message =
      'subject: über\n\nBody with : colon\n:100644 100644 not raw\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nSigned-off-by: Zoë';
    commit({ files: { 'a.md': 'x' }, message, authorName: 'Zoë 🦊', authorEmail: 'zoe@example.org' });
    const [only] = await commitsOf(repository, 'a.md', 5);
    expect(only?.commit).toMatchObject({ authorName: 'Zoë 🦊', authorEmail: 'zoe@example.org', message });
    expect(only?.commit.trailers).toEqual([
      { key: 'co-authored-by', value: 'Claude <noreply@anthropic.com>' },
      { key: 'signed-off-by', value: 'Zoë' },
    ]);
  });

  run('tells when it follows HEAD, and of each commit from then on', async () => {
    const { repository, commit } = open();
    const { next } = followed(repository);
    await next();
    for (const text of ['one', 'two', 'three']) {
      commit({ files: { 'a.md': text }, message: text });
      await next();
    }
  });

  run('tells nothing once closed, and closing twice is harmless', async () => {
    const { repository, commit } = open();
    const closed = followed(repository);
    const witness = followed(repository);
    await closed.next();
    await witness.next();
    closed.close();
    closed.close();
    commit({ files: { 'a.md': 'one' }, message: 'one' });
    await witness.next();
    closed.look();
    commit({ files: { 'a.md': 'two' }, message: 'two' });
    await witness.next();
    expect(closed.told()).toBe(1);
  });

  run('finds paths with spaces, letters of any alphabet, pattern characters and leading dashes', async () => {
    const { repository, commit } = open();
    const paths = ['docs/passation é.md', '--output=x', ':(top)a.md', 'what?[1]*.md', 'naïve/été/übung.md'];
    commit({ files: Object.fromEntries(paths.map((path) => [path, path])), message: 'all' });
    commit({ files: { 'what1.md': 'decoy', 'a.md': 'decoy' }, message: 'decoys' });
    for (const path of paths) {
      expect(await commitsOf(repository, path, 5)).toMatchObject([{ blob: blobOf(path) }]);
      expect(await repository.blame(path, (await repository.head()) ?? '')).toHaveLength(1);
    }
  });

  run('a folder is not a file, and a path that was one once tells only of the file', async () => {
    const { repository, commit } = open();
    commit({ files: { notes: 'a file' }, message: 'file' });
    commit({ files: { notes: null }, message: 'gone' });
    commit({ files: { 'notes/a.md': 'x' }, message: 'folder' });
    expect((await commitsOf(repository, 'notes', 5)).map((it) => it.commit.message)).toEqual([
      'gone',
      'file',
    ]);
    expect(await commitsOf(repository, '', 5)).toEqual([]);
  });

  run('blames each line on the commit that wrote it', async () => {
    const { repository, commit } = open();
    const first = commit({ files: { 'a.md': 'one\ntwo\nthree\n' }, message: 'first' });
    const second = commit({ files: { 'a.md': 'one\nTWO\nthree\nfour' }, message: 'second' });
    expect(await repository.blame('a.md', second)).toEqual([first, second, first, second]);
    expect(await repository.blame('a.md', first)).toEqual([first, first, first]);
    expect(await repository.blame('nowhere.md', second)).toBeUndefined();
    expect(await repository.blame('a.md', 'f'.repeat(40))).toBeUndefined();
  });
});

describe.skipIf(gitMissing)('the installed git only', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('a workspace may be a folder of a repository, or a linked worktree', async () => {
    const top = makeRepository();
    const id = commitIn(top, { files: { 'app/docs/a.md': 'x\n', 'docs/a.md': 'y\n' }, message: 'both' });
    const inside = openGit(join(top, 'app'));
    expect(await commitsOf(inside, 'docs/a.md', 5)).toMatchObject([{ blob: blobOf('x\n') }]);
    expect(await inside.blame('docs/a.md', id)).toEqual([id]);
    const worktree = join(temporaryFolder(), 'linked');
    git(top, 'worktree', 'add', '--quiet', '--detach', worktree);
    expect(await openGit(worktree).rootCommit()).toBe(id);
    expect(await commitsOf(openGit(worktree), 'docs/a.md', 5)).toMatchObject([{ blob: blobOf('y\n') }]);
  });

  test('names the commit that merged by hand, and the sides that it merged', async () => {
    const folder = makeRepository();
    commitIn(folder, { files: { 'a.md': 'base\n' }, message: 'base', atMs: start });
    git(folder, 'checkout', '--quiet', '-b', 'side');
    commitIn(folder, { files: { 'a.md': 'side\n' }, message: 'side', atMs: start + 1_000 });
    git(folder, 'checkout', '--quiet', 'main');
    commitIn(folder, { files: { 'a.md': 'main\n' }, message: 'main', atMs: start + 2_000 });
    git(folder, 'merge', '--quiet', '--strategy=ours', '--no-commit', 'side');
    commitIn(folder, { files: { 'a.md': 'both\n' }, message: 'merged', atMs: start + 3_000 });
    const commits = await commitsOf(openGit(folder), 'a.md', 10);
    expect(commits.map((it) => [it.commit.message, it.blob])).toEqual([
      ['merged', blobOf('both\n')],
      ['main', blobOf('main\n')],
      ['side', blobOf('side\n')],
      ['base', blobOf('base\n')],
    ]);
  });

  test('of several roots the oldest counts, of equally old ones the smallest id', async () => {
    const folder = makeRepository();
    const roots = ['main', 'one', 'two'].map((branch, index) => {
      if (index > 0) git(folder, 'checkout', '--quiet', '--orphan', branch);
      const atMs = index === 0 ? start + 60_000 : start;
      return commitIn(folder, { files: { [`${branch}.md`]: branch }, message: branch, atMs });
    });
    git(folder, 'checkout', '--quiet', 'main');
    git(folder, 'merge', '--quiet', '--allow-unrelated-histories', '-s', 'ours', '-m', 'join', 'one', 'two');
    expect(await openGit(folder).rootCommit()).toBe(roots.slice(1).sort()[0]);
  });

  test('a shallow clone has no root, and its oldest commit is not taken for the author of everything', async () => {
    const folder = makeRepository();
    commitIn(folder, { files: { 'a.md': 'one\n', 'b.md': 'b\n' }, message: 'one' });
    commitIn(folder, { files: { 'c.md': 'c\n' }, message: 'two' });
    const last = commitIn(folder, { files: { 'a.md': 'three\n' }, message: 'three' });
    const clone = join(temporaryFolder(), 'clone');
    git(folder, 'clone', '--quiet', '--depth=2', `file://${folder}`, clone);
    const shallow = openGit(clone);
    expect(await shallow.rootCommit()).toBeUndefined();
    expect(await commitsOf(shallow, 'b.md', 5)).toEqual([]);
    expect((await commitsOf(shallow, 'a.md', 5)).map((it) => it.commit.id)).toEqual([last]);
  });

  test('is undefined where there is no repository, no folder, or no git', async () => {
    const nowhere = openGit(temporaryFolder());
    expect(await nowhere.head()).toBeUndefined();
    expect(await commitsOf(nowhere, 'a.md', 5)).toEqual([]);
    expect(await openGit(join(temporaryFolder(), 'missing')).rootCommit()).toBeUndefined();
    const folder = makeRepository();
    commitIn(folder, { files: { 'a.md': 'x' }, message: 'x' });
    vi.stubEnv('PATH', temporaryFolder());
    expect(await openGit(folder).head()).toBeUndefined();
    expect(await commitsOf(openGit(folder), 'a.md', 5)).toEqual([]);
  });

  test('takes nothing for an option, a revision or a path that is none', async () => {
    const folder = makeRepository();
    const id = commitIn(folder, { files: { 'a.md': 'x' }, message: 'x' });
    const repository = openGit(folder);
    for (const commit of ['HEAD', '--output=b.md', `${id}~0`, '']) {
      expect(await repository.blame('a.md', commit)).toBeUndefined();
    }
    expect(await commitsOf(repository, 'a\0b', 5)).toEqual([]);
    expect(await commitsOf(repository, '../outside', 5)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('runs no program that the repository names', async () => {
    const folder = makeRepository();
    const trap = join(folder, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\ntouch ${JSON.stringify(join(folder, 'sprung'))}\ncat "$@"\n`);
    chmodSync(trap, 0o755);
    const id = commitIn(folder, {
      files: { 'a.md': 'x\n', '.gitattributes': '*.md diff=trap\n' },
      message: 'x',
    });
    for (const name of [
      'diff.trap.textconv',
      'diff.trap.command',
      'diff.external',
      'core.fsmonitor',
      'gpg.program',
    ]) {
      git(folder, 'config', name, trap);
    }
    git(folder, 'config', 'log.showSignature', 'true');
    const repository = openGit(folder);
    expect(await repository.blame('a.md', id)).toEqual([id]);
    expect(await commitsOf(repository, 'a.md', 5)).toHaveLength(1);
    expect(await repository.head()).toBe(id);
    expect(existsSync(join(folder, 'sprung'))).toBe(false);
    git(folder, 'blame', 'a.md');
    expect(existsSync(join(folder, 'sprung'))).toBe(true);
  });

  test('answers the same whatever the user has set', async () => {
    const folder = makeRepository();
    const id = commitIn(folder, { files: { 'été.md': 'x\n' }, message: 'x\n\nKey: value' });
    const settings = {
      'log.showRoot': 'false',
      'log.follow': 'true',
      'blame.ignoreRevsFile': 'missing',
      'trailer.separators': '#',
    };
    for (const [name, value] of Object.entries(settings)) git(folder, 'config', name, value);
    const other = makeRepository();
    vi.stubEnv('GIT_DIR', join(other, '.git'));
    vi.stubEnv('GIT_GLOB_PATHSPECS', '1');
    const repository = openGit(folder);
    expect(await repository.head()).toBe(id);
    expect(await repository.blame('été.md', id)).toEqual([id]);
    expect(await commitsOf(repository, 'été.md', 5)).toMatchObject([
      { commit: { trailers: [{ key: 'key', value: 'value' }] } },
    ]);
  });

  test('a link and a submodule in the place of a file have no blob to compare', async () => {
    const folder = makeRepository();
    mkdirSync(join(folder, 'sub'));
    git(join(folder, 'sub'), 'init', '--quiet');
    commitIn(join(folder, 'sub'), { files: { 'a.md': 'x' }, message: 'inner' });
    if (process.platform !== 'win32') symlinkSync('sub/a.md', join(folder, 'link.md'));
    git(folder, '-c', 'advice.addEmbeddedRepo=false', 'add', '.');
    commitIn(folder, { files: {}, message: 'outer' });
    expect(await commitsOf(openGit(folder), 'sub', 5)).toMatchObject([{ blob: undefined }]);
  });
});

test('git in memory can go missing and come back', async () => {
  const repository = createFakeGit();
  const id = repository.commit({ files: { 'a.md': 'x' }, message: 'x' });
  repository.setMissing(true);
  expect(await repository.head()).toBeUndefined();
  expect(await commitsOf(repository, 'a.md', 5)).toEqual([]);
  repository.setMissing(false);
  expect(await repository.head()).toBe(id);
});
