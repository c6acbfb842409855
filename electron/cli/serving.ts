/** What `skein serve` asks of `electron/serve.ts`, which ties the parts together and hands itself in. */
import type { NetworkJson } from '../../shared/contracts/peer-shapes.ts';
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
  /** Where peers call; the port in the settings when undefined, 0 takes a free one. */
  peerPort?: number | undefined;
  /** Listens for peers though there is none yet. */
  alwaysListen?: boolean;
  /** Opens the API to `x-dev-bypass`, and checks every answer. */
  dev: boolean;
  env: NodeJS.ProcessEnv;
  log: Log;
  /** Nobody else works in this process, so it is kept small while it rests. */
  ownsProcess?: boolean;
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
  /** Opens one more. Fails as `Host.open` does. */
  open(folder: string): Promise<Result<OpenWorkspace>>;
  /** This device, and where peers call. */
  network(): NetworkJson;
  /** Ends everything; what was recorded is safe before. */
  stop(): Promise<void>;
};

/**
 * Starts and resolves when callers can come and the folder's first scan is through. Fails with database-busy,
 * port-busy, not-a-folder and whatever the data folder says; then nothing is left running.
 */
export type Serve = (options: ServeOptions) => Promise<Result<Serving>>;
