/** What `skein search` takes for which files. */
import { expect, test } from 'vitest';
import { makePlace } from '../../support/cli-place.ts';

type FoundJson = { passages: { path: string; text: string; marks: [number, number][] }[] };

test.each(['docs', 'docs/', 'docs/**', 'docs/passation_*'])('--path %s is all below docs', async (path) => {
  const place = makePlace();
  place.write('docs/passation_claude.md', '# Journal\n\nThe lamp burns.\n');
  place.write('AGENTS.md', '# Agents\n\nLight the lamp.\n');
  const { passages } = await place.json(['search', 'lamp', '--path', path]);
  expect(passages).toMatchObject([{ path: 'docs/passation_claude.md' }]);
});

test('--path of a file is that file, and of what is not there nothing', async () => {
  const place = makePlace();
  place.write('AGENTS.md', '# Agents\n\nLight the lamp.\n');
  expect((await place.json(['search', 'lamp', '--path', 'AGENTS.md'])).passages).toHaveLength(1);
  expect((await place.json(['search', 'lamp', '--path', 'AGENT'])).passages).toEqual([]);
});

test('a word inside of a run of signs is found and marked as it is written', async () => {
  const place = makePlace();
  place.write('AGENTS.md', '# Agents\n\n今日の会議はｶﾞｲﾄﾞの話。\n');
  place.write('ROADMAP.md', '# Roadmap\n\nLight the lamp.\n');
  const question = ['search', '--by', 'words', '会議', 'ガイド'];
  const { passages } = await place.json<FoundJson>(question);
  const marked = passages.map(({ path, text, marks }) => [path, ...marks.map((it) => text.slice(...it))]);
  expect(marked).toEqual([['AGENTS.md', '会議', 'ｶﾞｲﾄﾞ']]);
  expect((await place.skein(question)).out).toContain('  今日の会議はｶﾞｲﾄﾞの話。\n');
});
