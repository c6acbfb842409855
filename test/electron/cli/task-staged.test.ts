/** What an agent stages in a task is its work; what was staged before the task began stays the user's. */
import { describe, expect, test } from 'vitest';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, faultsOf, git, useGitLab, write } from '../../support/git-lab.ts';

useGitLab();

function makeAgreed(): Place {
  const place = makePlace();
  git(place.repository, 'checkout', '--quiet', '-b', 'main');
  write(place.repository, 'AGENTS.md', '# Agents\n');
  write(place.repository, 'code.js', 'let a = 1;\n');
  commitAll(place.repository, 'First');
  return place;
}

type Done = { commit: string | null; paths: string[]; left: { message: string }[] };

/** A task whose agent is this script of a shell. */
async function task(place: Place, script: string): Promise<Done> {
  const words = ['--json', 'task', 'run', '--agent', 'a', '--', 'sh', '-c', script];
  return JSON.parse((await place.skein(words, { env: process.env })).out);
}

const status = (place: Place): string => git(place.repository, 'status', '--porcelain');
const subjects = (place: Place): string[] => git(place.repository, 'log', '--format=%s').split('\n');
const committed = (place: Place, path: string): string => git(place.repository, 'show', `HEAD:${path}`);

describe('what the agent stages', () => {
  test.each([
    ['an edit', 'echo fine >> AGENTS.md; git add AGENTS.md', 'AGENTS.md', '# Agents\nfine'],
    ['a new file', 'echo new > new.js; git add new.js', 'new.js', 'new'],
    ['a file that it only announces', 'echo new > new.js; git add -N new.js', 'new.js', 'new'],
    [
      'what it edits again afterwards',
      'echo half >> code.js; git add code.js; echo whole > code.js',
      'code.js',
      'whole',
    ],
  ])('is committed, and the index clean: %s', async (_name, script, path, content) => {
    const place = makeAgreed();
    expect(await task(place, script)).toMatchObject({ paths: [path], left: [] });
    expect(subjects(place)).toEqual(['a: sh', 'First']);
    expect(committed(place, path)).toBe(content);
    expect(status(place)).toBe('');
    expect(faultsOf(place.repository)).toBe('');
  });

  test('is committed when it is that a file is gone, or can be run', async () => {
    const place = makeAgreed();
    const done = await task(place, 'git rm --quiet code.js; chmod +x AGENTS.md; git add AGENTS.md');
    expect(done).toMatchObject({ paths: ['AGENTS.md', 'code.js'], left: [] });
    expect(status(place)).toBe('');
    expect(git(place.repository, 'ls-tree', '-r', 'HEAD')).toMatch(/^100755 \S+ \S+\tAGENTS.md$/);
  });

  test('passes a hook that adds to it', async () => {
    const place = makeAgreed();
    const hook = '#!/bin/sh\necho formatted > code.js\ngit add code.js\n';
    write(place.repository, '.git/hooks/pre-commit', hook, 0o755);
    await task(place, 'echo half > code.js; git add code.js; echo whole > code.js');
    expect(committed(place, 'code.js')).toBe('formatted');
    expect(status(place)).toBe('');
  });

  test('stays staged where it is not what lies there, and that is said', async () => {
    const place = makeAgreed();
    const done = await task(place, 'git rm --quiet --cached code.js');
    expect(done).toMatchObject({ commit: null, paths: [] });
    expect(done.left.map(({ message }) => message)).toEqual([
      'code.js was left out and is still staged: what the task staged of it is not what lies there.',
    ]);
    expect(status(place)).toBe('D  code.js\n?? code.js');
  });

  test('is committed though git overlooks it, for it was added by force', async () => {
    const place = makeAgreed();
    write(place.repository, '.git/info/exclude', '*.log\n');
    const done = await task(place, 'echo seen > run.log; echo not > other.log; git add -f run.log');
    expect(done).toMatchObject({ paths: ['run.log'], left: [] });
    expect(status(place)).toBe('');
  });

  test('and is no file stays staged, and that is said', async () => {
    const place = makeAgreed();
    const inner = 'git init --quiet sub; git -C sub commit --quiet --allow-empty -m In';
    const done = await task(place, `${inner}; git add sub 2> /dev/null; echo x > x.js`);
    expect(done.paths).toEqual(['x.js']);
    expect(done.left.map(({ message }) => message)).toEqual([
      'sub was left out and is still staged: what the task staged of it is not what lies there.',
    ]);
    expect(status(place)).toBe('A  sub');
  });

  test('stays staged when a hook refuses it', async () => {
    const place = makeAgreed();
    write(place.repository, '.git/hooks/pre-commit', '#!/bin/sh\nexit 1\n', 0o755);
    const words = ['task', 'run', '--', 'sh', '-c', 'echo fine >> AGENTS.md; git add AGENTS.md'];
    expect((await place.skein(words, { env: process.env })).code).toBe(5);
    expect(status(place)).toBe('M  AGENTS.md');
  });

  test('is left to it where it commits by itself', async () => {
    const place = makeAgreed();
    const done = await task(
      place,
      'echo one > one.js; git add one.js; git commit --quiet -m Own; echo two > two.js; git add two.js',
    );
    expect(done).toMatchObject({ paths: ['two.js'], left: [] });
    expect(subjects(place)).toEqual(['a: sh', 'Own', 'First']);
    expect(status(place)).toBe('');
  });
});

