/** The desktop as a process: the bundle that ships, and starts that must fail with words. */
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildStale } from '../../build/scripts/build.ts';
import { findRunning, instanceState, takeInstance } from '../../electron/host/instance.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '..', '..');
const source = join(root, 'electron', 'main.ts');
const bundle = join(root, 'out', 'main.mjs');

beforeAll(() => buildStale(['interface', 'desktop']));

type End = { code: number | null; errors: { title: string; content: string }[] };

function start(entry: string, ...args: string[]) {
  const child = fork(join(import.meta.dirname, 'stand-in-process.ts'), [entry, ...args], { silent: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors: End['errors'] = [];
  child.on('message', (message) => {
    errors = (message as Pick<End, 'errors'>).errors;
  });
  const ended = new Promise<End>((resolveEnd) => child.on('exit', (code) => resolveEnd({ code, errors })));
  return { ended, quit: () => void child.send('quit') };
}

test('the bundle that ships starts, answers and stops', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const desktop = start(bundle, '--data', dataFolder, '--port', '0', '--hidden');
  await expect.poll(() => findRunning(dataFolder), { timeout: 20_000 }).toBeDefined();
  const running = await findRunning(dataFolder);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(running?.version).toBe(version);
  const page = await fetch(`${running?.url}/`);
  expect(page.status).toBe(200);
  desktop.quit();
  expect(await desktop.ended).toEqual({ code: 0, errors: [] });
  expect(await instanceState(dataFolder)).toEqual({ state: 'none' });
});

test('a headless Skein on the same data folder keeps the desktop out, and it says so', async () => {
  const dataFolder = temporaryFolder();
  const other = await takeInstance(dataFolder, { version: '0', nowMs: 0 });
  if (!other.ok) throw new Error(other.error.message);
  const { code, errors } = await start(source, '--data', dataFolder, '--port', '0').ended;
  await other.value.release();
  expect(code).toBe(1);
  expect(errors).toMatchObject([{ title: 'Skein cannot start' }]);
  expect(errors[0]?.content).toContain(`Another Skein already uses the data folder ${dataFolder}.`);
  expect(errors[0]?.content).toContain('--data DIR');
});

test('a data folder that is a file is explained', async () => {
  const file = join(temporaryFolder(), 'data');
  writeFileSync(file, '');
  const { code, errors } = await start(source, '--data', file, '--port', '0').ended;
  expect(code).toBe(1);
  expect(errors).toMatchObject([{ title: 'Skein cannot start' }]);
  expect(errors[0]?.content).toContain(file);
});

test('started at login it opens its folder and shows no window', async () => {
  const folder = temporaryFolder();
  const dataFolder = join(folder, 'data');
  const workspace = join(folder, 'notes');
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'AGENTS.md'), '# Rules\n');
  const desktop = start(source, workspace, '--data', dataFolder, '--port', '0', '--hidden');
  const opened = async () => {
    const running = await findRunning(dataFolder);
    if (running === undefined) return undefined;
    const token = readFileSync(join(dataFolder, 'token'), 'utf8').trim();
    const answer = await fetch(`${running.url}/api/workspaces`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { workspaces: { name: string }[] }).workspaces.map(({ name }) => name);
  };
  await expect.poll(opened, { timeout: 20_000 }).toEqual(['notes']);
  desktop.quit();
  expect(await desktop.ended).toEqual({ code: 0, errors: [] });
});
