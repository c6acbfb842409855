/** What `skein serve` asks of `electron/serve.ts`, which ties the parts together and hands itself in. */
import type { Result } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import type { OpenWorkspace } from '../host/host-contract.ts';

export type ServeOptions = {
  /** Absolute; undefined opens only what was open before. */
  folder: string | undefined;
  /** Absolute. */
  dataFolder: string;
  /** 0 takes a free one. */
  port: number;
  /** Opens the API to `x-dev-bypass`, and checks every answer. */
  dev: boolean;
  env: NodeJS.ProcessEnv;
  log: Log;
};

export type Serving = {
  /** `http://127.0.0.1:PORT` */
  url: string;
  port: number;
  token: string;
  version: string;
  dataFolder: string;
  /** The folder of the options, once opened. */
  opened: OpenWorkspace | undefined;
  workspaces(): readonly OpenWorkspace[];
  /** Ends everything; what was recorded is safe before. */
  stop(): Promise<void>;
};

/**
 * Starts and resolves when callers can come and the folder's first scan is through. Fails with database-busy,
 * port-busy, not-a-folder and whatever the data folder says; then nothing is left running.
 */
export type Serve = (options: ServeOptions) => Promise<Result<Serving>>;
