/**
 * A task in which the agent puts one kind of thing in the place of another, beside `git add --all` and `git commit` on a
 * copy: the same tree, index and work tree where nobody else staged anything, and nothing of theirs touched where
 * somebody did. Each in one of the states in turn, and with SKEIN_WHOLE=1 in all of them.
 */
import { describe, expect, test } from 'vitest';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, copyOf, faultsOf, git, makeRepository, shell, useGitLab } from '../../support/git-lab.ts';

useGitLab();

const files = {
  notes: 'Notes.\n',
  'd/1': 'One.\n',
  'd/2': 'Two.\n',
  'd/in/3': 'Three.\n',
  'keep.md': 'Keep.\n',
  '.gitignore': '*.log\n',
};

const isWhole = process.env['SKEIN_WHOLE'] === '1';

/** What the agent does, in a shell, and where. */
const shapes = [
  ['a folder for a file', 'notes', 'rm notes; mkdir -p notes/b; echo A > notes/a.md; echo C > notes/b/c.md'],
  ['a folder with the file in it', 'notes', 'mv notes t; mkdir notes; mv t notes/notes'],
  ['an empty folder for a file', 'notes', 'rm notes; mkdir notes'],
  ['a folder of ignored files for a file', 'notes', 'rm notes; mkdir notes; echo A > notes/a.log'],
  ['a link for a file', 'notes', 'rm notes; ln -s keep.md notes'],
  ['other capitals for a file', 'notes', 'mv notes Notes'],
  ['a folder of other capitals for a file', 'notes', 'rm notes; mkdir Notes; echo A > Notes/a'],
  ['a file for a folder', 'd', 'rm -r d; echo D > d'],
  ['a file for a folder below another', 'd', 'rm -r d/in; echo D > d/in'],
  ['a folder for a file below another', 'd', 'rm d/2; mkdir d/2; echo D > d/2/x'],
  ['a link for a folder', 'd', 'rm -r d; ln -s keep.md d'],
  ['a link for a folder that moved', 'd', 'mv d e; ln -s e d'],
  ['a link for a folder that moved from below', 'd', 'mv d/in e; ln -s ../e d/in'],
  ['another folder for one that moved', 'd', 'mv d e; mkdir d; echo 4 > d/4'],
  ['other capitals for a folder', 'd', 'mv d D'],
  ['a file and a folder that change places', 'd', 'mv notes t; mv d notes; mv t d'],
  ['a folder for a link', 'link', 'rm link; mkdir link; echo L > link/l.md'],
  ['the folder for the link to it', 'link', 'rm link; mv d link'],
  ['a file for a link', 'link', 'rm link; echo L > link'],
  ['a file for a submodule', 'sub', 'rm -rf sub; echo S > sub'],
  ['a link for a submodule', 'sub', 'rm -rf sub; ln -s d sub'],
  ['nothing for a submodule', 'sub', 'rm -rf sub'],
  ['a folder for a file that it staged', '', 'echo N > n; git add n; rm n; mkdir n; echo A > n/a'],
  ['a file for a folder that it staged', '', 'mkdir n; echo A > n/a; git add n; rm -r n; echo N > n'],
  ['a link for a folder that it moved with git', '', 'git mv d e; ln -s e d'],
  ['nothing for a file that it staged', '', 'echo N > n; git add n; rm n'],
] as const;

/** What the agent stages of it. */
const ownStaging = {
  'nothing staged': 'true',
  'all of it staged': 'git add --all',
  'staged and written anew': 'git add --all; echo more >> keep.md; rm -f d/1; echo new > new.md',
};

/** What somebody did in the same place before. Each leaves the work tree as the index. */
const foreign: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  notes: {
    'an edit of the file': 'echo mine >> notes; git add notes',
    'the file taken away': 'git rm --quiet --cached notes',
  },
  d: {
    'an edit in the folder': 'echo mine >> d/2; git add d/2',
    'a new file in the folder': 'echo mine > d/mine; git add d/mine',
    'all of the folder taken away': 'git rm -r --quiet --cached d',
  },
  link: { 'an edit of the link': 'ln -sfn keep.md link; git add link' },
  sub: { 'the submodule taken away': 'git rm --quiet --cached sub' },
};

