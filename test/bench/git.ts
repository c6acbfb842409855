/** Git in a repository of 20,000 files, beside the git command line: each measures the same work in turn. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCredentialFile } from '../../electron/adapters/credential-file.ts';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { commitPaths } from '../../electron/engine/git/commit.ts';
import { addNote } from '../../electron/engine/git/note.ts';
import { pull } from '../../electron/engine/git/pull.ts';
import { findUncommitted } from '../../electron/engine/git/uncommitted.ts';
import { type ComposedRepository, composeRepository } from '../../electron/host/compose-repository.ts';
import { alwaysHeld } from '../support/always-held.ts';
import { ms, quantile, type Row } from './measure.ts';

const filesInAll = 20_000;
const filesInFolder = 100;
const rounds = 30;
const notes = 100;
const identity = { name: 'Bench', email: 'bench@example.org' };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();

export async function benchGit(folder: string): Promise<Row[]> {
  const place = mkdtempSync(join(folder, 'git-'));
  const [remote, ours, theirs, writer] = ['remote.git', 'ours', 'theirs', 'writer'].map((name) =>
    join(place, name),
  ) as [string, string, string, string];
  makeLarge(ours);
  git(ours, 'clone', '--quiet', '--bare', '.', remote);
  git(ours, 'remote', 'add', 'origin', `file://${remote}`);
  for (const clone of [theirs, writer]) git(place, 'clone', '--quiet', `file://${remote}`, clone);
  for (const clone of [ours, theirs, writer]) identify(clone);
  const composed = await composeRepository(ours, {
    clock: systemClock,
    log: quiet,
    env: {},
    credentials: openCredentialFile(place, quiet),
  });
  if (!composed.ok) throw new Error(composed.error.message);
  const rows = [
    ...(await commits(composed.value, theirs)),
    ...(await uncommitted(composed.value, theirs)),
    ...(await pulls(composed.value, { theirs, writer, remote })),
    ...(await noteCommits(composed.value)),
  ];
  composed.value.close();
  return rows;
}

function makeLarge(folder: string): void {
  mkdirSync(folder);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  identify(folder);
  for (let file = 0; file < filesInAll; file++) {
    const inside = join(folder, `part-${Math.floor(file / filesInFolder)}`);
    if (file % filesInFolder === 0) mkdirSync(inside);
    writeFileSync(join(inside, `file-${file}.txt`), `File ${file}\n`);
  }
  writeFileSync(join(folder, 'AGENTS.md'), '# Agents\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'First');
}

function identify(folder: string): void {
  git(folder, 'config', 'user.name', identity.name);
  git(folder, 'config', 'user.email', identity.email);
}

async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** One line more in one file, committed; the two in turn, so that both meet the same machine. */
async function commits(repository: ComposedRepository, theirs: string): Promise<Row[]> {
  const [ourMs, theirMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    appendFileSync(join(repository.top, 'AGENTS.md'), `Line ${round}\n`);
    ourMs.push(
      await timed(async () => {
        const done = await commitPaths(repository, { paths: ['AGENTS.md'], message: 'Line\n' }, alwaysHeld);
        if (!done.ok || done.value.commit === undefined) throw new Error('nothing was committed');
      }),
    );
    appendFileSync(join(theirs, 'AGENTS.md'), `Line ${round}\n`);
    theirMs.push(
      await timed(() => {
        git(theirs, 'add', 'AGENTS.md');
        git(theirs, 'commit', '--quiet', '--message', 'Line');
      }),
    );
  }
  return besides('git: commit of one file of 20,000', {
    ourMs,
    theirMs,
    goal: 'under 20 ms, a third of git',
  });
}

async function uncommitted(repository: ComposedRepository, theirs: string): Promise<Row[]> {
  const paths = [
    'AGENTS.md',
    ...Array.from({ length: 49 }, (_, file) => `part-${file}/file-${file * 100}.txt`),
  ];
  const head = git(repository.top, 'rev-parse', 'HEAD');
  const [ourMs, theirMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    ourMs.push(await timed(() => findUncommitted(repository.store, head, paths)));
    theirMs.push(await timed(() => git(theirs, 'status', '--porcelain')));
  }
  return besides('git: what of 50 tracked files is not committed (git: status)', {
    ourMs,
    theirMs,
    goal: 'under 10 ms',
  });
}

type Clones = { theirs: string; writer: string; remote: string };

/** Somebody pushes one commit, and each brings it. */
async function pulls(repository: ComposedRepository, { theirs, writer }: Clones): Promise<Row[]> {
  git(repository.top, 'push', '--quiet', 'origin', 'main');
  for (const clone of [theirs, writer]) {
    git(clone, 'fetch', '--quiet');
    git(clone, 'reset', '--quiet', '--hard', 'origin/main');
  }
  const [ourMs, theirMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    appendFileSync(join(writer, 'AGENTS.md'), `Theirs ${round}\n`);
    git(writer, 'commit', '--quiet', '--all', '--message', 'Theirs');
    git(writer, 'push', '--quiet', 'origin', 'main');
    ourMs.push(
      await timed(async () => {
        const pulled = await pull(repository, { remote: 'origin', agent: 'bench' });
        if (!pulled.success || pulled.commits !== 1) throw new Error(pulled.message);
      }),
    );
    theirMs.push(await timed(() => git(theirs, 'pull', '--quiet', '--no-rebase', 'origin', 'main')));
  }
  return besides('git: pull of one commit in 20,000 files', { ourMs, theirMs, goal: 'no slower than git' });
}

async function noteCommits(repository: ComposedRepository): Promise<Row[]> {
  const before = Number(git(repository.top, 'rev-list', '--count', 'HEAD'));
  await Promise.all(
    Array.from({ length: notes }, (_, note) =>
      addNote(repository, { remote: 'nowhere', agent: 'bench', text: `Note ${note}`, push: false }),
    ),
  );
  const after = Number(git(repository.top, 'rev-list', '--count', 'HEAD'));
  return [
    { name: `git: commits for ${notes} notes at once`, value: String(after - before), goal: '', note: '' },
  ];
}

type Beside = { ourMs: number[]; theirMs: number[]; goal: string };

function besides(name: string, { ourMs, theirMs, goal }: Beside): Row[] {
  const [our, their] = [quantile(ourMs, 0.5), quantile(theirMs, 0.5)];
  const note = `p90 ${ms(quantile(ourMs, 0.9))}; git ${ms(their)}, p90 ${ms(quantile(theirMs, 0.9))}; ${(our / their).toFixed(2)} of it`;
  return [{ name, value: ms(our), goal, note }];
}
