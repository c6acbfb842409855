/** Where the real git is, and whether a file is at home there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openGit } from '../../electron/adapters/git-command.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { CheckedOut } from '../../shared/domain/movement.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing, makeRepository } from './git-subjects.ts';

const run = describe.skipIf(gitMissing);
const blobOf = (text: string) => nodeCodec.gitBlobId(Buffer.from(text));

/** On `main`, with a branch `feature` that comes after it. */
function open() {
  const folder = makeRepository();
  const repository = openGit(folder);
  const commit = (files: Record<string, string | null>) => commitIn(folder, { files, message: 'change' });
  const main: CheckedOut = { branch: 'main', commit: commit({ 'a.md': 'main\n', 'b.md': 'both\n' }) };
  git(folder, 'switch', '-qc', 'feature');
  commit({ 'a.md': 'feature\n', 'new.md': 'feature\n' });
  git(folder, 'switch', '-q', 'main');
  const lying = (path: string) => {
    const file = join(folder, path);
    return existsSync(file) ? [nodeCodec.gitBlobId(readFileSync(file))] : [];
  };
  return {
    folder,
    repository,
    commit,
    main,
    git: (...words: string[]) => git(folder, ...words),
    /** `lay`: the text that it had at home; null for no file. */
    isAtHome: (path: string, lay: string | null, home = main) =>
      repository.isAtHome(path, home, {
        lying: async () => lying(path),
        lay: async () => (lay === null ? [] : [blobOf(lay)]),
      }),
  };
}

run('what is checked out', () => {
  test('is a branch at a commit, a commit alone, and nothing in the middle of a merge', async () => {
    const lab = open();
    expect(await lab.repository.checkedOut()).toEqual(lab.main);
    lab.git('switch', '-q', '--detach');
    expect(await lab.repository.checkedOut()).toEqual({ branch: undefined, commit: lab.main.commit });
    lab.commit({ 'a.md': 'other\n' });
    expect(() => lab.git('merge', '-q', 'feature')).toThrow();
    expect(await lab.repository.checkedOut()).toBeUndefined();
    expect(await openGit(temporaryFolder()).checkedOut()).toBeUndefined();
  });
});

run('a commit', () => {
  test('has at a path what it has, and nothing where there is none', async () => {
    const { repository, main } = open();
    expect(await repository.hasCommitted(main.commit, 'a.md', [blobOf('main\n')])).toBe(true);
    expect(await repository.hasCommitted(main.commit, 'a.md', [blobOf('other\n')])).toBe(false);
    expect(await repository.hasCommitted(main.commit, 'new.md', [])).toBe(true);
    expect(await repository.hasCommitted('0'.repeat(40), 'new.md', [])).toBe(false);
    expect(await openGit(temporaryFolder()).hasCommitted(main.commit, 'new.md', [])).toBe(false);
  });
});

run('a place', () => {
  test('is where git is while its branch is checked out and holds its commit, whatever came on top', async () => {
    const lab = open();
    const elsewhere = { branch: 'main', commit: lab.git('rev-parse', 'feature') };
    expect(await lab.repository.isThere(lab.main)).toBe(true);
    expect(await lab.repository.isThere(elsewhere)).toBe(false);
    lab.commit({ 'a.md': 'later\n' });
    expect(await lab.repository.isThere(lab.main)).toBe(true);
    lab.git('switch', '-q', 'feature');
    expect(await lab.repository.isThere(lab.main)).toBe(false);
    expect(await openGit(temporaryFolder()).isThere(lab.main)).toBe(false);
  });

  test('is nowhere in the middle of a merge, nor without a branch', async () => {
    const lab = open();
    lab.commit({ 'a.md': 'other\n' });
    expect(() => lab.git('merge', '-q', 'feature')).toThrow();
    expect(await lab.repository.isThere(lab.main)).toBe(false);
    lab.git('merge', '--abort');
    lab.git('switch', '-q', '--detach');
    expect(await lab.repository.isThere({ branch: undefined, commit: lab.main.commit })).toBe(false);
  });
});

