import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findRunning, instanceState, takeInstance } from '../../../electron/host/instance.ts';
import { killHard, nextLine, startScript } from './support/child.ts';
import { temporaryFolder } from './support/folders.ts';

const start = { version: '0.1.0', nowMs: 1_700_000_000_000 };
type Line = { taken: boolean; port: number; pid: number; problem?: { code: string; message: string } };

async function holder(folder: string) {
  const child = startScript('hold-instance.ts', [folder]);
  return { child, line: await nextLine<Line>(child) };
}

test('a data folder that nobody holds', async () => {
  const folder = temporaryFolder();
  expect(await instanceState(folder)).toEqual({ state: 'none' });
  expect(existsSync(join(folder, 'instance.lock.db'))).toBe(false);
});

test('another process is found with its address', async () => {
  const folder = temporaryFolder();
  const { line } = await holder(folder);
  expect(await findRunning(folder)).toMatchObject({
    url: `http://127.0.0.1:${line.port}`,
    port: line.port,
    pid: line.pid,
    version: '9.9.9',
  });
});

test('a second process is refused and told who has the folder', async () => {
  const folder = temporaryFolder();
  const first = await holder(folder);
  const mine = await takeInstance(folder, start);
  expect(mine).toMatchObject({ ok: false, error: { code: 'database-busy', subject: folder } });
  expect(!mine.ok && mine.error.message).toContain(`process ${first.line.pid}`);
  const second = await holder(folder);
  expect(second.line).toMatchObject({ taken: false, problem: { code: 'database-busy' } });
});

test('of many that start at once exactly one wins', async () => {
  const folder = temporaryFolder();
  const lines = await Promise.all(Array.from({ length: 4 }, () => holder(folder)));
  expect(lines.filter(({ line }) => line.taken)).toHaveLength(1);
});

test('kill -9 of the holder frees the folder, and what it announced counts for nothing', async () => {
  const folder = temporaryFolder();
  const { child } = await holder(folder);
  await killHard(child);
  expect(existsSync(join(folder, 'running.json'))).toBe(true);
  expect(await instanceState(folder)).toEqual({ state: 'none' });
  const mine = await takeInstance(folder, start);
  expect(mine.ok).toBe(true);
  expect(existsSync(join(folder, 'running.json'))).toBe(false);
  if (mine.ok) await mine.value.release();
});

test('looking does not keep others from starting', async () => {
  const folder = temporaryFolder();
  const { child } = await holder(folder);
  await killHard(child);
  const [, taken] = await Promise.all([
    instanceState(folder),
    takeInstance(folder, start),
    instanceState(folder),
  ]);
  expect(taken.ok).toBe(true);
  if (taken.ok) await taken.value.release();
});

test('one process cannot hold a folder twice, and can again after the release', async () => {
  const folder = temporaryFolder();
  const first = await takeInstance(folder, start);
  expect(first.ok).toBe(true);
  expect((await takeInstance(folder, start)).ok).toBe(false);
  if (first.ok) await first.value.release();
  const again = await takeInstance(folder, start);
  expect(again.ok).toBe(true);
  if (again.ok) await again.value.release();
});

test('a holder that has not announced itself is silent', async () => {
  const folder = temporaryFolder();
  const mine = await takeInstance(folder, start);
  expect(await instanceState(folder)).toEqual({ state: 'silent', pid: undefined });
  expect(await findRunning(folder)).toBeUndefined();
  if (mine.ok) await mine.value.release();
});

/** Serves `body` and announces that address for a folder that this process holds. */
async function announceServing(body: string): Promise<string> {
  const folder = temporaryFolder();
  const server = createServer((_, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const mine = await takeInstance(folder, start);
  if (!mine.ok) throw new Error(mine.error.message);
  await mine.value.announce({ url: `http://127.0.0.1:${port}/`, port });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await mine.value.release();
  });
  return folder;
}

test('the announcement is one whole file and goes at the release', async () => {
  const folder = await announceServing('{"name":"skein"}');
  expect(JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8'))).toMatchObject({
    pid: process.pid,
    startedMs: start.nowMs,
    version: '0.1.0',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(await findRunning(folder)).toMatchObject({ pid: process.pid });
});

test('a stranger on the announced port is not Skein', async () => {
  expect(await instanceState(await announceServing('{"name":"other"}'))).toMatchObject({ state: 'silent' });
  expect(await instanceState(await announceServing('<html>'))).toMatchObject({ state: 'silent' });
});

test('an announcement that points away from this machine is not followed', async () => {
  const folder = temporaryFolder();
  const mine = await takeInstance(folder, start);
  const forged = { pid: 1, port: 80, url: 'http://example.com:80', startedMs: 0, version: '0' };
  writeFileSync(join(folder, 'running.json'), JSON.stringify(forged));
  expect(await instanceState(folder)).toEqual({ state: 'silent', pid: undefined });
  if (mine.ok) await mine.value.release();
});

test('a lock file that is no database is said', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'instance.lock.db'), 'this is not a database, '.repeat(100));
  const outcome = await takeInstance(folder, start);
  expect(outcome.ok).toBe(false);
});
