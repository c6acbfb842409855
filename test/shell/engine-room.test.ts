import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findRunning, instanceState } from '../../electron/host/instance.ts';
import { readToken } from '../../electron/host/token-file.ts';
import { type EngineRoomOptions, openEngineRoom } from '../../electron/shell/engine-room.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function optionsFor(dataFolder: string, more: Partial<EngineRoomOptions> = {}) {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  const options: EngineRoomOptions = {
    dataFolder,
    version: '1.2.3',
    env: {},
    log: { info: note, warn: note, error: note },
    port: 0,
    dev: false,
    staticFolder: join(dataFolder, 'none'),
    ...more,
  };
  return { options, lines };
}

async function openRoom(options: EngineRoomOptions) {
  const room = await openEngineRoom(options);
  if (!room.ok) throw new Error(room.error.message);
  onTestFinished(() => room.value.stop());
  return room.value;
}

test('the window needs no token, everybody else does', async () => {
  const { options } = optionsFor(temporaryFolder());
  const room = await openRoom(options);
  const byWindow = await room.screen.fetch(new Request('skein://app/api/workspaces'));
  expect(byWindow.status).toBe(200);
  const byOthers = await fetch(`http://127.0.0.1:${room.port}/api/workspaces`);
  expect(byOthers.status).toBe(401);
});

test('`skein open` signs a browser in beside the window, which has no way to the token', async () => {
  const { options } = optionsFor(temporaryFolder());
  const room = await openRoom(options);
  const token = await readToken(options.dataFolder);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (body = {}): RequestInit => ({ method: 'POST', headers, body: JSON.stringify(body) });
  const byBrowser = async (path: string, body?: object) =>
    (await fetch(`http://127.0.0.1:${room.port}${path}`, post(body))).json();
  const byWindow = async (path: string, body?: object) =>
    (await room.screen.fetch(new Request(`skein://app${path}`, post(body)))).status;
  const { code } = (await byBrowser('/api/sign-in/codes')) as { code: string };
  expect(await byWindow('/api/sign-in/codes')).toBe(404);
  expect(await byWindow('/api/sign-in', { code })).toBe(404);
  expect(await byBrowser('/api/sign-in', { code })).toEqual({ token });
});

test('a taken port is no reason not to start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await new Promise((listening) => taken.once('listening', listening));
  const { port } = taken.address() as AddressInfo;
  const { options, lines } = optionsFor(temporaryFolder(), { port });
  const room = await openRoom(options);
  expect(room.port).not.toBe(port);
  expect(lines.join()).toContain('Another port is used instead.');
  expect((await findRunning(options.dataFolder))?.port).toBe(room.port);
});

test('what a burst of work took is given back once nothing happens any more', async () => {
  const mebibyte = 1024 * 1024;
  const sizes = { bytes: 100 * mebibyte };
  const release = vi.fn();
  const memory = { residentBytes: () => sizes.bytes, release, releaseAll: release };
  const room = await openRoom(optionsFor(temporaryFolder(), { memory }).options);
  const project = temporaryFolder();
  writeFileSync(join(project, 'AGENTS.md'), '# Agents\n');
  sizes.bytes += 50 * mebibyte;
  const opened = await room.host.open(project);
  expect(opened.ok).toBe(true);
  await vi.waitFor(() => expect(release).toHaveBeenCalled(), { timeout: 10_000 });
});

test('a second one on the same data folder fails and leaves the first alone', async () => {
  const { options } = optionsFor(temporaryFolder());
  const first = await openRoom(options);
  const second = await openEngineRoom(options);
  expect(second.ok ? undefined : second.error.code).toBe('database-busy');
  expect((await findRunning(options.dataFolder))?.port).toBe(first.port);
});

test('stopping frees the data folder, and twice is no harm', async () => {
  const { options, lines } = optionsFor(temporaryFolder());
  const room = await openRoom(options);
  await room.stop();
  await room.stop();
  expect(await instanceState(options.dataFolder)).toEqual({ state: 'none' });
  expect(lines).toEqual([]);
  expect((await openRoom(options)).port).toBeGreaterThan(0);
});

test('a token given to the desktop is sealed by its keychain, and no answer has it', async () => {
  const keychain = {
    seal: (text: string) => Buffer.from(text).reverse(),
    open: (sealed: Uint8Array) => Buffer.from(sealed).reverse().toString(),
  };
  const { options, lines } = optionsFor(temporaryFolder(), { keychain: { keychain } });
  const room = await openRoom(options);
  const token = 'ghp_not_for_others';
  const body = JSON.stringify({ host: 'git.example.org', token });
  const headers = { 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit = {}) =>
    (await room.screen.fetch(new Request(`skein://app${path}`, init))).text();
  const kept = await ask('/api/git/tokens', { method: 'POST', headers, body });
  expect(JSON.parse(kept)).toMatchObject({ origin: 'https://git.example.org', place: 'keychain' });
  const listed = await ask('/api/git/tokens');
  expect(JSON.parse(listed)).toMatchObject({ place: 'keychain', reason: null, tokens: [{ usable: true }] });
  const file = readFileSync(join(options.dataFolder, 'git-logins.json'), 'utf8');
  for (const text of [kept, listed, file, lines.join()]) expect(text).not.toContain(token);
  expect(await room.host.gitTokens.find('https://git.example.org')).toMatchObject({ password: token });
});
