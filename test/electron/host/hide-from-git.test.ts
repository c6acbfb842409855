/** What is in a work tree for a moment only, as git sees it at that moment. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFiles } from '../../../electron/adapters/node-files.ts';
import { hidingTemporaries } from '../../../electron/host/hide-from-git.ts';
import { must } from '../../support/device.ts';
import { git } from '../../support/git-lab.ts';
import { createMemoryLog } from './support/memory-log.ts';
import { makeRepository } from './support/repositories.ts';

async function open() {
  const { project } = makeRepository();
  const log = createMemoryLog();
  const files = hidingTemporaries(must(await openFiles(project)), project, log);
  const write = async (folder: string) =>
    must(await files.writeTemporary(folder, Buffer.from('half'), 0o644, 'a1b2c3d4'));
  return { project, log, write, exclude: join(project, '.git', 'info', 'exclude') };
}

test('is in no status and goes into no commit, in whatever folder it lies', async () => {
  const { project, write, exclude } = await open();
  writeFileSync(exclude, '*.log');
  const written = [await write(''), await write('docs/deep')];
  expect(written.map(({ path }) => path.split('/').at(-1))).toEqual([
    expect.stringMatching(/^\.skein-a1b2c3d4-[0-9a-f]{16}\.tmp$/),
    expect.stringMatching(/^\.skein-a1b2c3d4-[0-9a-f]{16}\.tmp$/),
  ]);
  expect(git(project, 'add', '--all', '--verbose')).toBe('');
  expect(git(project, 'status', '--porcelain')).toBe('');
  expect(readFileSync(exclude, 'utf8')).toBe('*.log\n.skein-*.tmp\n');
});

test('is written all the same where git cannot be told, and that is warned of once', async () => {
  const { project, write, exclude, log } = await open();
  rmSync(exclude, { force: true });
  mkdirSync(exclude);
  await write('');
  const { path } = await write('docs');
  expect(readFileSync(join(project, path), 'utf8')).toBe('half');
  expect(log.lines.map(({ message }) => message)).toEqual([
    `${exclude} could not be written (EISDIR), so git in ${project} will list .skein-*.tmp.`,
  ]);
});
