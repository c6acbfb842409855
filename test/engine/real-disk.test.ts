/** The engine on a real disk, real git and a real clock: what fakes could get wrong. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import type { Host } from '../../electron/host/host-contract.ts';

let scratch = '';
let host: Host | undefined;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

beforeEach(() => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'skein-real-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await host?.stop();
  host = undefined;
  rmSync(scratch, { recursive: true, force: true });
});

async function open(folder: string): Promise<Engine> {
  const made = await createHost({
    dataFolder: path.join(scratch, 'data'),
    version: 'test',
    env: {},
    log: silent,
  });
  if (!made.ok) throw new Error(made.error.message);
  host = made.value;
  const opened = await host.open(folder);
  if (!opened.ok || opened.value.engine === undefined) throw new Error('the folder did not open');
  const { engine } = opened.value;
  await vi.waitFor(() => expect(engine.status().state).toBe('watching'), patience);
  return engine;
}

/** A machine under load may take its time; what is awaited comes by itself. */
const patience = { timeout: 15_000, interval: 10 };

function git(folder: string, ...words: string[]): void {
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: 'Jane',
    GIT_AUTHOR_EMAIL: 'jane@example.invalid',
    GIT_COMMITTER_NAME: 'Jane',
    GIT_COMMITTER_EMAIL: 'jane@example.invalid',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  };
  execFileSync('git', words, { cwd: folder, env, stdio: 'pipe' });
}

function makeRepository(name: string): string {
  const folder = path.join(scratch, name);
  mkdirSync(folder);
  git(folder, 'init', '-q', '-b', 'main');
  writeFileSync(path.join(folder, 'AGENTS.md'), 'first\n');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'first');
  return folder;
}

const newest = (engine: Engine, file: string) => engine.log.changes({ limit: 1, path: file })[0];
const text = (engine: Engine, file: string): string =>
  Buffer.from(engine.log.content(newest(engine, file)?.content ?? '') ?? '').toString();

test('a linked worktree is watched like any folder, and its commits say who wrote', async () => {
  const main = makeRepository('main');
  const linked = path.join(scratch, 'linked');
  git(main, 'worktree', 'add', '-q', '-b', 'topic', linked);
  const engine = await open(linked);
  writeFileSync(path.join(linked, 'AGENTS.md'), 'by claude\n');
  git(linked, 'commit', '-q', '-am', 'work\n\nCo-Authored-By: Claude <noreply@anthropic.com>');
  await vi.waitFor(
    () => expect(newest(engine, 'AGENTS.md')).toMatchObject({ agent: 'claude-code', kind: 'modified' }),
    patience,
  );
  expect(newest(engine, 'AGENTS.md')?.evidence[0]?.source).toBe('git');
});

test('a commit made long after the edit still says who wrote', async () => {
  const folder = makeRepository('late');
  const engine = await open(folder);
  writeFileSync(path.join(folder, 'AGENTS.md'), 'by codex\n');
  await vi.waitFor(() => expect(text(engine, 'AGENTS.md')).toBe('by codex\n'), patience);
  expect(newest(engine, 'AGENTS.md')?.agent).toBe('unknown');
  git(folder, 'commit', '-q', '-am', 'work\n\nCo-Authored-By: Codex <noreply@openai.com>');
  await vi.waitFor(() => expect(newest(engine, 'AGENTS.md')?.agent).toBe('codex-local'), patience);
});

/** Puts a git before the real one that notes each question, and returns those so far. */
function noteQuestions(): () => string {
  const bin = path.join(scratch, 'bin');
  const notes = path.join(scratch, 'questions');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  writeFileSync(notes, '');
  writeFileSync(path.join(bin, 'git'), `#!/bin/sh\necho "$*" >> '${notes}'\nexec '${real}' "$@"\n`, {
    mode: 0o755,
  });
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  return () => readFileSync(notes, 'utf8');
}

