/** The real Skein in this process, as `skein serve` starts it: host, engines, HTTP on a free port. */
import { createConsoleLog } from '../../electron/adapters/console-log.ts';
import { type Serving, serve } from '../../electron/serve.ts';
import { type Client, createClient } from '../../shared/contracts/client.ts';
import type { Result } from '../../shared/result.ts';

export type SkeinOptions = {
  dataFolder: string;
  /** Opened at the start. */
  folder?: string;
  /** 0 takes a free one. */
  port?: number;
  /** Gets each line of Skein's log from `warn` on. */
  onLog?: (line: string) => void;
};

export type RunningSkein = Serving & {
  /** Asks the app API as a script of the user would. */
  call: Client['call'];
  /** Where a browser is signed in, once, and then shows `address`, for example `/changes?agent=human`. */
  signInUrl(address: string): Promise<string>;
};

/** Starts it and waits for the folder's first scan. Throws when it does not start. */
export async function startSkein(options: SkeinOptions): Promise<RunningSkein> {
  const serving = await serve({
    dataFolder: options.dataFolder,
    folder: options.folder,
    port: options.port ?? 0,
    peerPort: 0,
    dev: false,
    env: { ...process.env, AUTOSYNC_ENABLED: '1' },
    log: createConsoleLog({ minimum: 'warn', write: options.onLog ?? (() => {}) }),
  });
  const running = unwrap(serving);
  const headers = { authorization: `Bearer ${running.token}` };
  const send = (path: string, init: object) => fetch(`${running.url}${path}`, init as RequestInit);
  const { call } = createClient(send, headers);
  return {
    ...running,
    call,
    signInUrl: async (address) =>
      `${running.url}${address}#code=${unwrap(await call('createSignInCode', {})).code}`,
  };
}

/** The value of a result that has to be one. */
export function unwrap<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.error.message} ${result.error.advice}`);
  return result.value;
}
