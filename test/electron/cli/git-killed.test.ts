/** A real `skein git pull` that is killed in the middle: git likes what it leaves, and the next run finishes or undoes it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { makePlace } from '../../support/cli-place.ts';
import { commitAll, faultsOf, git, useGitLab, write } from '../../support/git-lab.ts';
import { cloneOf } from '../../support/pull-lab.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

const rounds = process.env['SKEIN_WHOLE'] === '1' ? 40 : 4;
const files = Array.from({ length: 60 }, (_, index) => `part-${index % 5}/file-${index}.txt`);

/** What of a pull is there while it is in the middle, and never otherwise. */
const traces = (folder: string): string[] =>
  readdirSync(join(folder, '.git')).filter((name) => /^skein-(step|index|mixed)|\.lock$/.test(name));

test('a pull that is killed loses nothing, and the next one ends as if nothing had happened', {
  timeout: 300_000,
}, async () => {
  const place = makePlace();
  const ours = place.repository;
  git(ours, 'checkout', '--quiet', '-b', 'main');
  for (const path of files) write(ours, path, 'First.\n');
  write(ours, 'AGENTS.md', '# Agents\n\n- first\n\n## End\n\nLast.\n');
  commitAll(ours, 'First');
  const bare = join(temporaryFolder(), 'site.git');
  git(ours, 'clone', '--quiet', '--bare', ours, bare);
  git(ours, 'remote', 'add', 'origin', bare);
  const theirs = cloneOf(bare);
  const random = createSeededRandom(9);
  write(ours, 'staged.txt', 'Staged.\n');
  git(ours, 'add', 'staged.txt');
  write(ours, 'staged.txt', 'Edited since.\n');
  let interrupted = 0;

  for (let round = 1; round <= rounds; round += 1) {
    for (const path of files) if (random.chance(1 / 2)) write(theirs, path, `Round ${round}.\n`);
    write(theirs, `new/round-${round}.txt`, 'New.\n');
    write(
      theirs,
      'AGENTS.md',
      `${git(theirs, 'show', 'HEAD:AGENTS.md').replace('- first', `- first\n- theirs ${round}`)}\n`,
    );
    const tip = commitAll(theirs, `Theirs ${round}`);
    git(theirs, 'push', '--quiet');
    write(ours, 'AGENTS.md', `${place.read('AGENTS.md')}mine ${round}\n`);

    const { child, ended } = place.start(['git', 'pull']);
    await vi.waitUntil(() => traces(ours).length > 0 || child.exitCode !== null, {
      timeout: 60_000,
      interval: 1,
    });
    // Anywhere in the step, or right after it: which it was is counted below.
    await sleep(random.integer(40));
    child.kill('SIGKILL');
    await ended;
    if (traces(ours).length > 0) interrupted += 1;
    expect(git(ours, 'status', '--porcelain')).toContain('AM staged.txt');
    expect(faultsOf(ours)).toBe('');

    expect((await place.skein(['git', 'pull'])).code).toBe(0);
    expect(git(ours, 'rev-parse', 'HEAD')).toBe(tip);
    expect(git(ours, 'status', '--porcelain').split('\n')).toEqual([' M AGENTS.md', 'AM staged.txt']);
    expect(faultsOf(ours)).toBe('');
    expect(traces(ours)).toEqual([]);
    expect(git(ours, 'ls-files', '--others', '--exclude=.kb_operations.lock')).toBe('');
    const lines = place.read('AGENTS.md').split('\n');
    for (let at = 1; at <= round; at += 1)
      for (const line of [`- theirs ${at}`, `mine ${at}`])
        expect(lines.filter((it) => it === line)).toEqual([line]);
  }
  expect(interrupted).toBeGreaterThan(0);
  expect(existsSync(join(ours, 'new/round-1.txt'))).toBe(true);
});
