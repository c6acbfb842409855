import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isInstalled, skeinProgram } from '../../../build/scripts/skein-program.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bundle = ['out', 'headless', 'cli.mjs'];

/** A Skein of which each file has the age of its minute; folders are as old as the sources. */
function skeinIn(folder: string, minuteByFile: Record<string, number>): string {
  for (const [file, minute] of Object.entries(minuteByFile)) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    utimesSync(path, minute * 60, minute * 60);
    utimesSync(dirname(path), 60, 60);
  }
  return folder;
}

const sources = { 'electron/cli.ts': 1, 'shared/result.ts': 1 };

test('a bundle that is newer than the sources is the command', () => {
  const folder = skeinIn(temporaryFolder(), { ...sources, [join(...bundle)]: 2 });
  expect(skeinProgram(folder)).toEqual({
    script: join(folder, 'build', 'bin', 'bundled.mjs'),
    isBundle: true,
  });
});

test.each(['electron/cli.ts', 'shared/result.ts'])('a newer %s makes the sources the command', (file) => {
  const folder = skeinIn(temporaryFolder(), { ...sources, [join(...bundle)]: 2, [file]: 3 });
  expect(skeinProgram(folder)).toEqual({ script: join(folder, 'electron', 'cli.ts'), isBundle: false });
});

test('without a bundle the sources are the command', () => {
  expect(skeinProgram(skeinIn(temporaryFolder(), sources)).isBundle).toBe(false);
});

test('where npm installed it, the times of files count for nothing', () => {
  const installed = join(temporaryFolder(), 'node_modules', 'skein');
  expect(isInstalled(installed)).toBe(true);
  expect(skeinProgram(skeinIn(installed, sources)).isBundle).toBe(false);
  expect(skeinProgram(skeinIn(installed, { ...sources, [join(...bundle)]: 0 })).isBundle).toBe(true);
});
