/** How often the disk is asked where a folder leads, and that no answer is older than its question. */
import { mkdirSync, realpathSync, rmdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createConfinedRoot } from '../../electron/adapters/confined-root.ts';
import { promptCalls } from '../../electron/adapters/disk-calls.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function rootWith(...folders: string[]) {
  const folder = realpathSync(temporaryFolder());
  for (const it of folders) mkdirSync(join(folder, it));
  const realpath = vi.fn(promptCalls.realpath);
  return { folder, realpath, root: createConfinedRoot(folder, { ...promptCalls, realpath }) };
}

test('many questions for files of one folder at a time are one for the disk', async () => {
  const { folder, realpath, root } = rootWith('notes', 'tasks');
  const paths = ['notes/a.md', 'notes/b.md', 'tasks/a.md', 'notes/c.md'];
  const places = await Promise.all(paths.map((path) => root.locate(path)));
  expect(places).toEqual(paths.map((path) => ({ ok: true, value: join(folder, path) })));
  expect(realpath).toHaveBeenCalledTimes(2);
});

test('each of them hears that the folder is not there', async () => {
  const { realpath, root } = rootWith();
  const places = await Promise.all(['gone/a.md', 'gone/b.md'].map((path) => root.locate(path)));
  expect(places).toEqual([1, 2].map(() => ({ ok: true, value: undefined })));
  expect(realpath).toHaveBeenCalledTimes(1);
});

test('a question while the disk answers another is put to it, too', async () => {
  const { folder, realpath, root } = rootWith('notes');
  const answers: (() => void)[] = [];
  realpath.mockImplementation(
    (absolute) => new Promise((resolve) => answers.push(() => resolve(realpathSync(absolute)))),
  );
  const first = root.locate('notes/a.md');
  await vi.waitFor(() => expect(answers).toHaveLength(1));
  const second = root.locate('notes/b.md');
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  for (const answer of answers) answer();
  const places = ['a.md', 'b.md'].map((name) => ({ ok: true, value: join(folder, 'notes', name) }));
  expect(await Promise.all([first, second])).toEqual(places);
});

test.skipIf(process.platform === 'win32')(
  'a question after the disk answered is put to it anew',
  async () => {
    const { folder, root } = rootWith('notes');
    const outside = temporaryFolder();
    expect(await root.locate('notes/a.md')).toMatchObject({ ok: true });
    rmdirSync(join(folder, 'notes'));
    symlinkSync(outside, join(folder, 'notes'));
    expect(await root.locate('notes/a.md')).toMatchObject({ ok: false, error: { code: 'link-leaves' } });
  },
);
