/** Whether the port is free, or Skein's own. */
import { createServer } from 'node:net';
import { findRunning } from '../instance.ts';
import { findPortHolder } from '../port-holder.ts';
import { type Check, passed, warning } from './check.ts';

const name = 'port';

/** Tries the port on the loopback address for a moment. Port 0 means any, which is always free. */
export async function checkPort(port: number, dataFolder: string): Promise<Check> {
  const running = await findRunning(dataFolder);
  if (running !== undefined) {
    return passed(name, `Skein runs as process ${running.pid} at ${running.url}.`);
  }
  if (await isFree(port)) return passed(name, `Port ${port} is free.`);
  const { skeinVersion, process: holder } = await findPortHolder(port);
  const program = skeinVersion === undefined ? holder?.command : `another Skein (${skeinVersion})`;
  const who = `${program ?? 'another program'}${holder === undefined ? '' : `, process ${holder.pid}`}`;
  return warning(
    name,
    `Port ${port} is taken by ${who}.`,
    'Start Skein with --port and another number, or --port 0 to let it choose.',
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
