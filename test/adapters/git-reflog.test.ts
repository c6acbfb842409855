/** What was checked out at each step of HEAD, as the reflog of the real git tells it. */
import { describe, expect, test } from 'vitest';
import { readReflog } from '../../electron/adapters/git-reflog.ts';
import { commitIn, git, gitMissing, makeRepository } from './git-subjects.ts';

describe.skipIf(gitMissing)('what was checked out before each step', () => {
  test.each(['HEAD', 'v1', 'main~1', 'refs/heads/main'])(
    'is no branch where %s was checked out',
    async (name) => {
      const folder = makeRepository();
      for (const text of ['one\n', 'two\n']) commitIn(folder, { files: { 'a.md': text }, message: text });
      git(folder, 'tag', 'v1');
      git(folder, 'switch', '-q', '--detach', name);
      commitIn(folder, { files: { 'a.md': 'three\n' }, message: 'three' });
      git(folder, 'reset', '-q', '--hard', 'HEAD~1');
      const branches = async (now: string | undefined) =>
        (await readReflog(folder, now))
          .slice(0, 4)
          .map(({ words, left }) => [words.split(':')[0], left.branch]);
      const detached = [
        ['reset', undefined],
        ['commit', undefined],
        ['checkout', 'main'],
      ];
      expect((await branches(undefined)).slice(0, 3)).toEqual(detached);
      git(folder, 'switch', '-q', 'main');
      expect(await branches('main')).toEqual([['checkout', undefined], ...detached]);
    },
  );
});
