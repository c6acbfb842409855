/**
 * How logins reach the git that needs them, and nobody else: by its environment, which only the same user can read; or,
 * where hooks run that may print theirs, by files of the user alone, which are gone when git has ended.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login } from './remote-access.ts';

/** Settings of git that hold secrets, and logins by origin, or by address where one origin has several. */
export type Secrets = {
  logins: ReadonlyMap<string, Login>;
  settings: readonly (readonly [key: string, value: string])[];
};

/** What git is started with. Nothing secret is among its arguments: every process can read those. */
export type Carried = { args: string[]; env: NodeJS.ProcessEnv; drop(): Promise<void> };

export function carryByEnvironment({ logins, settings }: Secrets): Carried {
  const args: string[] = [];
  const env = settings.length === 0 ? {} : asEnvironment(settings);
  for (const [index, [origin, login]] of [...logins].entries()) {
    const [name, word] = [`SKEIN_GIT_USERNAME_${index}`, `SKEIN_GIT_PASSWORD_${index}`];
    args.push(...helperFor(origin, `printf 'username=%s\\npassword=%s\\n' "$${name}" "$${word}"`));
    Object.assign(env, { [name]: login.username, [word]: login.password });
  }
  return { args, env, drop: async () => undefined };
}

const ownName = 'skein-login-';

/** Throws what node:fs throws. */
export async function carryByFiles({ logins, settings }: Secrets): Promise<Carried> {
  if (logins.size === 0 && settings.length === 0) return carryByEnvironment({ logins, settings });
  const folder = await makeFolder();
  const drop = () => rm(folder, { recursive: true, force: true });
  const put = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return forGit(file);
  };
  try {
    const args: string[] = [];
    if (settings.length > 0)
      args.push('-c', `include.path=${await put('settings', settings.map(asLine).join(''))}`);
    for (const [index, [origin, { username, password }]] of [...logins].entries()) {
      const file = await put(`login-${index}`, `username=${username}\npassword=${password}\n`);
      args.push(...helperFor(origin, `cat '${file.replaceAll("'", "'\\''")}'`));
    }
    return { args, env: {}, drop };
  } catch (cause) {
    await drop();
    throw cause;
  }
}

/** Where one is, in the folder for what must not outlive the session. */
async function makeFolder(): Promise<string> {
  const name = `${ownName}${process.pid}-${randomBytes(8).toString('hex')}`;
  const make = async (place: string): Promise<string> => {
    await clearUp(place);
    await mkdir(join(place, name), { mode: 0o700 });
    return join(place, name);
  };
  const runtime = process.env['XDG_RUNTIME_DIR'];
  return runtime ? make(runtime).catch(() => make(tmpdir())) : make(tmpdir());
}

/**
 * Answers only for this origin or address, so that who is sent elsewhere takes nothing along. The helpers of the user are left
 * out there: they would be asked first, and told to keep what is ours.
 */
const helperFor = (origin: string, answer: string): string[] => [
  '-c',
  `credential.${origin}.helper=`,
  '-c',
  `credential.${origin}.helper=!f() { test "$1" = get || exit 0; ${answer}; }; f`,
];

/** What processes that are gone left behind. */
async function clearUp(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const [, pid] = /^skein-login-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(place, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Git's own shell knows no drive letters with backslashes. */
const forGit = (file: string): string => file.replaceAll('\\', '/');

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** `<section>.<subsection>.<name>`, as a file of settings has it. */
function asLine([key, value]: readonly [string, string]): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  return `[${key.slice(0, first)} ${quoted(key.slice(first + 1, last))}]\n\t${key.slice(last + 1)} = ${quoted(value)}\n`;
}

/** Besides the settings that the user gives in this way. */
function asEnvironment(settings: Secrets['settings']): NodeJS.ProcessEnv {
  const before = Number(process.env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const each = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${before + index}`, key],
    [`GIT_CONFIG_VALUE_${before + index}`, value],
  ]);
  return { ...Object.fromEntries(each), GIT_CONFIG_COUNT: String(before + settings.length) };
}
