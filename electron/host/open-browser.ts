/** Shows an address in the user's browser by the system's own opener, without a shell in between. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { limits } from '../../shared/limits.ts';

type Surroundings = { platform: NodeJS.Platform; env: NodeJS.ProcessEnv };

/**
 * True when the system took the address; false when there is no opener, no display, or the opener failed.
 * Only http addresses: an opener would start a program for others.
 */
export async function openBrowser(
  url: string,
  around: Surroundings = { platform: process.platform, env: process.env },
): Promise<boolean> {
  if (!isWebAddress(url)) return false;
  const opener = findOpener(around);
  return opener === undefined ? false : run(opener.file, [...opener.args, url], around.env);
}

function isWebAddress(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'http:' || parsed.protocol === 'https:');
}

function findOpener({ platform, env }: Surroundings): { file: string; args: string[] } | undefined {
  if (platform === 'darwin') return { file: '/usr/bin/open', args: [] };
  if (platform === 'win32') {
    // `start` belongs to cmd.exe, which would read & and ^ in the address; this is what it calls.
    const system = join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'rundll32.exe');
    return { file: system, args: ['url.dll,FileProtocolHandler'] };
  }
  const names = env['WSL_DISTRO_NAME'] ? ['wslview', 'xdg-open'] : hasDisplay(env) ? ['xdg-open'] : [];
  const file = names.map((name) => findOnPath(name, env)).find((found) => found !== undefined);
  return file === undefined ? undefined : { file, args: [] };
}

const hasDisplay = (env: NodeJS.ProcessEnv) => Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);

function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** An opener that ends well, or still runs after a while because it became the browser, has opened it. */
function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore', detached: true, env, windowsHide: true });
    const patience = setTimeout(() => resolve(true), limits.openBrowserMs);
    const settle = (opened: boolean) => {
      clearTimeout(patience);
      resolve(opened);
    };
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
    child.unref();
  });
}
