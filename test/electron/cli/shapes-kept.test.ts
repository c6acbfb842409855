/** Notes, and the commit of the shared files as a consolidation makes it, where one thing took the place of another. */
import { describe, expect, test } from 'vitest';
import type { GitOutcomeJson, GitStateJson } from '../../../shared/contracts/git-api.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, copyOf, faultsOf, git, shell, useGitLab } from '../../support/git-lab.ts';

useGitLab();

/** What was committed, and what became of it. */
function makePlaced(first: string, then: string): Place {
  const place = makePlace();
  git(place.repository, 'checkout', '--quiet', '-b', 'main');
  place.write('AGENTS.md', '# Agents\n');
  shell(place.repository, first);
  commitAll(place.repository, 'First');
  shell(place.repository, then);
  return place;
}

const env = process.env;
const tree = (folder: string): string[] => git(folder, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n');
const status = (folder: string): string => git(folder, 'status', '--porcelain', '--untracked-files=all');

async function note(place: Place): Promise<GitOutcomeJson> {
  const noted = await place.json<GitOutcomeJson>(['note', 'A note'], { env });
  expect(faultsOf(place.repository)).toBe('');
  expect(git(place.repository, 'write-tree')).toMatch(/^[0-9a-f]{40}$/);
  return noted;
}

describe('a note', () => {
  test.each([
    ['of a file', 'echo x > memory-bank', 'rm memory-bank'],
    ['of a file below', 'mkdir memory-bank; echo x > memory-bank/notes', 'rm memory-bank/notes'],
    ['of a link', 'mkdir real; echo x > real/a; ln -s real memory-bank', 'rm memory-bank'],
  ])('in a folder that takes the place %s is committed with it', async (_name, first, then) => {
    const place = makePlaced(first, then);
    const noted = await note(place);
    expect(noted).toMatchObject({ success: true, left: [] });
    expect(tree(place.repository)).toContain(noted.paths[0]);
    expect(status(place.repository)).toBe('');
  });

  test.each([
    ['changed', 'echo y > memory-bank; git add memory-bank; rm memory-bank', 'MD memory-bank'],
    ['took away', 'git rm --quiet memory-bank', 'D  memory-bank'],
  ])(
    'in the place of a file that somebody staged as %s is written, and says why not',
    async (_name, then, stays) => {
      const place = makePlaced('echo x > memory-bank', then);
      const noted = await note(place);
      const [path = ''] = noted.paths;
      expect(noted.left.map(({ message }) => message)).toEqual([
        `${path} was left out: it takes the place of memory-bank, which somebody has staged, and Skein neither commits nor unstages what others staged.`,
      ]);
      expect(status(place.repository)).toBe(`${stays}\n?? ${path}`);
    },
  );

  test('where a file lies in the place of its folder says so', async () => {
    const place = makePlaced('echo x > memory-bank', 'true');
    const refused = await place.skein(['note', 'A note'], { env });
    expect(refused.errors).toContain(
      'memory-bank/notes could not be made for the note: memory-bank is no folder.',
    );
    expect(status(place.repository)).toBe('');
  });
});

/** Those that Skein knew before it happened. */
async function known(first: string): Promise<Place> {
  const place = makePlaced(first, 'true');
  await place.skein(['status'], { env });
  return place;
}

describe('the commit of the shared files', () => {
  test.each([
    [
      'a folder for a file',
      'mkdir memory-bank; echo a > memory-bank/a.md',
      'rm memory-bank/a.md; mkdir memory-bank/a.md; echo x > memory-bank/a.md/x.md',
    ],
    [
      'a file for a folder',
      'mkdir -p memory-bank/a.md; echo a > memory-bank/a.md/x.md',
      'rm -r memory-bank/a.md; echo x > memory-bank/a.md',
    ],
    ['a link for a file', 'echo c > CLAUDE.md', 'rm CLAUDE.md; ln -s AGENTS.md CLAUDE.md'],
    [
      'other capitals',
      'mkdir memory-bank; echo a > memory-bank/x.md',
      'mv memory-bank/x.md memory-bank/X.md',
    ],
  ])('is that of git: %s', async (_name, first, then) => {
    const place = await known(first);
    const { repository } = place;
    shell(repository, then);
    const copy = copyOf(repository);
    const state = await place.json<GitStateJson>(['git'], { env });
    const committed = await place.json<GitOutcomeJson>(['git', 'commit'], { env });
    expect(committed).toMatchObject({ success: true, left: [] });
    expect(state.uncommitted.toSorted()).toEqual(committed.paths.toSorted());
    shell(copy, 'git add --all; git commit --quiet -m Theirs');
    expect([tree(repository), status(repository)]).toEqual([tree(copy), status(copy)]);
    expect(git(repository, 'ls-files', '--stage')).toBe(git(copy, 'ls-files', '--stage'));
    expect(faultsOf(repository)).toBe('');
  });

  test('tells of a file that became a folder before it is committed', async () => {
    const place = await known('true');
    shell(place.repository, 'rm AGENTS.md; mkdir AGENTS.md; echo x > AGENTS.md/x.txt');
    expect(await place.json(['git'], { env })).toMatchObject({ uncommitted: ['AGENTS.md'] });
    const committed = await place.json<GitOutcomeJson>(['git', 'commit'], { env });
    expect(committed).toMatchObject({ paths: ['AGENTS.md'], left: [] });
  });

  test('leaves out what lies behind a link that took the place of its folder, and says how to commit it', async () => {
    const place = await known('mkdir memory-bank; echo a > memory-bank/x.md');
    const { repository } = place;
    shell(repository, 'mv memory-bank real; ln -s real memory-bank');
    const before = status(repository);
    const committed = await place.json<GitOutcomeJson>(['git', 'commit'], { env });
    expect(committed.left.map(({ message, advice }) => `${message} ${advice}`)).toEqual([
      'memory-bank/x.md was left out: it lies behind a link now; git holds memory-bank, and not what that leads to. Commit memory-bank together with it if the link is to stay.',
    ]);
    expect(status(repository)).toBe(before);
    await place.json(['git', 'commit', 'memory-bank', 'memory-bank/x.md'], { env });
    expect(tree(repository)).toEqual(['AGENTS.md', 'memory-bank']);
    expect(status(repository)).toBe('?? real/x.md');
  });
});