describe('what was staged before the task', () => {
  test('stays staged and uncommitted', async () => {
    const place = makeAgreed();
    place.write('code.js', 'mine\n');
    git(place.repository, 'add', 'code.js');
    const done = await task(place, 'echo fine >> AGENTS.md; git add AGENTS.md');
    expect(done).toMatchObject({ paths: ['AGENTS.md'], left: [] });
    expect(status(place)).toBe('M  code.js');
  });

  test('stays the user’s when the agent stages it anew, and that is said', async () => {
    const place = makeAgreed();
    place.write('AGENTS.md', '# Agents\nmine\n');
    git(place.repository, 'add', 'AGENTS.md');
    const done = await task(place, 'echo fine >> AGENTS.md; git add AGENTS.md');
    expect(done).toMatchObject({ commit: null, paths: [] });
    expect(done.left.map(({ message }) => message)).toEqual([
      expect.stringContaining('AGENTS.md was left out: somebody has staged it'),
    ]);
    expect(status(place)).toBe('M  AGENTS.md');
  });
});

describe('what was changed before the task, and is staged with all else by the agent', () => {
  const halves = (place: Place) => {
    place.write('AGENTS.md', '# Agents\nmine\n');
    place.write('half.js', 'half\n');
  };

  test('is not staged afterwards, for later tasks would leave it out', async () => {
    const place = makeAgreed();
    halves(place);
    const before = status(place);
    const done = await task(place, 'echo new > new.js; git add -A');
    expect(done).toMatchObject({ paths: ['new.js'], left: [] });
    expect(status(place)).toBe(before);
    expect(faultsOf(place.repository)).toBe('');
  });

  test('neither when the agent changed nothing', async () => {
    const place = makeAgreed();
    halves(place);
    const before = status(place);
    expect(await task(place, 'git add -A')).toMatchObject({ commit: null, paths: [], left: [] });
    expect(status(place)).toBe(before);
    expect(subjects(place)).toEqual(['First']);
  });
});

test('a task whose work was left out does not say that it changed nothing', async () => {
  const place = makeAgreed();
  place.write('half.js', 'half\n');
  const words = ['task', 'run', '--', 'sh', '-c', 'echo more >> half.js'];
  const ran = await place.skein(words, { env: process.env });
  expect(ran.out).toContain('Nothing was committed: what the task changed was left out.');
  expect(ran.out).toContain('half.js was left out');
});
