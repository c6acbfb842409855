import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { excludeFromGit } from '../../electron/adapters/git-exclude.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const name = '.kb_operations.lock';
const pattern = `/${name}`;

function exclude(before: Buffer | string | undefined): string {
  const file = join(temporaryFolder(), 'info', 'exclude');
  if (before !== undefined) {
    mkdirSync(dirname(file));
    writeFileSync(file, before);
  }
  excludeFromGit(file, pattern);
  excludeFromGit(file, pattern);
  return readFileSync(file, 'latin1');
}

test.each([
  ['nothing', undefined, '/.kb_operations.lock\n'],
  ['an empty file', '', '/.kb_operations.lock\n'],
  ['lines', '# mine\n*.log\n', '# mine\n*.log\n/.kb_operations.lock\n'],
  ['a last line without an end', '*.log', '*.log\n/.kb_operations.lock\n'],
  ['lines of Windows', '*.log\r\n*.tmp', '*.log\r\n*.tmp\r\n/.kb_operations.lock\r\n'],
  ['the line itself', '/.kb_operations.lock\n*.log\n', '/.kb_operations.lock\n*.log\n'],
  ['the name alone', '.kb_operations.lock  \n', '.kb_operations.lock  \n'],
  ['a longer name', '/.kb_operations.lock.old\n', '/.kb_operations.lock.old\n/.kb_operations.lock\n'],
])('adds one line to %s, and only once', (_what, before, after) => {
  expect(exclude(before)).toBe(after);
});

test('keeps bytes that are no text', () => {
  const before = Buffer.from([0xff, 0xfe, 0x80, 0x0a]);
  expect(exclude(before)).toBe(`${before.toString('latin1')}/.kb_operations.lock\n`);
});

test('git then overlooks the file, in a linked worktree too', () => {
  const folder = temporaryFolder();
  const run = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', '-C', folder, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  run('init', '--quiet');
  run('commit', '--quiet', '--allow-empty', '--message', 'Begin');
  run('worktree', 'add', '--quiet', 'linked');
  excludeFromGit(join(folder, '.git', 'info', 'exclude'), pattern);
  writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'linked', name), '');
  expect(run('status', '--porcelain')).toBe('?? linked/\n');
  expect(run('-C', 'linked', 'status', '--porcelain')).toBe('');
});