test.each([
  ['at the top of a repository', (main: string) => main],
  ['in a folder of a repository', (main: string) => path.join(main, 'packages')],
  ['in a linked worktree', addWorktree],
])('%s a commit is believed long before the next check', async (_, workspaceIn) => {
  const main = makeRepository('main');
  mkdirSync(path.join(main, 'packages'));
  const folder = workspaceIn(main);
  const questions = noteQuestions();
  const engine = await open(folder);
  writeFileSync(path.join(folder, 'CLAUDE.md'), 'by codex\n');
  await vi.waitFor(() => expect(questions()).toMatch(/ log .* CLAUDE\.md/), patience);
  expect(newest(engine, 'CLAUDE.md')?.agent).not.toBe('codex-local');
  const explained = new Promise<void>((resolve) => {
    engine.on('changes', ({ changes }) => {
      if (changes.some(({ path, agent }) => path === 'CLAUDE.md' && agent === 'codex-local')) resolve();
    });
  });
  // A test may take less time than passes between two checks.
  git(folder, 'add', 'CLAUDE.md');
  git(folder, 'commit', '-q', '-m', 'work\n\nCo-Authored-By: Codex <noreply@openai.com>');
  await explained;
});

function addWorktree(main: string): string {
  const linked = path.join(scratch, 'linked');
  git(main, 'worktree', 'add', '-q', '-b', 'topic', linked);
  return linked;
}

test('a root that is a link is the folder that it leads to', async () => {
  const folder = makeRepository('target');
  const link = path.join(scratch, 'link');
  symlinkSync(folder, link);
  const engine = await open(link);
  writeFileSync(path.join(folder, 'AGENTS.md'), 'through the target\n');
  await vi.waitFor(() => expect(text(engine, 'AGENTS.md')).toBe('through the target\n'), patience);
  const again = await host?.open(folder);
  expect(again?.ok && again.value.engine).toBe(engine);
});

test('an editor that saves by a swap file and a rename leaves one version for each save', async () => {
  const folder = makeRepository('editor');
  const engine = await open(folder);
  for (const save of ['one\n', 'two\n', 'three\n']) {
    const swap = path.join(folder, '.AGENTS.md.swp');
    writeFileSync(swap, save);
    renameSync(swap, path.join(folder, 'AGENTS.md'));
    await vi.waitFor(() => expect(text(engine, 'AGENTS.md')).toBe(save), patience);
  }
  expect(engine.log.changes({ limit: 20 }).map((change) => change.path)).toEqual(Array(4).fill('AGENTS.md'));
});

test('a small file is recorded while large journals wait for their way into the log', async () => {
  const folder = makeRepository('large');
  const journals = ['one', 'two', 'three', 'four'].map((name) => `docs/passation_${name}.md`);
  mkdirSync(path.join(folder, 'docs'));
  for (const journal of journals) {
    // Packing takes its time over text in which nothing repeats.
    writeFileSync(path.join(folder, journal), `${randomBytes(750_000).toString('hex')}\n`);
  }
  const engine = await open(folder);
  const baseline = engine.log.changes({ limit: 1 })[0]?.position ?? 0;
  /** In the order of recording; git may explain a change once more. */
  const recorded = new Map<number, string>();
  engine.on('changes', ({ changes }) => {
    for (const { position, path: changed } of changes) {
      if (position <= baseline) continue;
      if (recorded.size === 0) {
        writeFileSync(path.join(folder, 'new.txt'), 'meanwhile\n');
        renameSync(path.join(folder, 'new.txt'), path.join(folder, 'AGENTS.md'));
      }
      recorded.set(position, changed);
    }
  });
  for (const journal of journals) appendFileSync(path.join(folder, journal), 'one more line\n');
  const inOrder = (): string[] => [...recorded.values()];
  await vi.waitFor(
    () => expect(inOrder().toSorted()).toEqual(['AGENTS.md', ...journals].toSorted()),
    patience,
  );
  expect(inOrder().at(-1)).not.toBe('AGENTS.md');
  for (const journal of journals) expect(text(engine, journal).endsWith('\none more line\n')).toBe(true);
});

test('a report reaches the real file with its mode and line endings', async () => {
  const folder = makeRepository('report');
  writeFileSync(path.join(folder, 'SYNC_STATUS.md'), '# Board\r\n\r\nLine.\r\n', { mode: 0o640 });
  const engine = await open(folder);
  writeFileSync(path.join(folder, 'AGENTS.md'), 'edited\n');
  await vi.waitFor(() => expect(engine.status().pending).toBe(1), patience);
  expect(await engine.consolidate()).toMatchObject({
    ok: true,
    value: { changes: 1, consolidation: { state: 'written' } },
  });
  const written = readFileSync(path.join(folder, 'SYNC_STATUS.md'), 'utf8');
  expect(written.startsWith('# Board\r\n\r\nLine.\r\n')).toBe(true);
  expect(written.replaceAll('\r\n', '')).not.toContain('\n');
  expect(engine.status().pending).toBe(0);
});
