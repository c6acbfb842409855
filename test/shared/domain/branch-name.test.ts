/** Names of branches, beside what the installed git says of them. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBranchName } from '../../../shared/domain/branch-name.ts';
import { gitMissing } from '../../adapters/git-subjects.ts';

const byGit = (name: string): boolean =>
  spawnSync('git', ['check-ref-format', '--branch', name]).status === 0;

const odd = [
  '',
  '.',
  '..',
  'a..b',
  '.a',
  'a/.b',
  'a.lock',
  'a.lock/b',
  'a.',
  'a/',
  '/a',
  'a//b',
  '@',
  '@{',
  'a@{b',
];
const others = [
  'a b',
  'a~',
  'a^',
  'a:',
  'a?',
  'a*',
  'a[',
  'a\\',
  'a\u007f',
  'a\u0001',
  '-a',
  '-',
  'a/-b',
  'HEAD',
  'a/HEAD',
  'HEADS',
  'ä/ö',
  'a.lockb',
  '{',
  'a@',
];

test.skipIf(gitMissing)('are told as git tells them', () => {
  for (const name of [...odd, ...others]) expect([name, isBranchName(name)]).toEqual([name, byGit(name)]);
  const letters = fc.constantFrom('a', '.', '/', '@', '{', '-', '~', '.lock', 'ä', '\\');
  const name = fc.array(letters, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, (it) => isBranchName(it) === byGit(it)),
    { numRuns: 60 },
  );
});
