/** A command that is told a secret on its standard input, as a process that others can look at. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Place } from './cli-place.ts';
import { skeinScript } from './skein-script.ts';

/** `seen` is what every user could see of it meanwhile. */
export async function tellSecret(place: Place, secret: string, args: readonly string[]) {
  const child = spawn(process.execPath, [skeinScript, ...args], { env: place.env, cwd: place.repository });
  let out = '';
  let errors = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (errors += text));
  await once(child, 'spawn');
  const seen = process.platform === 'linux' ? readFileSync(`/proc/${child.pid}/cmdline`, 'utf8') : '';
  child.stdin.end(`${secret}\n`);
  const [code] = await once(child, 'close');
  return { code, out, errors, seen };
}
