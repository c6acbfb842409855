import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { makeSample, playSampleEdits } from '../../../electron/host/sample.ts';
import { sampleEdits, sampleFiles } from '../../../shared/domain/sample-workspace.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { fill, temporaryFolder } from './support/folders.ts';
import { makePlace, openEngine, startHost, until } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';

const around = (env: NodeJS.ProcessEnv = process.env) => ({ env, log: createMemoryLog() });

async function sampleIn(dataFolder: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const made = await makeSample(dataFolder, around(env));
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();

/** Lets the files of one edit be written: real files take real time, however the clock is faked. */
async function untilWritten(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

test('the sample is a folder with its files, in a repository with one commit', async () => {
  const dataFolder = temporaryFolder();
  const folder = await sampleIn(dataFolder);
  expect(folder).toBe(join(dataFolder, 'sample', 'harbour-notes'));
  for (const { path, text } of sampleFiles) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
  expect(git(folder, 'log', '--format=%an <%ae>')).toBe('Skein Sample <sample@skein.invalid>');
  expect(git(folder, 'status', '--porcelain')).toBe('');
  expect(git(folder, 'ls-files').split('\n')).toHaveLength(sampleFiles.length);
});

test('the identity of the sample is written nowhere', async () => {
  const folder = await sampleIn(temporaryFolder());
  expect(readFileSync(join(folder, '.git', 'config'), 'utf8')).not.toContain('sample@skein.invalid');
});

test('each sample gets a folder of its own', async () => {
  const dataFolder = temporaryFolder();
  const first = await sampleIn(dataFolder);
  writeFileSync(join(first, 'mine.md'), 'kept');
  expect(await sampleIn(dataFolder)).toBe(`${first}-2`);
  expect(await sampleIn(dataFolder)).toBe(`${first}-3`);
  expect(readFileSync(join(first, 'mine.md'), 'utf8')).toBe('kept');
});

test('variables of a hook that started us do not lead into its repository', async () => {
  const other = temporaryFolder();
  execFileSync('git', ['init', '--quiet', other]);
  const env = { ...process.env, GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other, GIT_INDEX_FILE: 'x' };
  const folder = await sampleIn(temporaryFolder(), env);
  expect(existsSync(join(folder, '.git'))).toBe(true);
  expect(() => execFileSync('git', ['-C', other, 'rev-parse', 'HEAD'], { stdio: 'pipe' })).toThrow();
});

test("the user's hooks and signing are left out", async () => {
  const home = temporaryFolder();
  fill(home, { '.gitconfig': `[core]\n hooksPath = ${home}/hooks\n[commit]\n gpgSign = true\n` });
  fill(home, { 'hooks/post-commit': `#!/bin/sh\ntouch "${home}/ran"\n` });
  execFileSync('chmod', ['+x', join(home, 'hooks', 'post-commit')]);
  const folder = await sampleIn(temporaryFolder(), { PATH: process.env['PATH'], HOME: home });
  expect(git(folder, 'rev-list', '--count', 'HEAD')).toBe('1');
  expect(existsSync(join(home, 'ran'))).toBe(false);
});

test('without git it is an ordinary folder, and that is said', async () => {
  const deps = around({ PATH: temporaryFolder() });
  const made = await makeSample(temporaryFolder(), deps);
  expect(made.ok && existsSync(join(made.value, '.git'))).toBe(false);
  expect(made.ok && existsSync(join(made.value, sampleFiles[0]!.path))).toBe(true);
  expect(deps.log.lines).toHaveLength(1);
});

test('a data folder that cannot hold it is a problem', async () => {
  const dataFolder = fill(temporaryFolder(), { sample: 'a file in the way' });
  expect(await makeSample(dataFolder, around())).toMatchObject({
    ok: false,
    error: { code: 'not-a-folder' },
  });
});

test('the edits come one after another and end with the last text of each file', async () => {
  const folder = await sampleIn(temporaryFolder());
  const clock = createFakeClock();
  playSampleEdits(folder, { clock, ...around() });
  for (const { path, text } of sampleEdits) {
    await untilWritten(() => clock.nextDueMs() !== undefined);
    await clock.advance(clock.nextDueMs()! - clock.monotonicMs());
    await untilWritten(
      () => existsSync(join(folder, path)) && readFileSync(join(folder, path), 'utf8') === text,
    );
  }
});

/** Plays all edits on a folder and resolves when the last one is written. */
async function playAll(folder: string): Promise<void> {
  const clock = createFakeClock();
  playSampleEdits(folder, { clock, ...around() });
  const last = sampleEdits.at(-1)!;
  while (readFileSync(join(folder, last.path), 'utf8') !== last.text) {
    await clock.advance(1000);
    await new Promise(setImmediate);
  }
}

test('what the user writes meanwhile stays, beside the edit', async () => {
  const folder = await sampleIn(temporaryFolder());
  const [edit] = sampleEdits;
  const file = join(folder, edit!.path);
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nAdded by me.\n`);
  await playAll(folder);
  expect(readFileSync(file, 'utf8')).toBe(`${edit!.text}\nAdded by me.\n`);
});

test('a file that the user has written anew is left to the user', async () => {
  const folder = await sampleIn(temporaryFolder());
  const file = join(folder, sampleEdits[0]!.path);
  writeFileSync(file, 'mine');
  await playAll(folder);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('cancelled edits stop', async () => {
  const folder = await sampleIn(temporaryFolder());
  const clock = createFakeClock();
  await playSampleEdits(folder, { clock, ...around() })();
  await clock.advance(60_000);
  expect(git(folder, 'status', '--porcelain')).toBe('');
  expect(clock.nextDueMs()).toBeUndefined();
});

test('opened in the host, the edits of the agents arrive as pending changes', async () => {
  const { host } = await startHost(makePlace());
  const opened = await host.openSample();
  if (!opened.ok) throw new Error(opened.error.message);
  const { engine, folder, name } = opened.value;
  expect({ name, folder }).toEqual({ name: 'harbour-notes', folder: join(host.dataFolder, 'sample', name) });
  expect(engine!.log.changes({ limit: 100 }).every(({ baseline }) => baseline)).toBe(true);
  await until(host, () => engine!.log.pendingCount() > 0);
  expect(engine!.log.changes({ limit: 1 })[0]!.path).toBe(sampleEdits[0]!.path);
});

test('every edit is attributed to the agent that made it', { timeout: 30_000 }, async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const folder = await sampleIn(place.dataFolder);
  const { engine } = await openEngine(host, folder);
  const hurried = {
    ...systemClock,
    after: (ms: number, task: () => void) => systemClock.after(ms / 4, task),
  };
  playSampleEdits(folder, { clock: hurried, ...around() });
  const expected = sampleEdits.map(({ path, agent }) => `${path} by ${agent}`);
  const found = () =>
    engine.log
      .changes({ limit: 100, after: 0 })
      .filter(({ baseline, agent }) => !baseline && agent !== 'skein')
      .map(({ path, agent }) => `${path} by ${agent}`);
  await until(host, () => found().join() === expected.join());
});
