// Plain JavaScript for Node 20: sets up, then hands a script to the Node that can run it.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ensureSetUp, projectFolder, SetUpError } from './set-up.mjs';

/**
 * Sets up and runs Node with these arguments, a script first, to its end. This process becomes that one where it
 * can, else it ends as that one did: same code, same signal. `prepare` returns the Node to use, or throws SetUpError.
 */
export function runWithNode(args, prepare = ensureSetUp) {
  try {
    hand(prepare(), args);
  } catch (cause) {
    if (!(cause instanceof SetUpError)) throw cause;
    console.error(cause.message);
    process.exitCode = 1;
  }
}

function hand(node, args) {
  if (canBecome()) process.execve(node, [node, ...args], environment(node));
  const child = spawn(node, args, { stdio: 'inherit', env: environment(node) });
  const stopPassing = passSignals(child);
  const stopWatching = watchParent(() => child.kill('SIGTERM'));
  child.on('error', (cause) => {
    console.error(`Skein could not start ${node}: ${cause.message}.`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    stopPassing();
    stopWatching();
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}

/** Node 22 and newer can where the system can. Under npm somebody must stay to see its shell go. */
const canBecome = () =>
  process.execve !== undefined && process.platform !== 'win32' && !process.env.npm_lifecycle_event;

/** Tools that the script starts by name come from this project, and run under the same Node. */
function environment(node) {
  const own = [dirname(node), join(projectFolder, 'node_modules', '.bin')];
  // Windows spells it Path, and a second spelling would hide the first.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') || 'PATH';
  return { ...process.env, [name]: [...own, process.env[name] || ''].join(delimiter) };
}

/** Ctrl+C at a terminal has reached the child itself; passing it on would look like pressing it twice. */
function passSignals(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (signal) => {
    if (signal !== 'SIGINT' || !isInForeground()) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.removeListener(signal, pass);
  };
}

/** As `electron/adapters/foreground.ts`, which says why, but for the Node that is here before any set-up. */
function isInForeground() {
  if (process.platform === 'win32') return true;
  const [group, foreground] = process.platform === 'linux' ? groupsByProc() : groupsByPs();
  return group !== undefined && group === foreground;
}

function groupsByProc() {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [fields[2], fields[5]];
  } catch {
    return [];
  }
}

function groupsByPs() {
  const asked = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
  return (asked.stdout || '').trim().split(/\s+/);
}

/** Milliseconds between two looks at who our parent is. */
const parentLookMs = 1_000;

/**
 * npm starts scripts through a shell, and a signal to npm ends that shell without reaching us. We notice by having
 * become somebody else's child. Not outside of npm, where a user may leave a shell and keep what it started.
 */
function watchParent(onGone) {
  if (!process.env.npm_lifecycle_event) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, parentLookMs);
  return () => clearInterval(timer);
}
