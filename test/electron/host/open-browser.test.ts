import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBrowser } from '../../../electron/host/open-browser.ts';
import { temporaryFolder } from './support/folders.ts';

const posix = process.platform !== 'win32';

/** A folder with a stand-in opener that writes down its arguments and ends with `code`. */
function openerThat(code: number, name = 'xdg-open'): { PATH: string; asked: () => string } {
  const folder = temporaryFolder();
  const script = `#!/bin/sh\nfor it in "$@"; do echo "$it" >> "${folder}/asked"; done\nexit ${code}\n`;
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
  return { PATH: folder, asked: () => readFileSync(join(folder, 'asked'), 'utf8') };
}

const onLinux = (env: NodeJS.ProcessEnv) => ({ platform: 'linux' as const, env });

test.runIf(posix)('the opener gets the address as one argument, whatever stands in it', async () => {
  const opener = openerThat(0);
  const url = 'http://127.0.0.1:7420/?a=1&b=$(touch%20x)#code=`id`;c';
  expect(await openBrowser(url, onLinux({ PATH: opener.PATH, DISPLAY: ':0' }))).toBe(true);
  expect(opener.asked()).toBe(`${url}\n`);
});

test.runIf(posix)('without a display nothing is started', async () => {
  const opener = openerThat(0);
  expect(await openBrowser('http://127.0.0.1:1/', onLinux({ PATH: opener.PATH }))).toBe(false);
  expect(opener.asked).toThrow();
});

test.runIf(posix)('an opener that fails has opened nothing', async () => {
  const { PATH } = openerThat(3);
  expect(await openBrowser('http://127.0.0.1:1/', onLinux({ PATH, WAYLAND_DISPLAY: 'w' }))).toBe(false);
});

test.runIf(posix)('in WSL the browser of Windows is used, without a display', async () => {
  const { PATH } = openerThat(0, 'wslview');
  expect(await openBrowser('http://127.0.0.1:1/', onLinux({ PATH, WSL_DISTRO_NAME: 'Debian' }))).toBe(true);
});

test('no opener, or one that cannot be started, is false', async () => {
  const env = { PATH: temporaryFolder(), DISPLAY: ':0' };
  expect(await openBrowser('http://127.0.0.1:1/', onLinux(env))).toBe(false);
  const windows = { platform: 'win32' as const, env: { SystemRoot: temporaryFolder() } };
  expect(await openBrowser('http://127.0.0.1:1/', windows)).toBe(false);
});

test('only web addresses are opened', async () => {
  const { PATH } = openerThat(0);
  for (const url of ['file:///etc/passwd', 'vscode://open', 'not an address', '--help', '']) {
    expect(await openBrowser(url, onLinux({ PATH, DISPLAY: ':0' }))).toBe(false);
  }
});
