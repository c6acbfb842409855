/** An engine of our own for the length of one command, when no Skein runs on the data folder. */
import { realpath } from 'node:fs/promises';
import { type Client, createClient } from '../../shared/contracts/client.ts';
import type { WorkspaceJson } from '../../shared/contracts/shapes.ts';
import { ok, type Problem, type ProblemCode, type Result } from '../../shared/result.ts';
import { prepareDataFolder } from '../host/data-folder.ts';
import { runDoctor } from '../host/doctor.ts';
import { createHost } from '../host/host.ts';
import type { Host } from '../host/host-contract.ts';
import { readHostSettings } from '../host/host-settings.ts';
import { takeInstance } from '../host/instance.ts';
import { createReadingHost } from '../host/reading-host.ts';
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

/** What keeps from writing leaves what was recorded to be read. */
const onlyReadable: ReadonlySet<ProblemCode> = new Set(['read-only', 'no-permission', 'disk-full']);

/**
 * Takes the data folder and composes a host in this process, one that only reads when the folder cannot be written.
 * Fails with database-busy when somebody else has it, or as the folder does.
 */
export async function openOwnEngine(options: Options): Promise<Result<OwnEngine>> {
  const prepared = await prepareDataFolder(options.dataFolder);
  if (prepared.ok) return openWriting(options);
  return onlyReadable.has(prepared.error.code) ? ok(await openReading(options, prepared.error)) : prepared;
}

async function openWriting(options: Options): Promise<Result<OwnEngine>> {
  const { dataFolder } = options;
  const version = skeinVersion();
  const instance = await takeInstance(dataFolder, { version, nowMs: Date.now() });
  if (!instance.ok) return instance;
  const host = await createHost({
    dataFolder,
    version,
    env: withoutAutomatic(options.env),
    log: quietLog(options.tell),
    reopen: false,
    exchange: false,
    index: false,
  });
  if (!host.ok) {
    await instance.value.release();
    return host;
  }
  const remembered = await readRemembered(dataFolder);
  const forget: string[] = [];
  const { client, close } = openApp(host.value, options);
  return ok({
    client,
    known: remembered,
    async open(folder) {
      const opened = await client.call('openWorkspace', { folder });
      if (!opened.ok) return opened;
      // Looking at a folder once is no wish to have it open at every start.
      const { id } = opened.value;
      if (!remembered.some((it) => it.open && it.id === id)) forget.push(id);
      const caughtUp = await catchUp(client, opened.value);
      if (!caughtUp.ok) return caughtUp;
      // By now it may be known what the folder is a replica of.
      const now = await client.call('listWorkspaces', {});
      return ok((now.ok ? now.value.workspaces.find((it) => it.id === id) : undefined) ?? opened.value);
    },
    async close() {
      for (const id of forget) await host.value.close(id);
      close();
      await host.value.stop();
      await instance.value.release();
    },
  });
}

async function openReading(options: Options, unwritable: Problem): Promise<OwnEngine> {
  const host = await createReadingHost({ ...options, version: skeinVersion(), unwritable });
  const { client, close } = openApp(host, options);
  return {
    client,
    known: await readRemembered(options.dataFolder),
    async open(folder) {
      const opened = await client.call('openWorkspace', { folder });
      if (opened.ok)
        options.tell(
          `note: ${unwritable.message} This command records nothing and shows what the log holds.`,
        );
      return opened;
    },
    async close() {
      close();
      await host.stop();
    },
  };
}

/** A command that only looks must not consolidate on its way, so nothing happens by itself. */
const withoutAutomatic = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, AUTOSYNC_ENABLED: '0' });

/** The app API of a host in this process. */
function openApp(host: Host, { dataFolder, env }: Options): { client: Client; close(): void } {
  const app = createApp({
    host,
    token: '',
    allowedHosts: () => [],
    dev: false,
    trusted: true,
    staticFolder: interfaceFolder,
    runDoctor: () => runDoctor({ dataFolder, env, host }),
  });
  return { client: createClient(inProcessSend(app.fetch), {}), close: app.close };
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
