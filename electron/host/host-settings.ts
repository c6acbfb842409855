/** settings.json of the data folder: the settings of this installation, and which workspaces were open. */
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { appSettingsShape } from '../../shared/contracts/shapes.ts';
import { limits } from '../../shared/limits.ts';
import type { Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import type { Log } from '../engine/ports.ts';
import { fileTime } from './file-time.ts';
import { writeAtomically } from './write-atomically.ts';

const entry = z.object({ id: z.string(), folder: z.string(), name: z.string() });
/** Loose, so that an older Skein keeps what a newer one wrote. */
const storedShape = z.looseObject({
  app: appSettingsShape.default({ notifications: 'summary', theme: 'system', start_at_login: false }),
  open: z.array(entry).default([]),
  recent: z.array(entry).default([]),
});
export type HostSettings = z.infer<typeof storedShape>;

export type SettingsStore = {
  current(): HostSettings;
  /** Changes follow one another; what could not be written does not count. Fails as `diskProblem` says. */
  change(update: (settings: HostSettings) => HostSettings): Promise<Result<HostSettings>>;
  /** Resolves when everything asked for so far is on the disk, or failed. */
  settle(): Promise<void>;
};

const settingsFile = (dataFolder: string) => join(dataFolder, 'settings.json');

/** Reads settings.json once and keeps it. A broken one is set aside and said, and the defaults hold. */
export async function openHostSettings(
  dataFolder: string,
  options: { log: Log; nowMs: number },
): Promise<SettingsStore> {
  let settings = (await readHostSettings(dataFolder)) ?? (await startAnew(dataFolder, options));
  let last: Promise<unknown> = Promise.resolve();
  const write = async (update: (settings: HostSettings) => HostSettings): Promise<Result<HostSettings>> => {
    const next = update(settings);
    const written = await writeAtomically(settingsFile(dataFolder), `${JSON.stringify(next, null, 2)}\n`);
    if (!written.ok) return written;
    settings = next;
    return { ok: true, value: next };
  };
  return {
    current: () => settings,
    change(update) {
      const turn = last.then(() => write(update));
      last = turn;
      return turn;
    },
    settle: async () => void (await last),
  };
}

/** The settings, the defaults when there is no file, or undefined when the file is broken. Changes nothing. */
export async function readHostSettings(dataFolder: string): Promise<HostSettings | undefined> {
  const file = settingsFile(dataFolder);
  try {
    if ((await stat(file)).size > limits.settingsBytes) return undefined;
    return storedShape.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    return errorCode(cause) === 'ENOENT' ? defaultHostSettings() : undefined;
  }
}

async function startAnew(dataFolder: string, options: { log: Log; nowMs: number }): Promise<HostSettings> {
  const aside = join(dataFolder, `settings.broken-${fileTime(options.nowMs)}.json`);
  try {
    await rename(settingsFile(dataFolder), aside);
    options.log.warn('settings.json could not be read, so the defaults hold; the old file is set aside.', {
      aside,
    });
  } catch (cause) {
    options.log.warn('settings.json can neither be read nor set aside; the defaults hold.', { cause });
  }
  return defaultHostSettings();
}

export const defaultHostSettings = (): HostSettings => storedShape.parse({});

/** The list of recent workspaces with one at its head, each replica once, bounded. */
export function withRecent(
  recent: HostSettings['recent'],
  newest: HostSettings['recent'][number],
): HostSettings['recent'] {
  const others = recent.filter(({ id }) => id !== newest.id);
  return [newest, ...others].slice(0, limits.recentWorkspaces);
}