run('a file is at home', () => {
  test('on its branch, as it is committed there, and on no other', async () => {
    const lab = open();
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(true);
    expect(await lab.isAtHome('new.md', null)).toBe(true);
    lab.git('switch', '-q', 'feature');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(false);
    expect(await lab.isAtHome('new.md', null)).toBe(false);
    lab.git('switch', '-q', 'main');
    lab.git('merge', '-q', 'feature');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(true);
    writeFileSync(join(lab.folder, 'a.md'), 'somebody\n');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(false);
  });

  test('only if it was committed there: what was thrown away is no part of that branch', async () => {
    const lab = open();
    expect(await lab.isAtHome('a.md', 'never committed\n')).toBe(false);
    expect(await lab.isAtHome('new.md', 'never committed\n')).toBe(false);
  });

  test('not where its branch was put back behind what it had', async () => {
    const lab = open();
    lab.git('switch', '-q', 'feature');
    const feature = { branch: 'feature', commit: lab.git('rev-parse', 'HEAD') };
    lab.git('reset', '-q', '--hard', 'main');
    expect(await lab.isAtHome('a.md', 'feature\n', feature)).toBe(false);
    lab.git('merge', '-q', feature.commit);
    expect(await lab.isAtHome('a.md', 'feature\n', feature)).toBe(true);
  });

  test('on another branch, where both have the same', async () => {
    const lab = open();
    lab.git('switch', '-q', 'feature');
    expect(await lab.isAtHome('b.md', 'both\n')).toBe(true);
    lab.git('push', '-q', '.', 'feature:main');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(true);
  });

  test('where its branch is gone, and what is checked out has all of it', async () => {
    const lab = open();
    lab.git('switch', '-q', 'feature');
    lab.git('branch', '-D', 'main');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(true);
    const lost = { branch: 'main', commit: lab.commit({ 'a.md': 'lost\n' }) };
    lab.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await lab.isAtHome('a.md', 'lost\n', lost)).toBe(false);
  });

  test('on its branch under another name, and not beside that', async () => {
    const lab = open();
    lab.git('switch', '-q', 'feature');
    lab.git('branch', '-m', 'main', 'trunk');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(false);
    lab.git('switch', '-q', 'trunk');
    expect(await lab.isAtHome('a.md', 'main\n')).toBe(true);
  });

  test('nowhere, when it was without a branch: to look at another commit is no news', async () => {
    const lab = open();
    const nowhere = { branch: undefined, commit: lab.main.commit };
    expect(await lab.isAtHome('a.md', 'main\n', nowhere)).toBe(false);
    lab.git('switch', '-q', '--detach', 'feature');
    expect(await lab.isAtHome('a.md', 'main\n', nowhere)).toBe(false);
  });

  describe('where its branch was merged into the one that it was made from', () => {
    /** Git merges `topic`, on which `a.md` was written, into `main`, with a text of its own; `how` made the branch. */
    function openMerged(...how: string[]) {
      const lab = open();
      lab.git(...how);
      const home = { branch: 'topic', commit: lab.commit({ 'a.md': 'topic\n' }) };
      lab.git('switch', '-q', 'main');
      const merge = () => {
        lab.git('merge', '-q', '--no-ff', '--no-commit', 'topic');
        writeFileSync(join(lab.folder, 'a.md'), 'merged\n');
        lab.git('commit', '-qam', 'merged');
      };
      return { ...lab, merge, isHome: () => lab.isAtHome('a.md', 'topic\n', home), home };
    }

    test.each([
      [['switch', '-qc', 'topic']],
      [['switch', '-qc', 'topic', 'main']],
      [['switch', '-qc', 'topic', 'refs/heads/main']],
    ])('by git %j', async (how) => {
      const lab = openMerged(...how);
      expect(await lab.isHome()).toBe(false);
      lab.merge();
      expect(await lab.isHome()).toBe(true);
      lab.git('switch', '-q', 'feature');
      expect(await lab.isHome()).toBe(false);
    });

    test('by way of another', async () => {
      const lab = openMerged('switch', '-qc', 'between');
      lab.git('switch', '-q', 'between');
      lab.git('switch', '-qc', 'above');
      const commit = lab.commit({ 'a.md': 'above\n' });
      lab.git('switch', '-q', 'main');
      const isHome = () => lab.isAtHome('a.md', 'above\n', { branch: 'above', commit });
      expect(await isHome()).toBe(false);
      lab.git('merge', '-q', '--no-ff', '-m', 'merged', 'above');
      lab.commit({ 'a.md': 'later\n' });
      expect(await isHome()).toBe(true);
    });

    test('not while it has more than was merged, nor while a remote has it, too', async () => {
      const lab = openMerged('switch', '-qc', 'topic');
      lab.merge();
      lab.git('update-ref', 'refs/remotes/origin/topic', 'topic');
      expect(await lab.isHome()).toBe(false);
      lab.git('update-ref', '-d', 'refs/remotes/origin/topic');
      lab.git('switch', '-q', 'topic');
      lab.commit({ 'a.md': 'more\n' });
      lab.git('switch', '-q', 'main');
      expect(await lab.isHome()).toBe(false);
    });

    test('or into the one that a remote calls its own, whatever it was made from', async () => {
      const lab = openMerged('switch', '-qc', 'topic', 'main~0');
      lab.merge();
      expect(await lab.isHome()).toBe(false);
      lab.git('update-ref', 'refs/remotes/origin/main', 'main');
      lab.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
      lab.commit({ 'b.md': 'more\n' });
      expect(await lab.isHome()).toBe(true);
    });

    test('and not where that was merged into it', async () => {
      const lab = openMerged('switch', '-qc', 'topic');
      const main = { branch: 'main', commit: lab.commit({ 'a.md': 'more\n' }) };
      lab.git('switch', '-q', 'topic');
      expect(() => lab.git('merge', '-q', 'main')).toThrow();
      writeFileSync(join(lab.folder, 'a.md'), 'merged\n');
      lab.git('commit', '-qam', 'merged');
      expect(await lab.isAtHome('a.md', 'more\n', main)).toBe(false);
    });

    test.each([['--detach'], ['--detach', 'HEAD~0']])(
      'also of work without a branch: git switch %s %s',
      async (...how) => {
        const lab = openMerged('switch', '-q', ...how);
        expect(await lab.isAtHome('a.md', 'topic\n', { branch: undefined, commit: lab.home.commit })).toBe(
          false,
        );
        lab.git('merge', '-q', '--no-ff', '-m', 'merged', lab.home.commit);
        lab.commit({ 'a.md': 'later\n' });
        const isHome = (commit: string) => lab.isAtHome('a.md', 'topic\n', { branch: undefined, commit });
        expect(await isHome(lab.home.commit)).toBe(true);
        lab.git('switch', '-q', '--detach');
        expect(await isHome(lab.home.commit)).toBe(false);
      },
    );
  });

  test('not in the middle of a merge, nor where there is no repository', async () => {
    const lab = open();
    lab.commit({ 'a.md': 'other\n' });
    expect(() => lab.git('merge', '-q', 'feature')).toThrow();
    expect(await lab.isAtHome('b.md', 'both\n')).toBe(false);
    const nothing = async () => [];
    const nowhere = openGit(temporaryFolder()).isAtHome('a.md', lab.main, { lying: nothing, lay: nothing });
    expect(await nowhere).toBe(false);
  });
});
