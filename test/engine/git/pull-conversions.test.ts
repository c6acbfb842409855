/** Line endings and filters as the repository wants them at that moment, whoever changed what says so. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { pull } from '../../../electron/engine/git/pull.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import { commitAll, copyOf, git, makeRepository, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openCommits } from '../../support/open-repository.ts';
import { makeLab, openPull, request, textOf, theyPush } from '../../support/pull-lab.ts';

useGitLab();

async function pullLikeGit(folder: string): Promise<void> {
  const copy = copyOf(folder);
  const { deps } = await openPull(folder);
  expect(await pull(deps, request)).toMatchObject({ success: true });
  git(copy, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
  expect(portrait(folder)).toEqual(portrait(copy));
}

describe('a pull that brings attributes', () => {
  test.each([
    ['with the files that they are about', { 'run.bat': 'a\nb\n', 'in/run.cmd': 'a\nb\n', 'old.bat': 'c\n' }],
    ['and changes a file that they are about', { 'run.bat': null, 'old.bat': 'b\nc\n' }],
  ])('%s, converts as they say', async (_what, files) => {
    const lab = makeLab({ 'old.bat': 'b\n', 'run.bat': 'x\n' });
    theyPush(lab, {
      ...files,
      'in/.gitattributes': '*.cmd text eol=crlf\n',
      '.gitattributes': '*.bat text eol=crlf\n',
    });
    await pullLikeGit(lab.ours);
    expect(textOf(lab.ours, 'old.bat')).toContain('\r\n');
  });

  test('that end a conversion, though files lie there converted', async () => {
    const lab = makeLab({ 'old.bat': 'b\n', '.gitattributes': '*.bat text eol=crlf\n' });
    rmSync(join(lab.ours, 'old.bat'));
    git(lab.ours, 'checkout', '--quiet', '.');
    theyPush(lab, { '.gitattributes': '*.bat -text\n', 'old.bat': 'b\nc\n' });
    await pullLikeGit(lab.ours);
  });
});

describe('what was committed with CRLF stays so', () => {
  test.each([
    ['core.autocrlf', (folder: string) => git(folder, 'config', 'core.autocrlf', 'true')],
    ['text=auto', (folder: string) => write(folder, '.git/info/attributes', '* text=auto\n')],
  ])('with %s: an edit changes its own line, and a pull finds it unchanged', async (_name, convert) => {
    const lab = makeLab({ 'both.md': 'a\r\nb\r\n', 'theirs.md': 'a\r\nb\r\n' });
    convert(lab.ours);
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
    theyPush(lab, { 'theirs.md': 'a\r\nb\r\nc\r\n' });
    await pullLikeGit(lab.ours);
    write(lab.ours, 'both.md', 'a\r\nb\r\nc\r\n');
    const copy = copyOf(lab.ours);
    const { deps } = await openCommits(lab.ours);
    must(await commitPaths(deps, { paths: ['both.md'], message: 'Third\n' }, alwaysHeld));
    commitAll(copy, 'Third');
    expect(portrait(lab.ours)).toEqual(portrait(copy));
    expect(git(lab.ours, 'diff', '--numstat', 'HEAD~1')).toBe('1\t0\tboth.md');
  });
});

test('attributes that are written between two commits count for the second', async () => {
  const folder = makeRepository({ 'a.txt': 'a\r\n', 'b.txt': 'b\r\n', 'in/c.txt': 'c\r\n' });
  const { deps } = await openCommits(folder);
  const commit = (path: string) => commitPaths(deps, { paths: [path], message: 'Edit\n' }, alwaysHeld);
  write(folder, 'a.txt', 'a\r\nA\r\n');
  must(await commit('a.txt'));
  write(folder, '.gitattributes', '*.txt text\n');
  write(folder, 'in/c.txt', 'c\r\nC\r\n');
  must(await commit('in/c.txt'));
  expect(git(folder, 'show', 'HEAD:in/c.txt')).toBe('c\nC');
  expect(readFileSync(join(folder, 'in/c.txt'), 'utf8')).toBe('c\r\nC\r\n');
});
