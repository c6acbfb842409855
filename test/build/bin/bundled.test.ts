import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectFolder } from '../../../build/scripts/set-up.mjs';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** The launcher beside a bundle of one line. */
function makeSkein(): string {
  const folder = temporaryFolder();
  cpSync(join(projectFolder, 'build', 'bin'), join(folder, 'build', 'bin'), { recursive: true });
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  mkdirSync(join(folder, 'out', 'headless'), { recursive: true });
  writeFileSync(join(folder, 'out', 'headless', 'cli.mjs'), 'console.log(process.argv[2]);\n');
  return folder;
}

/** Runs it as a user whose home is `home`, and returns what it printed. */
function run(skein: string, home: string): string {
  const variables = ['HOME', 'USERPROFILE', 'LOCALAPPDATA', 'XDG_CACHE_HOME'];
  const { NODE_COMPILE_CACHE: _, ...around } = process.env;
  const env = { ...around, ...Object.fromEntries(variables.map((name) => [name, home])) };
  const script = join(skein, 'build', 'bin', 'bundled.mjs');
  const child = spawnSync(process.execPath, [script, 'hello'], { env, encoding: 'utf8' });
  expect(child.stderr).toBe('');
  return child.stdout;
}

test('what was compiled of the bundle is kept in the cache folder of the user, and nowhere else', () => {
  const [skein, home] = [makeSkein(), temporaryFolder()];
  expect(run(skein, home)).toBe('hello\n');
  const kept = readdirSync(home, { recursive: true, encoding: 'utf8' });
  expect(kept.some((path) => path.includes(join('skein', 'compiled')))).toBe(true);
  expect(readdirSync(skein).toSorted()).toEqual(['build', 'node_modules', 'out']);
  expect(run(skein, home)).toBe('hello\n');
});

test('a cache folder that cannot be made hinders no command', () => {
  const home = join(temporaryFolder(), 'not-a-folder');
  writeFileSync(home, '');
  expect(run(makeSkein(), home)).toBe('hello\n');
});
