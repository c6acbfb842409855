/** A Chromium for the tests that need one: the user's, the system's, or one fetched for them. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { inProject } from './project.ts';

export type Browser = { program: string } | { why: string };
export type Surroundings = { env: NodeJS.ProcessEnv; platform: NodeJS.Platform };

const variables = ['SKEIN_CHROMIUM', 'CHROMIUM', 'CHROME_PATH'];
/** The first has no windows, and needs a third of the processor for a page. */
const names = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
/** Milliseconds for a download of some 150 MB, and for the system's package manager. */
const fetchPatienceMs = 5 * 60_000;

/** The first browser there is, fetched when there is none; or why the tests go without. */
export async function findBrowser(around: Surroundings): Promise<Browser> {
  const found = findInstalled(around) ?? (await fetchFromDebian(around)) ?? (await fetchOwn());
  if (found !== undefined) return { program: found };
  return {
    why: 'no Chromium was found, and none could be downloaded; install one, or name it in SKEIN_CHROMIUM',
  };
}

/** What a variable names, what is on the PATH, where systems put browsers, what Playwright once downloaded. */
export function findInstalled({ env, platform }: Surroundings): string | undefined {
  const named = variables.map((name) => env[name]).filter((path) => path !== undefined && path !== '');
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const places = [...named, ...onPath, ...usualPlaces(platform, env), ownDownload()];
  return places.find((path) => path !== undefined && canRun(path));
}

function usualPlaces(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform !== 'win32') return [];
  const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
  const programs = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
  return roots.flatMap((root) => (root ? programs.map((program) => `${root}\\${program}`) : []));
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ownDownload(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

async function fetchOwn(): Promise<string | undefined> {
  console.error('Downloading a Chromium for the browser tests (once, about 150 MB)…');
  const installer = inProject('node_modules', 'playwright-core', 'cli.js');
  await run(process.execPath, [installer, 'install', 'chromium'], {});
  const path = ownDownload();
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** Only where nobody would be asked for a password: as root, as in a container, where it is nearer than a download. */
async function fetchFromDebian({ env, platform }: Surroundings): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  if (platform !== 'linux' || !isRoot || !existsSync('/usr/bin/apt-get')) return undefined;
  console.error("Installing Debian's Chromium for the browser tests…");
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], quiet);
  // Older releases have only the second.
  for (const name of ['chromium-headless-shell', 'chromium']) {
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], quiet);
    const installed = findInstalled({ env, platform });
    if (installed !== undefined) return installed;
  }
  return undefined;
}

/** Silent, because `findBrowser` says how it ended; whether it worked shows in what is there afterwards. */
function run(command: string, args: readonly string[], more: NodeJS.ProcessEnv): Promise<void> {
  const options = {
    timeout: fetchPatienceMs,
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { ...process.env, ...more },
  };
  return new Promise((resolve) => execFile(command, args, options, () => resolve()));
}
