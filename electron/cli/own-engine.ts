/** An engine of our own for the length of one command, when no Skein runs on the data folder. */
import { realpath } from 'node:fs/promises';
import { type Client, createClient } from '../../shared/contracts/client.ts';
import type { WorkspaceJson } from '../../shared/contracts/shapes.ts';
import { ok, type Result } from '../../shared/result.ts';
import { prepareDataFolder } from '../host/data-folder.ts';
import { runDoctor } from '../host/doctor.ts';
import { createHost } from '../host/host.ts';
import type { Host } from '../host/host-contract.ts';
import { readHostSettings } from '../host/host-settings.ts';
import { takeInstance } from '../host/instance.ts';
import { createApp } from '../http/app.ts';
import { inProcessSend } from '../http/in-process-send.ts';
import { catchUp } from './catch-up.ts';
import { interfaceFolder } from './interface-folder.ts';
import { quietLog } from './log.ts';
import { skeinVersion } from './version.ts';

export type OwnEngine = {
  client: Client;
  /** Workspaces that were open when Skein last ran, and such from before. */
  known: readonly { id: string; name: string; folder: string; realFolder: string; open: boolean }[];
  /** Opens the folder, compares its files with the log, and resolves when the log is true. */
  open(folder: string): Promise<Result<WorkspaceJson>>;
  close(): Promise<void>;
};

type Options = { dataFolder: string; env: NodeJS.ProcessEnv; tell(line: string): void };

/** Takes the data folder and composes a host in this process. Fails with database-busy when somebody else has it. */
export async function openOwnEngine(options: Options): Promise<Result<OwnEngine>> {
  const { dataFolder } = options;
  const version = skeinVersion();
  const prepared = await prepareDataFolder(dataFolder);
  if (!prepared.ok) return prepared;
  const instance = await takeInstance(dataFolder, { version, nowMs: Date.now() });
  if (!instance.ok) return instance;
  const host = await createHost({
    dataFolder,
    version,
    env: withoutAutomatic(options.env),
    log: quietLog(options.tell),
    reopen: false,
  });
  if (!host.ok) {
    await instance.value.release();
    return host;
  }
  return ok(await wrap(host.value, options, instance.value.release));
}

/** A command that only looks must not consolidate on its way, so nothing happens by itself. */
const withoutAutomatic = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, AUTOSYNC_ENABLED: '0' });

async function wrap(
  host: Host,
  { dataFolder, env }: Options,
  release: () => Promise<void>,
): Promise<OwnEngine> {
  const app = createApp({
    host,
    token: '',
    allowedHosts: () => [],
    dev: false,
    trusted: true,
    staticFolder: interfaceFolder,
    runDoctor: () => runDoctor({ dataFolder, env, host }),
  });
  const client = createClient(inProcessSend(app.fetch), {});
  const remembered = await readRemembered(dataFolder);
  const forget: string[] = [];
  return {
    client,
    known: remembered,
    async open(folder) {
      const opened = await client.call('openWorkspace', { folder });
      if (!opened.ok) return opened;
      // Looking at a folder once is no wish to have it open at every start.
      const { id } = opened.value;
      if (!remembered.some((it) => it.open && it.id === id)) forget.push(id);
      const caughtUp = await catchUp(client, opened.value);
      return caughtUp.ok ? opened : caughtUp;
    },
    async close() {
      for (const id of forget) await host.close(id);
      app.close();
      await host.stop();
      await release();
    },
  };
}

async function readRemembered(dataFolder: string): Promise<OwnEngine['known']> {
  const settings = await readHostSettings(dataFolder);
  if (settings === undefined) return [];
  const open = settings.open.map((it) => ({ ...it, open: true }));
  const recent = settings.recent.filter(({ id }) => !open.some((it) => it.id === id));
  const known = [...open, ...recent.map((it) => ({ ...it, open: false }))];
  return Promise.all(
    known.map(async (it) => ({ ...it, realFolder: await realpath(it.folder).catch(() => it.folder) })),
  );
}
