/** Worktrees as the real git lists them. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listWorktrees } from '../../electron/adapters/git-worktrees.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing, makeRepository } from './git-subjects.ts';

describe.skipIf(gitMissing)('worktrees', () => {
  test('are listed from each of them, the first one too, with what they have checked out', async () => {
    const folder = makeRepository();
    commitIn(folder, { files: { 'a.md': 'x\n' }, message: 'Begin' });
    const [named, detached] = [join(temporaryFolder(), 'odd\nname'), join(temporaryFolder(), 'loose')];
    git(folder, 'worktree', 'add', '--quiet', '-b', 'feature/one', named);
    git(folder, 'worktree', 'add', '--quiet', '--detach', detached);
    const all = [
      { folder, branch: 'main' },
      { folder: named, branch: 'feature/one' },
      { folder: detached, branch: undefined },
    ];
    for (const from of [folder, named]) {
      const listed = await listWorktrees(from);
      expect(listed).toHaveLength(all.length);
      expect(listed).toEqual(expect.arrayContaining(all));
    }
  });

  test('that are gone are listed still, and a bare repository has no files', async () => {
    const folder = makeRepository();
    commitIn(folder, { files: { 'a.md': 'x\n' }, message: 'Begin' });
    const bare = join(temporaryFolder(), 'bare.git');
    const gone = join(temporaryFolder(), 'gone');
    git(folder, 'clone', '--quiet', '--bare', folder, bare);
    git(bare, 'worktree', 'add', '--quiet', gone);
    rmSync(gone, { recursive: true });
    expect(await listWorktrees(bare)).toEqual([{ folder: gone, branch: 'gone' }]);
  });

  test('are none where there is no repository', async () => {
    expect(await listWorktrees(temporaryFolder())).toEqual([]);
    expect(await listWorktrees(join(temporaryFolder(), 'missing'))).toEqual([]);
  });
});
