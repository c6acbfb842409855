/** A real sshd of whoever runs the tests, on a port of its own, that lets them in by one key. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export type SshServer = {
  host: string;
  port: number;
  user: string;
  /** A folder with `ssh`, which is the real one with settings of its own instead of the user's. */
  program: string;
  /** Lines of the settings of that ssh, in the place of the usual ones. */
  configure(lines: Readonly<Record<string, string>>): void;
  /** The private key that is let in, and the file that knows the server's key. */
  key: string;
  knownHosts: string;
  stop(): Promise<void>;
};

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/libexec/sshd'].find(canRun);

/** A reason where there is none to be had. */
export async function startSshServer(): Promise<SshServer | { why: string }> {
  if (sshd === undefined || !['/usr/bin/ssh', '/usr/local/bin/ssh'].some(canRun))
    return { why: 'no ssh server is installed' };
  const place = mkdtempSync(join(realpathSync(tmpdir()), 'skein-ssh-'));
  const [hostKey, key] = [makeKey(place, 'host'), makeKey(place, 'user')];
  const port = await freePort();
  const authorized = join(place, 'authorized');
  writeFileSync(authorized, readFileSync(`${key}.pub`));
  const server = await run(sshd, place, [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    'StrictModes no',
    'PasswordAuthentication no',
    'PidFile none',
  ]);
  if ('why' in server) return server;
  const knownHosts = join(place, 'known');
  const [type, id] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${type} ${id}\n`);
  const { program, configure } = makeClient(place, { IdentityFile: key, UserKnownHostsFile: knownHosts });
  const { username } = userInfo();
  const started = { host: '127.0.0.1', port, user: username, program, configure, key, knownHosts };
  try {
    configure({});
    const there = ['-o', 'BatchMode=yes', '-p', String(port), `${username}@127.0.0.1`, 'true'];
    execFileSync(join(program, 'ssh'), there, { stdio: 'pipe' });
    return { ...started, stop: server.stop };
  } catch (cause) {
    await server.stop();
    return { why: `the ssh server lets nobody in here: ${String(cause).split('\n').at(-2)}` };
  }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function makeKey(folder: string, name: string, passphrase = ''): string {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** As root it wants an empty folder, which its service makes otherwise. */
const separation = '/run/sshd';

type Run = { stop(): Promise<void> } | { why: string };

async function run(program: string, place: string, settings: readonly string[]): Promise<Run> {
  const isOurs = process.getuid?.() === 0 && !existsSync(separation);
  if (isOurs) mkdirSync(separation, { mode: 0o755 });
  const config = join(place, 'sshd_config');
  writeFileSync(config, `${settings.join('\n')}\n`);
  const child = spawn(program, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  const said = await Promise.race([listening(child.stderr), ended.then(() => undefined)]);
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(place, { recursive: true, force: true });
    if (isOurs) rmdirSync(separation);
  };
  if (said !== undefined) return { stop };
  await stop();
  return { why: 'the ssh server cannot be started here' };
}

async function listening(stderr: NodeJS.ReadableStream): Promise<true | undefined> {
  let said = '';
  for await (const chunk of stderr) {
    said += String(chunk);
    if (!said.includes('Server listening')) continue;
    // Whatever more it says is nobody's, and must not fill the pipe.
    stderr.resume();
    return true;
  }
  return undefined;
}

function makeClient(place: string, usual: Readonly<Record<string, string>>) {
  const program = join(place, 'bin');
  const config = join(place, 'ssh_config');
  mkdirSync(program);
  const real = ['/usr/bin/ssh', '/usr/local/bin/ssh'].find(canRun);
  writeFileSync(join(program, 'ssh'), `#!/bin/sh\nexec ${real} -F ${config} "$@"\n`, { mode: 0o755 });
  const configure = (lines: Readonly<Record<string, string>>): void => {
    const all = { GlobalKnownHostsFile: '/dev/null', IdentitiesOnly: 'yes', ...usual, ...lines };
    const text = Object.entries(all).map(([name, value]) => `  ${name} ${value}\n`);
    writeFileSync(config, `Host *\n${text.join('')}`);
  };
  return { program, configure };
}
