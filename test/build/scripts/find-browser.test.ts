import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { findInstalled } from '../../../build/scripts/find-browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function program(folder: string, name: string, mode = 0o755): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

const find = (env: NodeJS.ProcessEnv) => findInstalled({ env, platform: 'linux' });

test('a browser that a variable names comes first', () => {
  const folder = temporaryFolder();
  const [named, other] = [program(folder, 'mine'), program(folder, 'chromium')];
  expect(find({ SKEIN_CHROMIUM: named, CHROME_PATH: other, PATH: folder })).toBe(named);
  expect(find({ CHROME_PATH: other })).toBe(other);
});

test('a variable that names nothing is passed over', () => {
  const folder = temporaryFolder();
  const there = program(folder, 'google-chrome');
  expect(find({ SKEIN_CHROMIUM: join(folder, 'gone'), CHROMIUM: '', PATH: folder })).toBe(there);
});

test('one without windows is taken before others of the same folder', () => {
  const folder = temporaryFolder();
  program(folder, 'chromium');
  const shell = program(folder, 'chromium-headless-shell');
  expect(find({ PATH: folder })).toBe(shell);
});

test('the PATH is searched in its order, for programs that can run', () => {
  const folder = temporaryFolder();
  const [first, second] = [join(folder, 'a'), join(folder, 'b')];
  program(first, 'chromium', 0o644);
  const there = program(second, 'chromium-browser');
  expect(find({ PATH: [first, second].join(delimiter) })).toBe(there);
});
