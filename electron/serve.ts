/** Entry: Skein without a window. The same engine and app API as the desktop, on the loopback interface. */
import { ok, type Result } from '../shared/result.ts';
import { openSystemMemory } from './adapters/system-memory.ts';
import { tuneV8 } from './adapters/tune-v8.ts';
import { interfaceFolder } from './cli/interface-folder.ts';
import type { Serve, ServeOptions, Serving } from './cli/serving.ts';
import { skeinVersion } from './cli/version.ts';
import { prepareDataFolder } from './host/data-folder.ts';
import { createHost } from './host/host.ts';
import { takeInstance } from './host/instance.ts';
import { listenOnLoopback } from './http/loopback.ts';
import { listenForPeers } from './http/peer/peer-server.ts';

export type { ServeOptions, Serving };

type Undo = () => Promise<unknown> | unknown;

/** See `Serve`. What was started is ended again when a later step fails. */
export const serve: Serve = async (options) => {
  const undo: Undo[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const served = await start(options, undo, stop);
    if (!served.ok) await stop();
    return served;
  } catch (cause) {
    await stop();
    throw cause;
  }
};

/** Each step that needs an end leaves it in `undo`. */
async function start(
  options: ServeOptions,
  undo: Undo[],
  stop: () => Promise<void>,
): Promise<Result<Serving>> {
  const { dataFolder, env, log, folder } = options;
  if (options.ownsProcess === true) tuneV8();
  const version = skeinVersion();
  const data = await prepareDataFolder(dataFolder);
  if (!data.ok) return data;
  const instance = await takeInstance(dataFolder, { version, nowMs: Date.now() });
  if (!instance.ok) return instance;
  undo.push(() => instance.value.release());
  const host = await createHost({
    dataFolder,
    version,
    env,
    log,
    listenForPeers,
    peerPort: options.peerPort,
    alwaysListen: options.alwaysListen,
    memory: options.ownsProcess === true ? openSystemMemory() : undefined,
  });
  if (!host.ok) return host;
  undo.push(() => host.value.stop());
  const listening = await listenOnLoopback({
    ...options,
    host: host.value,
    token: data.value.token,
    staticFolder: interfaceFolder,
  });
  if (!listening.ok) return listening;
  undo.push(() => listening.value.close());
  const opened = folder === undefined ? ok(undefined) : await host.value.open(folder);
  if (!opened.ok) return opened;
  const { port } = listening.value;
  const url = `http://127.0.0.1:${port}`;
  const announced = await instance.value.announce({ url, port });
  if (!announced.ok) return announced;
  return ok({
    url,
    port,
    token: data.value.token,
    version,
    dataFolder,
    opened: opened.value,
    workspaces: () => host.value.workspaces(),
    open: host.value.open,
    network: () => host.value.peers.network(),
    stop,
  });
}
