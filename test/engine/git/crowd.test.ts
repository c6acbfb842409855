/**
 * Many work on one repository at once: note mode, agent mode, plain `git commit`, holders of the lock file, and each is
 * killed in the middle again and again. Whatever was confirmed is in the history once; no commit of Skein holds what
 * somebody else changed; nothing is left behind. SKEIN_WHOLE=1 does so for a minute.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { must } from '../../support/device.ts';
import { commitAll, faultsOf, git, makeRepository, useGitLab } from '../../support/git-lab.ts';
import { openRepository } from '../../support/open-repository.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

const worker = fileURLToPath(new URL('../../support/crowd-worker.ts', import.meta.url));
/** Milliseconds; it goes on until enough is done all the same. */
const leastMs = process.env['SKEIN_WHOLE'] === '1' ? 60_000 : 0;

const committing =
  'i=0; while :; do i=$((i+1)); echo $i >> "$1"; git add "$1" && git commit -qm "plain $1" >/dev/null; sleep 0.3; done';
const holding = 'while :; do flock .kb_operations.lock sleep 0.05; sleep 0.5; done';

type Worker = { child(): ChildProcess };

test('a crowd loses nothing, mixes nothing and leaves nothing', {
  timeout: 300_000,
}, async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n', 'AGENTS.md': '# Agents\n' });
  const remote = join(temporaryFolder(), 'remote.git');
  git(folder, 'clone', '--quiet', '--bare', '.', remote);
  git(folder, 'remote', 'add', 'origin', `file://${remote}`);
  const [confirmed, errors]: [string[], string[]] = [[], []];
  let over = false;

  /** Begins anew whenever it ends. */
  function work(program: string, args: readonly string[]): Worker {
    let child: ChildProcess;
    const start = () => {
      const started = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
      let printed = '';
      started.stdout.on('data', (chunk: Buffer) => {
        const lines = (printed + chunk).split('\n');
        printed = lines.pop() ?? '';
        confirmed.push(...lines);
      });
      started.stderr.on('data', (chunk: Buffer) => void errors.push(chunk.toString()));
      started.on('close', () => over || start());
      child = started;
    };
    start();
    return { child: () => child };
  }

  const skein = ['one', 'two', 'three'].map((id) => work(process.execPath, [worker, 'note', id, folder]));
  skein.push(work(process.execPath, [worker, 'agent', 'four', folder]));
  const others = ['plain-a.txt', 'plain-b.txt'].map((file) => work('sh', ['-c', committing, 'sh', file]));
  others.push(...[1, 2].map(() => work('sh', ['-c', holding])));

  const random = createSeededRandom(7);
  const untilMs = performance.now() + leastMs;
  let [kills, before] = [0, 0];
  while (performance.now() < untilMs || confirmed.length < 16) {
    await sleep(50);
    // Each gets far enough that something is done, and then one dies in the middle of the next.
    if (confirmed.length < before + 3) continue;
    before = confirmed.length;
    const [byte = 0] = random.bytes(1);
    skein[byte % skein.length]?.child().kill('SIGKILL');
    kills += 1;
  }
  over = true;
  for (const child of [...skein, ...others].map((it) => it.child())) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  }

  // Gits that the killed ones started may still run; what they hold goes with them.
  const repository = await openRepository(folder);
  must(await repository.settle());
  expect(kills).toBeGreaterThan(3);
  const added = git(folder, 'log', '--format=', '--name-only', '--diff-filter=A', '--no-merges').split('\n');
  for (const path of confirmed) expect(added.filter((it) => it === path)).toEqual([path]);
  for (const line of git(folder, 'log', '--no-merges', '--format=%x00%s', '--name-only')
    .split('\0')
    .slice(1)) {
    const [subject = '', ...paths] = line.trim().split('\n').filter(Boolean);
    if (subject.startsWith('Note'))
      expect(paths.every((path) => path.startsWith('memory-bank/notes/'))).toBe(true);
    if (subject.startsWith('four')) expect(paths.every((path) => path.startsWith('task-four'))).toBe(true);
  }
  expect(faultsOf(folder)).toBe('');
  expect(existsSync(join(folder, '.git', 'index.lock'))).toBe(false);
  expect(readdirSync(join(folder, '.git')).filter((name) => name.startsWith('skein-index'))).toEqual([]);
  expect(errors.filter((text) => /internal|TypeError|Error:/.test(text))).toEqual([]);
  commitAll(folder, 'It still works');
});
