/** What `skein search` takes for which files. */
import { expect, test } from 'vitest';
import { makePlace } from '../../support/cli-place.ts';

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
