import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { claimScheme, serveScreen } from '../../electron/shell/protocol.ts';
import { prepareWindow } from '../../electron/shell/window.ts';
import { app as standIn } from '../support/electron-stand-in/app.ts';
import { closeChromium } from '../support/electron-stand-in/chromium.ts';
import { closeSchemeServer } from '../support/electron-stand-in/scheme-server.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const requests: Request[] = [];

function answer(request: Request): Response {
  requests.push(request);
  const { pathname } = new URL(request.url);
  if (pathname === '/broken') throw new Error('broken');
  return new Response(`<title>${pathname}</title>`, { headers: { 'content-type': 'text/html' } });
}

beforeAll(() => {
  claimScheme();
  standIn.becomeReady();
  serveScreen({ fetch: answer }, silent);
});
afterAll(async () => {
  await closeChromium();
  await closeSchemeServer();
});

async function prepare(place?: object) {
  const dataFolder = temporaryFolder();
  const preload = join(dataFolder, 'preload.cjs');
  writeFileSync(preload, '');
  if (place !== undefined) writeFileSync(join(dataFolder, 'window.json'), JSON.stringify(place));
  const focused: string[] = [];
  const window = await prepareWindow({
    dataFolder,
    preload,
    icon: '',
    clock: createFakeClock(),
    log: silent,
    onFocus: () => void focused.push('focus'),
  });
  onTestFinished(() => window.letGo());
  const opened = (): BrowserWindow => {
    const current = window.current();
    if (current === undefined) throw new Error('There is no window');
    return current;
  };
  return { window, opened, focused };
}

const shown = (window: BrowserWindow) =>
  expect.poll(() => window.isVisible(), { timeout: 20_000 }).toBe(true);

test('the window shows itself once there is something to see, and has the focus', async () => {
  const { window, opened, focused } = await prepare();
  expect(window.current()).toBeUndefined();
  window.show();
  expect(opened().isVisible()).toBe(false);
  await shown(opened());
  expect(focused).toEqual(['focus']);
  expect(opened().webContents.getURL()).toBe('skein://app/');
});

test('it comes back where it was, maximized if it was', async () => {
  const { window, opened } = await prepare({ x: 70, y: 80, width: 900, height: 650, maximized: true });
  window.show();
  await shown(opened());
  expect(opened().getNormalBounds()).toEqual({ x: 70, y: 80, width: 900, height: 650 });
  expect(opened().isMaximized()).toBe(true);
});

test('closing hides it; showing brings the same one back, leading where it should', async () => {
  const { window, opened } = await prepare();
  window.show();
  await shown(opened());
  const first = opened();
  first.close();
  expect(first.isVisible()).toBe(false);
  window.show({ view: 'change', position: 3 });
  expect(opened()).toBe(first);
  expect(first.isVisible()).toBe(true);
  await expect.poll(() => first.webContents.getURL()).toBe('skein://app/change/3');
});

test('a minimized window is restored', async () => {
  const { window, opened } = await prepare();
  window.show();
  await shown(opened());
  opened().minimize();
  window.show();
  expect(opened().isMinimized()).toBe(false);
});

test('a full-screen window leaves full screen before it hides', async () => {
  const { window, opened } = await prepare();
  window.show();
  await shown(opened());
  opened().setFullScreen(true);
  opened().close();
  expect([opened().isFullScreen(), opened().isVisible()]).toEqual([false, false]);
});

test('after letting go it is gone', async () => {
  const { window, opened } = await prepare();
  window.show();
  await shown(opened());
  await window.letGo();
  expect(window.current()).toBeUndefined();
});

test('a request of the page reaches the handler as its own, and a failing handler answers', async () => {
  const { window, opened } = await prepare();
  window.show();
  await shown(opened());
  const statuses = await opened().webContents.executeJavaScript(`Promise.all([
    fetch('/save', { method: 'POST', body: 'text', headers: { 'content-type': 'text/plain' } }),
    fetch('/broken'),
  ]).then((answers) => answers.map(({ status }) => status))`);
  expect(statuses).toEqual([200, 500]);
  const post = requests.find(({ method }) => method === 'POST');
  expect(post?.url).toBe('skein://app/save');
  expect(post?.headers.get('origin')).toBe('skein://app');
  expect(post?.headers.has('accept-encoding')).toBe(false);
});
