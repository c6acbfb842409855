/** Starts the built shell in the real program, where its binary is there. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron } from 'playwright-core';
import { installProbe } from './probe.ts';
import type { Launch, RunningDesktop } from './running-desktop.ts';

const root = resolve(import.meta.dirname, '..', '..');
const programs: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** The program, or why it cannot run here. Never loads the electron package: that would start a download. */
export function findProgram(): { program: string } | { why: string } {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
  const program = join(dist, programs[process.platform] ?? 'electron');
  if (!existsSync(program)) return { why: `there is no Electron at ${program}` };
  const hasDisplay = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  if (process.platform === 'linux' && !hasDisplay) return { why: 'there is no display' };
  return { program };
}

export async function launchElectron(
  program: string,
  { folder, dataFolder, configFolder, args = [] }: Launch,
): Promise<RunningDesktop> {
  const probeFolder = await mkdtemp(join(tmpdir(), 'skein-probe-'));
  const probe = join(probeFolder, 'probe.cjs');
  await writeFile(probe, `(${installProbe.toString()})(require('electron'));\n`);
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const workspace = folder === undefined ? [] : [folder];
  const application = await _electron.launch({
    executablePath: program,
    args: [...sandbox, '-r', probe, root, ...workspace, '--data', dataFolder, '--port', '0', ...args],
    cwd: root,
    env: { ...environment(), XDG_CONFIG_HOME: configFolder },
  });
  return {
    // Playwright's own types fit only what it can send; so do our arguments.
    evaluate: (work, argument) => application.evaluate<never, unknown>(work as never, argument),
    page: () => application.firstWindow(),
    exited: application.waitForEvent('close', { timeout: 0 }),
    async close() {
      await application.close();
      await rm(probeFolder, { recursive: true, force: true });
    },
  };
}

/** Terminals inside of Electron programs set this variable, and Electron would then be a mere Node. */
function environment(): Record<string, string> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? '']));
}
