/** Trees and commits that we write are those that git would write, and what only git can write, git writes. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { NewCommit } from '../../electron/engine/git/repository.ts';
import { must } from '../support/device.ts';
import { faultsOf, git, makeRepository, useGitLab, write } from '../support/git-lab.ts';
import { openRepository } from '../support/open-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

useGitLab();

const files = {
  'a.md': 'A.\n',
  'a/in.md': 'In.\n',
  'a.d/in.md': 'In.\n',
  'Ä.md': 'Umlaut.\n',
  '𝌆.md': 'Tetragram.\n',
};

/** For one test: the environment of git is that of a person who set nothing there. */
function withEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
}

/** The same commit by git itself. */
function commitByGit(
  folder: string,
  { tree, parents, message, author }: NewCommit,
  ...options: string[]
): string {
  const env = {
    ...process.env,
    ...(author && { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email }),
  };
  const args = [
    '-C',
    folder,
    'commit-tree',
    tree,
    ...parents.flatMap((it) => ['-p', it]),
    ...options,
    '-F',
    '-',
  ];
  return execFileSync('git', args, { env, input: message, encoding: 'utf8' }).trim();
}

const looseFiles = (folder: string): string[] =>
  readdirSync(join(folder, '.git/objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^[0-9a-f]{2}\/./.test(name),
  );

describe.each(['sha1', 'sha256'])('in a repository of %s', (format) => {
  test('a tree is the one that git writes', async () => {
    const folder = makeRepository(files, [`--object-format=${format}`]);
    const store = await openRepository(folder);
    const entries = must(await store.entriesAt('HEAD', Object.keys(files)));
    expect(must(await store.storeTree(undefined, entries))).toBe(git(folder, 'rev-parse', 'HEAD^{tree}'));
    const added = must(await store.storeBlob(Buffer.from('New.\n')));
    const changes = new Map([
      ['a/in.md', undefined],
      ['a-b', { mode: '100755', id: added }],
      ['deep/er/file', { mode: '120000', id: added }],
    ]);
    const tree = must(await store.storeTree('HEAD', changes));
    git(folder, 'read-tree', 'HEAD');
    git(folder, 'update-index', '--force-remove', 'a/in.md');
    git(folder, 'update-index', '--add', '--cacheinfo', `100755,${added},a-b`);
    git(folder, 'update-index', '--add', '--cacheinfo', `120000,${added},deep/er/file`);
    expect(tree).toBe(git(folder, 'write-tree'));
    expect(faultsOf(folder)).toBe('');
  });

  test('a commit is the one that git writes', async () => {
    const folder = makeRepository(files, [`--object-format=${format}`]);
    const store = await openRepository(folder);
    const [head, tree] = [git(folder, 'rev-parse', 'HEAD'), git(folder, 'rev-parse', 'HEAD^{tree}')];
    const commits: NewCommit[] = [
      { tree, parents: [head], message: 'One line' },
      { tree, parents: [], message: 'Ünïcode 𝌆\n\nMore.\n' },
      { tree, parents: [head], message: '', author: { name: 'Zoë Quine', email: 'zoe@example.org' } },
    ];
    for (const commit of commits) {
      const before = looseFiles(folder).length;
      const id = must(await store.storeCommit(commit));
      expect(looseFiles(folder)).toHaveLength(before + 1);
      expect(commitByGit(folder, commit)).toBe(id);
      // Git found it there, so it is whole and where it belongs.
      expect(looseFiles(folder)).toHaveLength(before + 1);
    }
    expect(faultsOf(folder)).toBe('');
  });
});

test('an object is stored as git stores it: for reading only, and made young when it is there already', async () => {
  const folder = makeRepository(files);
  const store = await openRepository(folder);
  const commit = { tree: git(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Again\n' };
  const id = must(await store.storeCommit(commit));
  const file = join(folder, '.git/objects', id.slice(0, 2), id.slice(2));
  expect(statSync(file).mode & 0o777).toBe(0o444);
  utimesSync(file, 1_000, 1_000);
  expect(must(await store.storeCommit(commit))).toBe(id);
  expect(statSync(file).mtimeMs).toBeGreaterThan(1_000_000);
  expect(looseFiles(folder).filter((name) => name.includes('tmp_obj'))).toEqual([]);
});

describe('who commits, and when', () => {
  const unset = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      ['NAME', 'EMAIL', 'DATE'].map((what) => [`GIT_${role}_${what}`, undefined]),
    ),
  );
  const dates = { GIT_AUTHOR_DATE: '@1790000000 +0130', GIT_COMMITTER_DATE: '1790000001 -0800' };

  test.each<[string, Record<string, string | undefined>, readonly (readonly [string, string])[]]>([
    [
      'is set in the repository',
      dates,
      [
        ['user.name', 'Zoë'],
        ['user.email', 'z@example.org'],
      ],
    ],
    [
      'differs for author and committer',
      dates,
      [
        ['user.name', 'Zoë'],
        ['user.email', 'z@example.org'],
        ['committer.name', 'Bot'],
        ['author.email', 'a@example.org'],
      ],
    ],
    [
      'stands in the environment',
      { ...dates, GIT_AUTHOR_NAME: 'Env', GIT_COMMITTER_EMAIL: 'c@example.org' },
      [
        ['user.name', 'Zoë'],
        ['user.email', 'z@example.org'],
      ],
    ],
    [
      'has a name that git trims',
      dates,
      [
        ['user.name', ' "Ada" Jr. '],
        ['user.email', '<ada@example.org>'],
      ],
    ],
    [
      'has dates in words',
      { GIT_AUTHOR_DATE: 'Mon, 3 Feb 2025 10:00:00 +0100', GIT_COMMITTER_DATE: '2025-02-03 10:00:00 +0100' },
      [
        ['user.name', 'Zoë'],
        ['user.email', 'z@example.org'],
      ],
    ],
    [
      'writes in another encoding',
      dates,
      [
        ['user.name', 'Zoe'],
        ['user.email', 'z@example.org'],
        ['i18n.commitEncoding', 'ISO-8859-1'],
      ],
    ],
  ])('%s: as git says it', async (_name, env, settings) => {
    const folder = makeRepository(files);
    withEnvironment({ ...unset, ...env });
    for (const [key, value] of settings) git0(folder, 'config', key, value);
    const store = await openRepository(folder);
    const commit = { tree: git0(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Who\n' };
    expect(must(await store.storeCommit(commit))).toBe(commitByGit(folder, commit));
  });

  test('is nobody: git refuses it in its own words', async () => {
    const folder = makeRepository(files);
    withEnvironment({ ...unset, EMAIL: undefined });
    git0(folder, 'config', 'user.useConfigOnly', 'true');
    const commit = { tree: git0(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Who\n' };
    const stored = await (await openRepository(folder)).storeCommit(commit);
    expect(stored).toMatchObject({ ok: false, error: { code: 'git-failed' } });
  });

  test('is another from the moment on in which it is set', async () => {
    const folder = makeRepository(files);
    withEnvironment(unset);
    const store = await openRepository(folder);
    const commit = { tree: git0(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Who\n' };
    for (const name of ['First', 'Second']) {
      git0(folder, 'config', 'user.name', name);
      git0(folder, 'config', 'user.email', 'x@example.org');
      const id = must(await store.storeCommit(commit));
      expect(git0(folder, 'show', '--no-patch', '--format=%an %cn', id)).toBe(`${name} ${name}`);
    }
  });
});

/** Without the persons of the lab. */
const git0 = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();

describe('what is set of how git writes', () => {
  test.each([
    ['core.fsync', 'all'],
    ['core.sharedRepository', 'group'],
  ])('%s leaves the writing to git', async (key, value) => {
    const folder = makeRepository(files);
    git(folder, 'config', key, value);
    const store = await openRepository(folder);
    const commit = { tree: git(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'By git\n' };
    const id = must(await store.storeCommit(commit));
    expect(id).toBe(commitByGit(folder, commit));
    // Only git gives the group what belongs to it.
    const { mode } = statSync(join(folder, '.git/objects', id.slice(0, 2)));
    expect((mode & 0o20) !== 0).toBe(value === 'group');
  });

  test('a signature is asked for from the moment on in which it is set', async () => {
    const folder = makeRepository(files);
    const program = join(temporaryFolder(), 'signer');
    write(
      join(program, '..'),
      'signer',
      '#!/bin/sh\necho "[GNUPG:] SIG_CREATED " >&2\ncat > /dev/null\necho signed\n',
      0o755,
    );
    const store = await openRepository(folder);
    const commit = { tree: git(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Signed\n' };
    const plain = must(await store.storeCommit(commit));
    git(folder, 'config', 'gpg.program', program);
    git(folder, 'config', 'commit.gpgSign', 'yes');
    const signed = must(await store.storeCommit(commit));
    expect(git(folder, 'cat-file', 'commit', plain)).not.toContain('gpgsig');
    expect(git(folder, 'cat-file', 'commit', signed)).toContain('gpgsig signed');
  });

  test('that stands in a file which another includes counts, too', async () => {
    const folder = makeRepository(files);
    git(folder, 'config', 'include.path', 'more');
    write(folder, '.git/more', '[core]\n\tsharedRepository = group\n');
    const store = await openRepository(folder);
    const commit = { tree: git(folder, 'rev-parse', 'HEAD^{tree}'), parents: [], message: 'Shared\n' };
    const id = must(await store.storeCommit(commit));
    expect(statSync(join(folder, '.git/objects', id.slice(0, 2))).mode & 0o20).toBe(0o20);
  });
});
