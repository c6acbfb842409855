/** Starts the built shell in the real program, where its binary is there. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron, type JSHandle } from 'playwright-core';
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
  { folder, dataFolder, args = [] }: Launch,
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
  });
  return {
    evaluate: (work, argument) => application.evaluate(work as never, argument as JSHandle) as never,
    page: () => application.firstWindow(),
    exited: new Promise((ended) => application.on('close', ended)),
    async close() {
      await application.close();
      await rm(probeFolder, { recursive: true, force: true });
    },
  };
}
