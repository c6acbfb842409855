/** Starting with the user's session. The system's own setting is the truth; ours only mirrors it. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { app } from 'electron';
import { ProblemError } from '../../shared/result.ts';
import type { Cancel, Log } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import { writeAtomically } from '../host/write-atomically.ts';
import { autostartEntry, autostartFile, startsAtLogin } from './autostart-entry.ts';

export type LoginItem = {
  isOn(): Promise<boolean>;
  /** Throws ProblemError when the system does not take it. */
  set(on: boolean): Promise<void>;
};

export type LoginParts = {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  home: string;
  /** Program and arguments that start Skein as it runs now. */
  command: readonly string[];
};

/** Started this way, only the tray shows. */
const quietly = '--hidden';

/** Electron knows the login items of macOS and Windows; on Linux it is a file. */
export function createLoginItem(parts: LoginParts): LoginItem {
  return parts.platform === 'linux' ? autostartItem(parts) : systemItem(parts);
}

function systemItem({ platform, command: [path = '', ...given] }: LoginParts): LoginItem {
  const args = [...given, quietly];
  // macOS registers the application itself and takes neither a path nor arguments.
  const item = platform === 'win32' ? { path, args } : {};
  return {
    isOn: async () => app.getLoginItemSettings(item).openAtLogin,
    set: async (openAtLogin) => app.setLoginItemSettings({ openAtLogin, ...item }),
  };
}

function autostartItem({ env, home, command }: LoginParts): LoginItem {
  const file = autostartFile(env, home);
  return {
    async isOn() {
      const entry = await readFile(file, 'utf8').catch(() => undefined);
      return entry !== undefined && startsAtLogin(entry);
    },
    async set(on) {
      if (!on) return rm(file, { force: true });
      const entry = autostartEntry([...command, quietly]);
      if (!entry.ok) throw new ProblemError(entry.error);
      await mkdir(dirname(file), { recursive: true });
      const written = await writeAtomically(file, entry.value);
      if (!written.ok) throw new ProblemError(written.error);
    },
  };
}

/**
 * Keeps the setting of the installation and the system's in step: at the start the system's counts, because users
 * change it there too; afterwards a change of ours goes to the system.
 */
export async function followLoginSetting(
  host: Pick<Host, 'appSettings' | 'changeAppSettings' | 'onChanged'>,
  login: LoginItem,
  log: Log,
): Promise<Cancel> {
  const warn = (cause: unknown) => log.warn('Start at login could not be changed.', { cause });
  const mirror = async () => {
    const actual = await login.isOn();
    if (host.appSettings().start_at_login !== actual)
      await host.changeAppSettings({ start_at_login: actual });
  };
  const obey = async () => {
    const wanted = host.appSettings().start_at_login;
    if ((await login.isOn()) !== wanted) await login.set(wanted);
  };
  await mirror().catch(warn);
  let last: Promise<void> = Promise.resolve();
  return host.onChanged(({ topics }) => {
    // What the system refused must not stand in our settings as if it were so.
    if (topics.includes('app-settings')) last = last.then(obey).catch(warn).then(mirror).catch(warn);
  });
}
