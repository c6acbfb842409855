/**
 * What runs below the screen: the one Skein of the data folder, its host, the handler that the window asks
 * directly, and the loopback server through which the command line and agents find us. No Electron here.
 */
import { limits } from '../../shared/limits.ts';
import { ok, type Problem, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { SystemMemory } from '../adapters/system-memory.ts';
import type { Log } from '../engine/ports.ts';
import { prepareDataFolder } from '../host/data-folder.ts';
import { runDoctor } from '../host/doctor.ts';
import type { KeychainChoice } from '../host/git-tokens.ts';
import { createHost } from '../host/host.ts';
import type { Host } from '../host/host-contract.ts';
import { type Instance, takeInstance } from '../host/instance.ts';
import { type App, createApp } from '../http/app.ts';
import { type LoopbackOptions, listenOnLoopback } from '../http/loopback.ts';
import { listenForPeers } from '../http/peer/peer-server.ts';
import type { RunningServer } from '../http/server.ts';

export type EngineRoomOptions = {
  dataFolder: string;
  version: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Tried first; when it is taken, any free one serves as well, because callers read the port from a file. */
  port: number;
  dev: boolean;
  /** Folder of the built interface. */
  staticFolder: string;
  /** That of the whole process, when it is for us alone: a burst of work leaves it as it was. */
  memory?: SystemMemory | undefined;
  /** Where tokens of remotes are kept; a file unless told. */
  keychain?: KeychainChoice;
};

export type EngineRoom = {
  host: Host;
  /** Answers the window: trusted, because nobody else can reach it. */
  screen: App;
  port: number;
  /** Stops everything in the reverse order of starting; what takes too long is left to the system. */
  stop(): Promise<void>;
};

type Step = { name: string; undo(): void | Promise<void> };

/** Starts all of it, or fails with the first problem and leaves nothing running. */
export async function openEngineRoom(options: EngineRoomOptions): Promise<Result<EngineRoom>> {
  const steps: Step[] = [];
  let opened: Result<EngineRoom> | undefined;
  try {
    opened = await open(options, steps);
    return opened;
  } finally {
    if (opened?.ok !== true) await undo(steps, options.log);
  }
}

async function open(options: EngineRoomOptions, steps: Step[]): Promise<Result<EngineRoom>> {
  const { dataFolder, version, env, log } = options;
  const prepared = await prepareDataFolder(dataFolder);
  if (!prepared.ok) return prepared;
  const instance = await takeInstance(dataFolder, { version, nowMs: systemClock.nowMs() });
  if (!instance.ok) return instance;
  steps.push({ name: 'instance', undo: () => instance.value.release() });
  const created = await createHost({ ...options, listenForPeers });
  if (!created.ok) return created;
  const host = created.value;
  steps.push({ name: 'host', undo: () => host.stop() });
  const server = await listen({ ...options, host, token: prepared.value.token });
  if (!server.ok) return server;
  steps.push({ name: 'server', undo: server.value.close });
  const { port } = server.value;
  const screen = createApp({
    ...options,
    host,
    token: prepared.value.token,
    trusted: true,
    allowedHosts: () => [],
    runDoctor: () => runDoctor({ dataFolder, env, host, port }),
  });
  steps.push({ name: 'screen', undo: () => screen.close() });
  await announce(instance.value, port, log);
  return ok({ host, screen, port, stop: () => undo(steps, log) });
}

async function listen(options: LoopbackOptions & { log: Log }): Promise<Result<RunningServer>> {
  const first = await listenOnLoopback(options);
  if (first.ok || first.error.code !== 'port-busy') return first;
  options.log.warn(`${first.error.message} Another port is used instead.`);
  return listenOnLoopback({ ...options, port: 0 });
}

/** Without the announcement the desktop works all the same; only the command line does not find it. */
async function announce(instance: Instance, port: number, log: Log): Promise<void> {
  const announced = await instance.announce({ url: `http://127.0.0.1:${port}`, port });
  if (!announced.ok) log.warn('The command line will not find this Skein.', { problem: announced.error });
}

async function undo(steps: Step[], log: Log): Promise<void> {
  const all = (async () => {
    for (const { name, undo: stop } of steps.splice(0).reverse()) {
      try {
        await stop();
      } catch (cause) {
        log.error('A part did not stop cleanly.', { part: name, cause });
      }
    }
  })();
  let cancel = () => {};
  const patience = new Promise<void>((resolve) => {
    cancel = systemClock.after(limits.desktopStopMs, () => {
      log.error('Stopping takes too long; the rest is left to the system.');
      resolve();
    });
  });
  await Promise.race([all, patience]);
  cancel();
}

/** A failed start as a person reads it. */
export const startFailure = (it: Problem): string =>
  [it.message, it.advice].filter((text) => text !== '').join('\n\n');
