/** The app on the loopback interface, where the command line, agents and browsers reach it. */
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { runDoctor } from '../host/doctor.ts';
import type { IndexExchange } from '../host/knowledge/exchange/exchange-contract.ts';
import { createSignInCodes } from '../host/sign-in-codes.ts';
import { type AppOptions, createApp } from './app.ts';
import { createKnowledgeSyncApp } from './knowledge-sync.ts';
import { type RunningServer, startServer } from './server.ts';

export type LoopbackOptions = Pick<AppOptions, 'host' | 'token' | 'dev' | 'staticFolder'> & {
  log: NonNullable<AppOptions['log']>;
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  /** 0 takes a free one. */
  port: number;
};

/** Listens until `close`, which ends the app too. Fails as `startServer` does, and leaves nothing behind. */
export async function listenOnLoopback(options: LoopbackOptions): Promise<Result<RunningServer>> {
  const { host, dataFolder, env } = options;
  let { port } = options;
  const app = createApp({
    ...options,
    signInCodes: createSignInCodes(),
    allowedHosts: () => [`127.0.0.1:${port}`, `localhost:${port}`],
    runDoctor: () => runDoctor({ dataFolder, env, host, port }),
  });
  const exchange = host.indexExchange;
  const wholeMs = exchange && limits.indexRequestMs;
  const server = await startServer(app.fetch, { port, host: '127.0.0.1', wholeMs });
  if (!server.ok) {
    app.close();
    return server;
  }
  port = server.value.port;
  const clusters = exchange && (await listenForClusters(exchange, options.log));
  const close = async () => {
    app.close();
    await Promise.all([server.value.close(), clusters?.close()]);
  };
  return ok({ port, close });
}

/** Where the user set an address for it. That nobody can ask there is said and no more: everything else works. */
async function listenForClusters(
  exchange: IndexExchange,
  log: LoopbackOptions['log'],
): Promise<RunningServer | undefined> {
  if (exchange.listen === undefined) return undefined;
  const place = { ...exchange.listen, wholeMs: limits.indexRequestMs };
  const server = await startServer(createKnowledgeSyncApp(exchange), place);
  if (server.ok) return server.value;
  log.error(`Other clusters cannot ask for index files: ${server.error.message}`);
  return undefined;
}
