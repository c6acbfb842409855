import { expect, test } from 'vitest';
import {
  apartWords,
  canPull,
  canPush,
  doneWords,
  lastDone,
  pathInWorkspace,
  previewWords,
  runningWords,
  warningsOf,
} from '../../../renderer/src/git/git-words.ts';
import type { GitStateJson, PullPreviewJson } from '../../../shared/contracts/git-api.ts';

const state = (more: Partial<GitStateJson>): GitStateJson => ({
  repository: '/home/mira/site',
  branch: 'main',
  head: 'a'.repeat(40),
  remote: 'origin',
  remote_address: 'https://example.org/site.git',
  remote_branch: 'main',
  ahead: 0,
  behind: 0,
  uncommitted: [],
  problem: null,
  last_pull: null,
  last_push: null,
  last_commit: null,
  running: null,
  auto_push: true,
  enabled: true,
  ...more,
});

const preview = (more: Partial<PullPreviewJson>): PullPreviewJson => ({
  kind: 'fast-forward',
  remote: 'origin',
  branch: 'main',
  commits: [],
  commit_count: 0,
  files: [],
  obstacles: [],
  conflicts: [],
  aside: [],
  ...more,
});

test.each<[Partial<GitStateJson>, string]>([
  [{ ahead: 2, behind: 3 }, '2 ahead, 3 behind origin/main'],
  [{ ahead: 2 }, '2 ahead of origin/main'],
  [{ behind: 3 }, '3 behind origin/main'],
  [{}, 'The same as origin/main'],
  [{ ahead: null, behind: null }, 'origin/main was not heard of yet'],
  [{ remote_branch: null, ahead: null, behind: null }, 'Follows no branch of origin'],
  [{ remote: 'hub', remote_address: null }, 'No remote “hub”'],
])('%j reads as %s', (more, words) => {
  expect(apartWords(state(more))).toBe(words);
});

test('there is something to push when commits are ahead, or the remote has no such branch', () => {
  expect(canPush(state({ ahead: 1 }))).toBe(true);
  expect(canPush(state({ ahead: 0 }))).toBe(false);
  expect(canPush(state({ ahead: null }))).toBe(true);
  expect(canPush(state({ ahead: null, head: null }))).toBe(false);
  expect(canPush(state({ ahead: null, branch: null }))).toBe(false);
  expect(canPush(state({ ahead: null, remote_address: null }))).toBe(false);
  expect(canPush(state({ ahead: 1, enabled: false }))).toBe(false);
});

test('a pull is offered where there is a remote and git is not switched off', () => {
  expect(canPull(state({}))).toBe(true);
  expect(canPull(state({ remote_address: null }))).toBe(false);
  expect(canPull(state({ enabled: false }))).toBe(false);
});

test('what runs names whom it is for, unless that is a person', () => {
  const running = { operation: 'pull', agent: 'human', since_ms: 1, progress: '' } as const;
  expect(runningWords(running)).toBe('Pulling');
  expect(runningWords({ ...running, operation: 'note', agent: 'codex-local' })).toBe(
    'Writing a note for codex-local',
  );
});

test('the last of each deed that was done', () => {
  const done = { at_ms: 5, success: false, message: 'Merge conflict during pull' };
  expect(lastDone(state({ last_pull: done }))).toEqual([{ deed: 'pull', ...done }]);
  expect(doneWords('pull', false)).toBe('Last pull failed');
  expect(doneWords('push', true)).toBe('Pushed');
});

test.each([
  ['/site', '/site', 'docs/a.md', 'docs/a.md'],
  ['/site', '/site/docs', 'docs/a.md', 'a.md'],
  ['/site', '/site/docs', 'a.md', undefined],
  ['/site', '/site2', 'a.md', undefined],
  ['C:/site', 'C:\\site\\docs', 'docs/a.md', 'a.md'],
])('in the repository %s, seen from %s, %s is %s', (repository, folder, path, own) => {
  expect(pathInWorkspace(repository, folder, path)).toBe(own);
});

test.each<[Partial<PullPreviewJson>, string]>([
  [{ kind: 'up-to-date' }, 'Nothing new on origin/main.'],
  [{ commit_count: 1 }, '1 commit of origin/main with 0 files, to be taken as they are.'],
  [
    { kind: 'merge', commit_count: 3 },
    '3 commits of origin/main with 0 files, to be merged with your commits.',
  ],
  [{ kind: 'no-remote-branch' }, "Remote branch 'main' doesn't exist on origin; a push makes it."],
])('a preview %j reads as %s', (more, words) => {
  expect(previewWords(preview(more))).toBe(words);
});

test('what a pull would be refused for is told in its words, worst first, and then what will wait', () => {
  expect(warningsOf(preview({}))).toEqual([]);
  const warnings = warningsOf(
    preview({
      aside: ['ROADMAP.md'],
      conflicts: ['logo.png'],
      obstacles: [
        { path: 'a.txt', why: 'untracked' },
        { path: 'b.txt', why: 'staged' },
      ],
    }),
  );
  expect(warnings.map(({ tone, message, lines }) => [tone, message, lines])).toEqual([
    ['bad', 'Merge conflict during pull', [{ path: 'logo.png', why: '' }]],
    [
      'bad',
      'Repository has uncommitted changes',
      [
        { path: 'a.txt', why: 'lies there and is not in git' },
        { path: 'b.txt', why: 'is staged and not committed' },
      ],
    ],
    [
      'warn',
      'Of 1 file one side will be in the file, the other in the inbox',
      [{ path: 'ROADMAP.md', why: '' }],
    ],
  ]);
});
