/** A Skein that exchanges index files, on real folders and a real port of the loopback interface. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Host } from '../../electron/host/host-contract.ts';
import type { ExchangeOutcome } from '../../electron/host/knowledge/exchange/exchange-contract.ts';
import { listenOnLoopback } from '../../electron/http/loopback.ts';
import { makePlace, startHost } from '../electron/host/support/hosts.ts';
import { must } from './device.ts';

export const ownToken = '0123456789abcdef'.repeat(4);
export const sharedToken = 'shared-by-these-clusters-0123456789';

export type Cluster = {
  host: Host;
  /** `http://127.0.0.1:PORT` */
  address: string;
  folder: string;
  dataFolder: string;
  log: Awaited<ReturnType<typeof startHost>>['log'];
  put(path: string, bytes: string | Uint8Array): void;
  text(path: string): string | undefined;
  remove(path: string): void;
  /** One exchange with its only peer; throws why it failed. */
  sync(): Promise<ExchangeOutcome>;
  /** A question to its API with its own token. */
  post(body: string | Uint8Array | ReadableStream, headers?: Record<string, string>): Promise<Response>;
};

/** Call inside a test. It asks nobody by itself. */
export async function startCluster(env: Record<string, string> = {}): Promise<Cluster> {
  const place = makePlace();
  const { host, log } = await startHost(place, {
    exchange: false,
    env: {
      HOME: place.home,
      ENABLE_GLOBAL_KNOWLEDGE_SYNC: 'true',
      GLOBAL_KNOWLEDGE_SYNC_TOKEN: sharedToken,
      ...env,
    },
  });
  const { dataFolder } = place;
  const listening = must(
    await listenOnLoopback({
      host,
      log,
      dataFolder,
      env: {},
      port: 0,
      token: ownToken,
      dev: false,
      staticFolder: '/nowhere',
    }),
  );
  onTestFinished(() => listening.close());
  const address = `http://127.0.0.1:${listening.port}`;
  const folder = join(dataFolder, 'storage/knowledge');
  return {
    host,
    log,
    address,
    folder,
    dataFolder,
    put(path, bytes) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    },
    text: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined),
    remove: (path) => rmSync(join(folder, path)),
    async sync() {
      const [state] = (await host.indexExchange?.syncNow()) ?? [];
      if (state?.outcome == null || state.problem !== null) throw new Error(state?.problem?.message);
      return state.outcome;
    },
    post: (body, headers = {}) =>
      fetch(`${address}/knowledge_sync`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ownToken}`, 'content-type': 'application/json', ...headers },
        body: body as BodyInit,
        duplex: 'half',
      } as RequestInit),
  };
}