function makeShaped(): Place {
  const place = makePlace();
  const { repository } = place;
  git(repository, 'checkout', '--quiet', '-b', 'main');
  for (const [path, text] of Object.entries(files)) place.write(path, text);
  const inner = makeRepository({ 'inner.md': 'Inner.\n' });
  git(
    repository,
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    `file://${inner}`,
    'sub',
  );
  shell(repository, 'ln -s d link');
  commitAll(repository, 'First');
  return place;
}

type Done = { commit: string | null; paths: string[]; left: { message: string; subject: string }[] };

/** A task whose agent is this script of a shell. */
async function task(place: Place, script: string): Promise<Done> {
  const words = ['--json', 'task', 'run', '--agent', 'a', '--', 'sh', '-c', script];
  const ran = await place.skein(words, { env: process.env });
  expect(ran).toMatchObject({ code: 0, errors: '' });
  expect(faultsOf(place.repository)).toBe('');
  // No git can make a tree of an index with a file where it has a folder.
  expect(git(place.repository, 'write-tree')).toMatch(/^[0-9a-f]{40}$/);
  return JSON.parse(ran.out);
}

const status = (folder: string): string => git(folder, 'status', '--porcelain', '--untracked-files=all');
const seen = (folder: string) => ({
  tree: git(folder, 'ls-tree', '-r', 'HEAD'),
  index: git(folder, 'ls-files', '--stage'),
  status: status(folder),
});

describe('what takes the place of something else is committed as git commits it', () => {
  const matrix = shapes.flatMap(([shape, , does], turn) =>
    Object.entries(ownStaging)
      .map(([stages, more]) => ({ shape, stages, script: `${does}; ${more}` }))
      .filter((_, index) => isWhole || index === turn % 3),
  );
  test.each(matrix)('$shape, $stages', async ({ script }) => {
    const place = makeShaped();
    const copy = copyOf(place.repository);
    const done = await task(place, script);
    shell(copy, `${script}; git add --all; git diff --cached --quiet || git commit --quiet -m Theirs`);
    expect(done.left).toEqual([]);
    expect(seen(place.repository)).toEqual(seen(copy));
  });
});

/** By path, what the index holds otherwise than the last commit. */
function stagedIn(folder: string): Map<string, string> {
  const lines = git(folder, 'diff', '--cached', '--raw', '--no-renames', '--no-abbrev').split('\n');
  return new Map(lines.filter(Boolean).map((line) => line.split('\t').toReversed() as [string, string]));
}

function changedIn(folder: string): string[] {
  const lines = git(folder, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=all').split(
    '\0',
  );
  return lines.filter(Boolean).map((line) => line.slice(3));
}

const meets = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

describe('what somebody else has staged stays so, and all else is committed', () => {
  const matrix = shapes.flatMap(([shape, where, does], turn) =>
    Object.entries(foreign[where] ?? {})
      .flatMap(([theirs, stage]) => [
        { shape, theirs, stage, agent: 'stages nothing', script: does },
        {
          shape,
          theirs,
          stage,
          agent: 'stages new files',
          script: `${does}; for it in e D Notes; do git add $it; done 2> /dev/null; true`,
        },
      ])
      .filter((_, index) => isWhole || index % 3 === turn % 3),
  );
  test.each(matrix)('$theirs; $shape; the agent $agent', async ({ stage, script }) => {
    const place = makeShaped();
    const { repository } = place;
    shell(repository, stage);
    const before = stagedIn(repository);
    const done = await task(place, script);
    expect(stagedIn(repository)).toEqual(before);
    for (const path of done.paths) expect([path, before.has(path)]).toEqual([path, false]);
    // What is left out could not be beside what they staged, or made room for such a thing, and is named.
    const left = done.left.map(({ subject }) => subject.replace(/\/$/, ''));
    const apart = left.filter((path) => [...before.keys()].some((it) => meets(it, path)));
    for (const path of left) expect([path, apart.some((it) => meets(it, path))]).toEqual([path, true]);
    for (const path of changedIn(repository)) {
      const isTold = before.has(path) || left.includes(path.replace(/\/$/, ''));
      expect([path, isTold]).toEqual([path, true]);
    }
  });
});

