/** Runs the desktop shell to its end. */
import { spawn } from 'node:child_process';
import { projectFolder } from './project.ts';

/** An Electron that fails sooner than this never showed a window: a missing system library, mostly. */
const soonMs = 5_000;

export type DesktopOutcome = { started: true; code: number } | { started: false; why: string };

/** `args` follow the application's folder. Ctrl+C and SIGTERM reach the window, and count as a good end. */
export async function runElectron(program: string, args: readonly string[]): Promise<DesktopOutcome> {
  const startMs = performance.now();
  const { code, failure, asked } = await spawnElectron(program, args);
  if (asked || code === 0) return { started: true, code: 0 };
  if (code !== undefined && performance.now() - startMs > soonMs) return { started: true, code };
  return { started: false, why: failure ?? `Electron stopped at once with code ${code}` };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type End = { code: number | undefined; failure?: string; asked: boolean };

function spawnElectron(program: string, args: readonly string[]): Promise<End> {
  const child = spawn(program, [...rootSwitches(), projectFolder, ...args], {
    stdio: 'inherit',
    cwd: projectFolder,
    env: environment(),
  });
  let asked = false;
  const pass = (signal: NodeJS.Signals) => {
    asked = true;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  const ended = new Promise<End>((resolve) => {
    child.on('error', (cause) => resolve({ code: undefined, failure: cause.message, asked }));
    child.on('exit', (code) => resolve({ code: code ?? 1, asked }));
  });
  return ended.finally(() => {
    for (const signal of signals) process.removeListener(signal, pass);
  });
}

/** Chromium's sandbox refuses to run as root. */
const rootSwitches = () => (process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []);

/** Terminals inside of Electron programs set this variable, and Electron would then be a mere Node. */
function environment(): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return env;
}
