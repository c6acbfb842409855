import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../../electron/cli/commands/table.ts';
import { completionPlaces, shells, writeCompletion } from '../../../electron/cli/completion.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash offers after these words, the last of them unfinished. */
function completeInBash(folder: string, ...words: string[]): string[] {
  const script = `${writeCompletion('bash', commands)}
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))
_skein
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', script, 'bash', 'skein', ...words];
  const out = execFileSync('bash', args, { cwd: folder, encoding: 'utf8' });
  return out.split('\n').filter((line) => line !== '');
}

test('every command and every option has its place', () => {
  const places = completionPlaces(commands);
  const top = places.find(({ path }) => path === '');
  expect(top?.words.map(({ word }) => word)).toEqual([...commands.map(({ name }) => name), 'help']);
  expect(places.map(({ path }) => path)).toContain('config set');
  const log = places.find(({ path }) => path === 'log');
  expect(log?.options.map(({ word }) => word)).toEqual(
    expect.arrayContaining(['-n', '--limit', '--since', '--json']),
  );
});

describe.skipIf(!has('bash'))('in bash (skipped where there is none)', () => {
  test('the first word is a command', () => {
    expect(completeInBash('/', 'st')).toEqual(['status']);
    expect(completeInBash('/', '')).toEqual(expect.arrayContaining(commands.map(({ name }) => name)));
  });

  test('an option comes after its command', () => {
    expect(completeInBash('/', 'log', '--si')).toEqual(['--since']);
    expect(completeInBash('/', '--json', 'log', '--un')).toEqual(['--until']);
  });

  test('nested commands and choices are offered', () => {
    expect(completeInBash('/', 'config', 'un')).toEqual(['unset']);
    expect(completeInBash('/', 'config', 'set', 'loc')).toEqual(['locale']);
    expect(completeInBash('/', 'completion', 'f')).toEqual(['fish']);
  });

  test('files are offered where a path may stand, and nowhere else', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'AGENTS.md'), '');
    expect(completeInBash(folder, 'show', 'AG')).toEqual(['AGENTS.md']);
    expect(completeInBash(folder, 'status', 'AG')).toEqual([]);
  });
});

test.for(shells)('%s reads its script without complaint', (shell, { skip }) => {
  skip(!has(shell), `there is no ${shell} here`);
  const file = join(temporaryFolder(), 'completion');
  writeFileSync(file, writeCompletion(shell, commands));
  const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
  expect({ status: checked.status, said: checked.stderr }).toEqual({ status: 0, said: '' });
});
