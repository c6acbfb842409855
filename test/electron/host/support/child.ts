/** Real second processes: to hold the lock, to be killed, and to be a user without rights. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const scripts = new URL('./', import.meta.url);

/** Starts a script of this folder under Node; it dies with the test at the latest. */
export function startScript(name: string, args: string[], options: { uid?: number } = {}): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, scripts)), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...options,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The next line that the child prints, as JSON. */
export async function nextLine<Value = unknown>(child: ChildProcess): Promise<Value> {
  let text = '';
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes('\n')) return JSON.parse(text.slice(0, text.indexOf('\n')));
  }
  throw new Error(`The child ended after printing ${JSON.stringify(text)}`);
}

/** Kills without a chance to clean up, and waits until the process is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Root may write everywhere, so a test of permissions runs as `nobody` when the tests run as root. */
export const plainUser: { uid?: number } = process.getuid?.() === 0 ? { uid: 65_534 } : {};
