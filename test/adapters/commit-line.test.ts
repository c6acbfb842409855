import { expect, test } from 'vitest';
import { countLine } from '../../electron/adapters/commit-line.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, problem } from '../../shared/result.ts';

/** Commits by their ids, with their parents. */
const reader = (parentsById: Readonly<Record<string, string[]>>) => async (id: string) => {
  const parents = parentsById[id];
  return parents === undefined ? err(problem('git-failed', id, 'Gone.', '')) : ok({ tree: '', parents });
};

const line = (above: string, below: string, parentsById: Readonly<Record<string, string[]>>) =>
  countLine(reader(parentsById), { above, below });

test('one commit stands so many above another, or is the same', async () => {
  const chain = { c: ['b'], b: ['a'], a: [] };
  expect(await line('c', 'a', chain)).toBe(2);
  expect(await line('b', 'b', chain)).toBe(0);
});

test('no line leads past the beginning, through a merge, or to what is not there', async () => {
  expect(await line('b', 'x', { b: ['a'], a: [] })).toBeUndefined();
  expect(await line('m', 'a', { m: ['b', 'a'], b: ['a'], a: [] })).toBeUndefined();
  expect(await line('b', 'a', { b: ['gone'] })).toBeUndefined();
});

test('a long one is left to git', async () => {
  const parentsById = Object.fromEntries(
    Array.from({ length: limits.gitLineCommits + 2 }, (_, nth) => [`c${nth + 1}`, [`c${nth}`]]),
  );
  expect(await line(`c${limits.gitLineCommits}`, 'c0', parentsById)).toBe(limits.gitLineCommits);
  expect(await line(`c${limits.gitLineCommits + 1}`, 'c0', parentsById)).toBeUndefined();
});
