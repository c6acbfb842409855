/** Trees that only an attacker makes: a pull checks none of them out, and the repository is as it was. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { git, portrait, useGitLab } from '../../support/git-lab.ts';
import { type Lab, makeLab, openPull, request, textOf } from '../../support/pull-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

type Entry = { mode: string; name: string; id: string };

/** As git itself would not write it: in this order, whatever the names are. */
function storeTree(folder: string, entries: readonly Entry[]): string {
  const input = Buffer.concat(
    entries.map(({ mode, name, id }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
    ),
  );
  return store(folder, input, '-t', 'tree', '--literally');
}

const store = (folder: string, input: string | Uint8Array, ...options: string[]): string =>
  execFileSync('git', ['-C', folder, 'hash-object', '-w', '--stdin', ...options], { input })
    .toString()
    .trim();

/** A folder with one program in it. */
const withProgram = (folder: string, name = 'post-commit'): string =>
  storeTree(folder, [{ mode: '100755', name, id: store(folder, '#!/bin/sh\ntouch pwned\n') }]);

/** Pushes the entries beside a file that both have, and finds that a pull takes nothing of it. */
async function refused({ theirs, ours }: Lab, entries: readonly Entry[]): Promise<void> {
  const code = { mode: '100644', name: 'code.ts', id: git(theirs, 'rev-parse', 'HEAD:code.ts') };
  const tree = storeTree(theirs, [...entries, code]);
  const commit = git(theirs, 'commit-tree', tree, '-p', 'HEAD', '-m', 'Evil');
  git(theirs, 'push', '--quiet', 'origin', `${commit}:main`);
  const [{ files, index }, config] = [portrait(ours), textOf(ours, '.git/config')];
  const { deps } = await openPull(ours);
  expect(await pull(deps, request)).toMatchObject({ success: false, problem: { code: 'hostile-path' } });
  expect(portrait(ours)).toMatchObject({ files, index });
  expect(textOf(ours, '.git/config')).toBe(config);
  expect(existsSync(join(ours, '.git/hooks/post-commit'))).toBe(false);
}

const base = { 'code.ts': 'x\n' };

test.each([
  '.git',
  '.GIT',
  '.git.',
  '.git ',
  '.git::$INDEX_ALLOCATION',
  '.g\u200cit',
  'git~1',
  'a\\.git\\hooks',
])('a folder with the name %j is not checked out', async (name) => {
  const lab = makeLab(base);
  await refused(lab, [{ mode: '40000', name, id: withProgram(lab.theirs) }]);
});

describe('a link and a folder of one name', () => {
  test.each([
    ["to git's own folder", () => '.git/hooks'],
    ['that leads out', () => temporaryFolder()],
  ])('%s: nothing is written through it', async (_where, target) => {
    const lab = makeLab(base);
    await refused(lab, [
      { mode: '120000', name: 'zz', id: store(lab.theirs, target()) },
      { mode: '40000', name: 'zz', id: withProgram(lab.theirs) },
    ]);
  });
});

test('a file that is there twice is not checked out', async () => {
  const lab = makeLab(base);
  const id = store(lab.theirs, 'One.\n');
  await refused(lab, [
    { mode: '100644', name: 'twice', id },
    { mode: '100755', name: 'twice', id: store(lab.theirs, 'Two.\n') },
  ]);
});

test.each(['.gitmodules', '.GITMODULES', 'gitmod~1'])('a link with the name %s is not made', async (name) => {
  const lab = makeLab(base);
  await refused(lab, [{ mode: '120000', name, id: store(lab.theirs, '/etc/passwd') }]);
});
