import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkGit } from '../../../../electron/host/doctor/git-check.ts';
import { temporaryFolder } from '../support/folders.ts';

const posix = process.platform !== 'win32';

/** A PATH on which `git` prints one line. */
function gitThatSays(line: string): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho "${line}"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return { PATH: folder };
}

test('a machine without git is told what it misses', async () => {
  const check = await checkGit({ PATH: temporaryFolder() });
  expect(check).toMatchObject({ state: 'warning', advice: expect.stringContaining('Install git') });
});

test.runIf(posix)('versions are compared as numbers', async () => {
  expect((await checkGit(gitThatSays('git version 2.9.5'))).state).toBe('warning');
  expect(await checkGit(gitThatSays('git version 2.39.5 (Apple Git-154)'))).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('2.39.5'),
  });
  expect((await checkGit(gitThatSays('git version 3.0.0'))).state).toBe('ok');
});

test.runIf(posix)('something else with the name git is no git', async () => {
  expect((await checkGit(gitThatSays('hello'))).state).toBe('warning');
});
