import { EventEmitter } from 'node:events';
import * as electron from 'electron';
import { app, session } from 'electron';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { guardContents, safePreferences } from '../../electron/shell/security.ts';
import { installProbe, type Probe } from './probe.ts';

const lines: string[] = [];
const note = (message: string) => void lines.push(message);
const probe = () => (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;

type OpenHandler = (details: { url: string }) => { action: string };

/** A page that tells what it wants to do, as Electron's contents do. */
class Page extends EventEmitter {
  openHandler: OpenHandler | undefined;

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  /** True when the shell forbids it. */
  wants(event: string, url: string, isMainFrame = true): boolean {
    let prevented = false;
    const preventDefault = () => {
      prevented = true;
    };
    this.emit(event, { url, isMainFrame, preventDefault });
    return prevented;
  }
}

let page: Page;
beforeAll(() => {
  installProbe(electron);
  guardContents({ info: note, warn: note, error: note });
});
beforeEach(() => {
  page = new Page();
  app.emit('web-contents-created', {} as never, page as never);
  probe().opened.length = 0;
});

test.each(['will-navigate', 'will-redirect'])('%s: only to our own screen', (event) => {
  expect(page.wants(event, 'skein://app/change/1')).toBe(false);
  expect(page.wants(event, 'https://example.org/')).toBe(true);
  expect(page.wants(event, 'file:///etc/passwd')).toBe(true);
  expect(page.wants(event, 'skein://elsewhere/')).toBe(true);
  expect(probe().opened).toEqual(['https://example.org/']);
});

test('a frame inside the page loads nothing else either, and opens no browser', () => {
  expect(page.wants('will-frame-navigate', 'https://example.org/', false)).toBe(true);
  expect(page.wants('will-frame-navigate', 'skein://app/', false)).toBe(false);
  expect(probe().opened).toEqual([]);
});

test.each([
  ['https://example.org/', true],
  ['http://127.0.0.1:7420/', true],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['smb://host/share', false],
  ['ms-settings:', false],
  ['skein://open', false],
  ['not an address', false],
])('a window for %s: never one of ours; the browser: %s', (url, opens) => {
  expect(page.openHandler?.({ url })).toEqual({ action: 'deny' });
  expect(probe().opened).toEqual(opens ? [url] : []);
});

test('no webview is ever attached', () => {
  expect(page.wants('will-attach-webview', '')).toBe(true);
});

test('our page may put text on the clipboard; every other permission is denied', () => {
  const handlers = session.defaultSession as unknown as {
    permissionRequest(
      contents: unknown,
      permission: string,
      answer: (granted: boolean) => void,
      by: object,
    ): void;
    permissionCheck(contents: unknown, permission: string, origin: string): boolean;
    devicePermission(): boolean;
  };
  const granted = (permission: string, requestingUrl: string) => {
    const answers: boolean[] = [];
    handlers.permissionRequest(null, permission, (it) => answers.push(it), { requestingUrl });
    return [...answers, handlers.permissionCheck(null, permission, requestingUrl)];
  };
  for (const permission of ['notifications', 'media', 'geolocation', 'openExternal', 'clipboard-read']) {
    expect(granted(permission, 'skein://app/')).toEqual([false, false]);
  }
  expect(granted('clipboard-sanitized-write', 'skein://app/')).toEqual([true, true]);
  expect(granted('clipboard-sanitized-write', 'https://example.org/')).toEqual([false, false]);
  expect(handlers.devicePermission()).toBe(false);
});

test('nothing is loaded from elsewhere', async () => {
  const { lets } = session.defaultSession as unknown as { lets(url: string): Promise<boolean> };
  const ask = lets.bind(session.defaultSession);
  for (const url of ['skein://app/api/events', 'blob:skein://app/1', 'data:image/png;base64,']) {
    expect(await ask(url)).toBe(true);
  }
  for (const url of [
    'https://example.org/',
    'http://127.0.0.1:7420/',
    'ws://localhost/',
    'file:///etc/passwd',
  ]) {
    expect(await ask(url)).toBe(false);
  }
});

test('a window is isolated and sandboxed', () => {
  expect(safePreferences('/preload.cjs')).toMatchObject({
    preload: '/preload.cjs',
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
  });
});
