/** Hides which engine a command talks to: the one that runs, or one that this process opens for a moment. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, createClient, type Send } from '../../shared/contracts/client.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { writeProbe } from '../host/data-folder.ts';
import { instanceState, type Running } from '../host/instance.ts';
import { readToken, tokenFile } from '../host/token-file.ts';
import type { Connection } from './context.ts';
import type { OwnEngine } from './own-engine.ts';

export type Way = Connection & { own: OwnEngine | undefined; close(): Promise<void> };

/**
 * Reaches the Skein of the data folder, waits for one that is starting, or becomes it; where nothing can be written,
 * reads without it. Fails with unauthorized, database-busy, or as the data folder does.
 */
export async function findWay(options: {
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  tell(line: string): void;
}): Promise<Result<Way>> {
  const startMs = performance.now();
  let probe: Promise<Result<number>> | undefined;
  for (;;) {
    const found = await instanceState(options.dataFolder);
    if (found.state === 'running') return reach(found, options.dataFolder);
    // Where nothing can be written, a Skein that is out of reach is no obstacle: in a sandbox, say.
    if (found.state === 'silent') probe ??= writeProbe(options.dataFolder);
    if (found.state === 'none' || (await probe)?.ok === false) {
      // Loaded only here: a command that asks a running Skein answers in half the time without the engine.
      const { openOwnEngine } = await import('./own-engine.ts');
      const own = await openOwnEngine(options);
      if (own.ok)
        return ok({ client: own.value.client, running: undefined, own: own.value, close: own.value.close });
      // Another command was faster; it is done in a moment.
      if (own.error.code !== 'database-busy') return own;
    }
    if (performance.now() - startMs > limits.instanceStartMs) return err(silent(options.dataFolder, found));
    await wait(limits.instancePollMs);
  }
}

async function reach({ url, pid }: Running, dataFolder: string): Promise<Result<Way>> {
  const token = await readToken(dataFolder);
  if (token === undefined) return err(noToken(dataFolder));
  const client = clientOf({ url, token });
  return ok({ client, running: { url, pid }, own: undefined, close: async () => undefined });
}

/** A client of the Skein that listens at `url`. */
export const clientOf = ({ url, token }: { url: string; token: string }): Client =>
  createClient(sendTo(url), { authorization: `Bearer ${token}` });

/** Carries the client's requests to a Skein that listens. `url` has no slash at its end. */
export function sendTo(url: string): Send {
  return async (pathAndQuery, { method, headers, body, signal }) =>
    fetch(`${url}${pathAndQuery}`, {
      method,
      headers,
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
      ...(signal instanceof AbortSignal ? { signal } : {}),
    });
}

const noToken = (dataFolder: string): Problem =>
  problem(
    'unauthorized',
    tokenFile(dataFolder),
    `A Skein runs on ${dataFolder}, but its token cannot be read.`,
    'Run this command as the user who started that Skein.',
  );

function silent(dataFolder: string, found: { state: string; pid?: number | undefined }): Problem {
  const who = found.pid === undefined ? 'Another process' : `Process ${found.pid}`;
  return problem(
    'database-busy',
    dataFolder,
    `${who} holds the data folder ${dataFolder} and does not answer.`,
    'Wait a little and try again; if it stays, end that process, or use another folder with --data DIR.',
  );
}
