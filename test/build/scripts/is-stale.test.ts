import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isStale } from '../../../build/scripts/is-stale.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Sources of minute 1 and something built from them at minute 2. */
function builtProject() {
  const folder = temporaryFolder();
  const sources = join(folder, 'source');
  mkdirSync(join(sources, 'deep'), { recursive: true });
  const file = join(sources, 'deep', 'a.ts');
  const output = join(folder, 'out.js');
  for (const path of [file, output]) writeFileSync(path, '');
  const at = (path: string, minute: number) => utimesSync(path, minute * 60, minute * 60);
  for (const path of [file, join(sources, 'deep'), sources]) at(path, 1);
  at(output, 2);
  return { sources, file, output, at };
}

test('what is newer than all of its sources is not stale', () => {
  const { sources, output } = builtProject();
  expect(isStale([output], [sources])).toBe(false);
});

test('what is missing is stale', () => {
  const { sources, output } = builtProject();
  expect(isStale([output, `${output}.map`], [sources])).toBe(true);
});

test('an edit deep in the sources makes it stale', () => {
  const { sources, file, output, at } = builtProject();
  at(file, 3);
  expect(isStale([output], [sources])).toBe(true);
});

test('a removed source makes it stale', () => {
  const { sources, file, output } = builtProject();
  rmSync(file);
  expect(isStale([output], [sources])).toBe(true);
});

test('a source that does not exist says nothing', () => {
  const { output, sources } = builtProject();
  expect(isStale([output], [join(sources, 'nowhere')])).toBe(false);
});
