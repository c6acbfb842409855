/**
 * Whether a desktop window can open here. Never loads the electron package: under plain Node that starts a
 * download which nothing else can run beside, and then throws.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Found = { program: string } | { why: string };
export type Surroundings = { env: NodeJS.ProcessEnv; platform: NodeJS.Platform };

/** Milliseconds for the download server to say that it is there: longer than a slow line needs, short to wait. */
const serverPatienceMs = 5_000;

/** Path of the program inside Electron's folder. */
const programByPlatform: Readonly<Record<string, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** Electron's program, downloaded when it is missing and its server answers; or why there will be no window. */
export async function findElectron({ env, platform }: Surroundings): Promise<Found> {
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'])
    return { why: 'there is no display' };
  const folder = packageFolder();
  if (folder === undefined) return { why: 'the electron package is not installed' };
  const program = join(
    env['ELECTRON_OVERRIDE_DIST_PATH'] || join(folder, 'dist'),
    programByPlatform[platform] ?? 'electron',
  );
  if (existsSync(program)) return { program };
  const version = versionOf(folder);
  const silence = await askServer(env, version);
  if (silence !== undefined) return { why: `Electron ${version} is not downloaded and ${silence}` };
  return download(folder, version, program);
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Why the download server is of no use now; undefined when it answers. Its variables are those of @electron/get. */
async function askServer(env: NodeJS.ProcessEnv, version: string): Promise<string | undefined> {
  const mirror =
    env['npm_config_electron_mirror'] ??
    env['ELECTRON_MIRROR'] ??
    'https://github.com/electron/electron/releases/download/';
  try {
    const signal = AbortSignal.timeout(serverPatienceMs);
    const answer = await fetch(`${mirror}v${version}/SHASUMS256.txt`, { method: 'HEAD', signal });
    return answer.ok ? undefined : `its download server answers ${answer.status}`;
  } catch (cause) {
    return `its download server cannot be reached (${reasonOf(cause)})`;
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error ? (cause.cause as { code?: unknown } | undefined) : undefined;
  if (typeof inner?.code === 'string') return inner.code;
  return cause instanceof Error ? cause.message : String(cause);
}

function download(folder: string, version: string, program: string): Found {
  console.error(`Downloading Electron ${version} (once, about 120 MB)…`);
  const run = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'inherit' });
  return run.status === 0 && existsSync(program) ? { program } : { why: 'the download of Electron failed' };
}