describe('what is left out says why', () => {
  const messages = (done: Done): string[] => done.left.map(({ message }) => message);

  test('because somebody staged the file whose place a folder takes', async () => {
    const place = makeShaped();
    shell(place.repository, 'echo mine >> notes; git add notes');
    const done = await task(place, 'rm notes; mkdir notes; echo A > notes/a.md');
    expect(messages(done)).toEqual([
      'notes was left out: it was changed before the task began, too.',
      'notes/a.md was left out: it takes the place of notes, which somebody has staged, and Skein neither commits nor unstages what others staged.',
    ]);
    expect(status(place.repository)).toBe('MD notes\n?? notes/a.md');
  });

  test('because somebody staged a file in the folder whose place a link takes', async () => {
    const place = makeShaped();
    shell(place.repository, 'echo mine > d/mine; git add d/mine');
    const done = await task(place, 'mv d e; ln -s e d');
    expect(messages(done).toSorted()).toEqual([
      'd was left out: it takes the place of d/mine, which somebody has staged, and Skein neither commits nor unstages what others staged.',
      'd/1 was left out: d, which took its place, was left out itself.',
      'd/2 was left out: d, which took its place, was left out itself.',
      'd/in/3 was left out: d, which took its place, was left out itself.',
      'd/mine was left out: it was changed before the task began, too.',
    ]);
    expect(done.paths.toSorted()).toEqual(['e/1', 'e/2', 'e/in/3', 'e/mine']);
    expect(git(place.repository, 'ls-tree', '-r', '--name-only', 'HEAD', 'd/')).toBe('d/1\nd/2\nd/in/3');
  });

  test.each([
    ['stages nothing', 'true'],
    ['stages all', 'git add --all'],
  ])('because a file in the folder was changed before the task, and the agent %s', async (_name, stages) => {
    const place = makeShaped();
    shell(place.repository, 'echo mine >> d/2');
    const done = await task(place, `rm -r d; echo D > d; ${stages}`);
    expect(done.paths).toEqual([]);
    expect(messages(done).toSorted()).toEqual([
      'd was left out: it takes the place of d/2, which was changed before the task began, too.',
      'd/1 was left out: d, which took its place, was left out itself.',
      'd/2 was left out: it was changed before the task began, too.',
      'd/in/3 was left out: d, which took its place, was left out itself.',
    ]);
    expect(status(place.repository)).toBe(' D d/1\n D d/2\n D d/in/3\n?? d');
  });

  test('because the file was taken away before the task began', async () => {
    const place = makeShaped();
    shell(place.repository, 'rm notes; mkdir notes; echo mine > notes/mine.md');
    const done = await task(place, 'echo A > notes/a.md; echo new > new.md; git add --all');
    expect(done.paths).toEqual(['new.md']);
    expect(messages(done)).toEqual([
      'notes/a.md was left out: it takes the place of notes, which was changed before the task began, too.',
    ]);
    expect(status(place.repository)).toBe(' D notes\n?? notes/a.md\n?? notes/mine.md');
  });

  test('because a link that leads to itself took the place of the folder before, below which git misses nothing', async () => {
    const place = makeShaped();
    shell(place.repository, 'rm -r d; ln -s d d');
    const done = await task(place, 'rm d; echo D > d; echo new > new.md; git add --all');
    expect(done.paths).toEqual(['new.md']);
    expect(messages(done).toSorted()).toEqual([
      'd was left out: it was changed before the task began, too.',
      'd/1 was left out: d, which took its place, was left out itself.',
      'd/2 was left out: d, which took its place, was left out itself.',
      'd/in/3 was left out: d, which took its place, was left out itself.',
    ]);
    expect(status(place.repository)).toBe(' D d/1\n D d/2\n D d/in/3\n?? d');
  });

  test('because it became a repository of its own', async () => {
    const place = makeShaped();
    const done = await task(place, 'rm notes; git init --quiet notes; echo A > notes/a.md');
    expect(done).toMatchObject({ commit: null, paths: [] });
    expect(messages(done)).toEqual(['notes was left out: it is a repository of its own.']);
  });
});
