/** What a file of the work tree gets: line endings and filters are git's own. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { must } from '../support/device.ts';
import { git, makeRepository, useGitLab, write } from '../support/git-lab.ts';
import { openRepository } from '../support/open-repository.ts';

useGitLab();

const files = {
  '.gitattributes': '*.bat text eol=crlf\n*.up filter=upper\n',
  'run.bat': 'one\ntwo\n',
  'plain.bin': 'as it is\0\n',
  'empty.bat': '',
  'loud.up': 'quiet\n',
};

test('the bytes of a file are those that git checks out, though filters make them longer', async () => {
  const folder = makeRepository(files);
  git(folder, 'config', 'filter.upper.smudge', "sed 's/quiet/LOUD AND CLEAR/'");
  git(folder, 'config', 'filter.upper.clean', "sed 's/LOUD AND CLEAR/quiet/'");
  for (const path of Object.keys(files)) rmSync(join(folder, path));
  git(folder, 'checkout', '--quiet', '.');
  const store = await openRepository(folder);
  const all = Object.keys(files).map(async (path) => {
    const bytes = must(await store.bytesFor(path, git(folder, 'rev-parse', `HEAD:${path}`)));
    expect(Buffer.from(bytes).toString(), path).toBe(readFileSync(join(folder, path), 'utf8'));
  });
  await Promise.all(all);
  expect(readFileSync(join(folder, 'loud.up'), 'utf8')).toBe('LOUD AND CLEAR\n');
});

test('a large file comes whole, and what git has not is said', async () => {
  const folder = makeRepository({ '.gitattributes': '*.txt text eol=crlf\n' });
  const text = 'line of a large file\n'.repeat(100_000);
  write(folder, 'large.txt', text);
  const id = execFileSync('git', ['-C', folder, 'hash-object', '-w', '--stdin'], {
    input: text,
    encoding: 'utf8',
  });
  const store = await openRepository(folder);
  const [large, gone, again] = await Promise.all([
    store.bytesFor('large.txt', id.trim()),
    store.bytesFor('gone.txt', '1'.repeat(40)),
    store.bytesFor('large.txt', id.trim()),
  ]);
  expect(must(large).length).toBe(text.length + 100_000);
  expect(Buffer.from(must(again)).equals(must(large))).toBe(true);
  expect(gone).toMatchObject({ ok: false, error: { code: 'git-failed' } });
});

test('what was asked before the repository is closed is still answered', async () => {
  const folder = makeRepository(files);
  const store = await openRepository(folder);
  const asked = Promise.all(
    Object.keys(files).map((path) => store.bytesFor(path, git(folder, 'rev-parse', `HEAD:${path}`))),
  );
  store.close();
  expect((await asked).map(({ ok }) => ok)).toEqual(Object.keys(files).map(() => true));
});
