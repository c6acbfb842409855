import { expect, test } from 'vitest';
import { momentIn, readRangeArgument, readVersionArgument } from '../../../electron/cli/version-argument.ts';

test.each([
  ['AGENTS.md', 'AGENTS.md', undefined],
  ['AGENTS.md@latest', 'AGENTS.md', 'latest'],
  ['AGENTS.md@latest~2', 'AGENTS.md', 'latest~2'],
  ['AGENTS.md@01a1fdb42c0b', 'AGENTS.md', '01a1fdb42c0b'],
  ['AGENTS.md@{2026-11-21T09:30}', 'AGENTS.md', '{2026-11-21T09:30}'],
  ['docs/@scope/notes.md', 'docs/@scope/notes.md', undefined],
  ['docs/@scope/notes.md@latest', 'docs/@scope/notes.md', 'latest'],
  ['mail@example.md', 'mail@example.md', undefined],
  ['a@01a1fd@latest', 'a@01a1fd', 'latest'],
  ['short@01a1f', 'short@01a1f', undefined],
  ['note@latest@latest', 'note@latest', 'latest'],
  ['line\nbreak@{2h}.md@{2h}', 'line\nbreak@{2h}.md', '{2h}'],
  ['@latest', '@latest', undefined],
])('%j is %j at %j', (text, path, version) => {
  expect(readVersionArgument(text)).toEqual({ path, version });
});

test.each([
  ['AGENTS.md', undefined, undefined],
  ['AGENTS.md@latest~3', 'latest~3', undefined],
  ['AGENTS.md@latest~3..latest~1', 'latest~3', 'latest~1'],
  ['AGENTS.md@..latest~1', undefined, 'latest~1'],
  ['AGENTS.md@01a1fdb42c0b..', '01a1fdb42c0b', undefined],
  ['AGENTS.md@{2h}..{1h}', '{2h}', '{1h}'],
])('%j compares %j with %j', (text, from, to) => {
  expect(readRangeArgument(text)).toEqual({ path: 'AGENTS.md', from, to });
});

test('dots in a path are no range', () => {
  expect(readRangeArgument('docs/a..b.md').path).toBe('docs/a..b.md');
});

test('a moment stands in braces', () => {
  expect(momentIn('{2h}')).toBe('2h');
  expect(momentIn('latest')).toBeUndefined();
});
