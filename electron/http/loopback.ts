/** The app on the loopback interface, where the command line, agents and browsers reach it. */
import { ok, type Result } from '../../shared/result.ts';
import { runDoctor } from '../host/doctor.ts';
import { createSignInCodes } from '../host/sign-in-codes.ts';
import { type AppOptions, createApp } from './app.ts';
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
  const server = await startServer(app.fetch, { port, host: '127.0.0.1' });
  if (!server.ok) {
    app.close();
    return server;
  }
  port = server.value.port;
  const close = async () => {
    app.close();
    await server.value.close();
  };
  return ok({ port, close });
}
