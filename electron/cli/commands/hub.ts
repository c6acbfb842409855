/** skein hub */
import { resolve } from 'node:path';
import { ok } from '../../../shared/result.ts';
import type { Command, Context } from '../context.ts';
import { timedLog } from '../log.ts';
import { wholeNumber } from '../read-option.ts';
import type { Serving } from '../serving.ts';
import { stopSignal } from '../stop-signal.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';
import { usualPort } from './serve.ts';

export const hub: Command = {
  name: 'hub',
  summary: 'be a peer that is always on: serve folders to paired devices, without a screen',
  details: `A device that never sleeps lets others exchange changes though they are never awake together. It is
paired like any other, and keeps the folders in step that it is given. It listens at once, also
before the first pairing.`,
  args: [
    { name: 'FOLDER', optional: true, many: true, summary: 'folders to serve, besides those open before' },
  ],
  options: [
    {
      flags: '--peer-port <PORT>',
      summary: 'port where paired devices call; 0 takes a free one (default: as set, else 7421)',
      read: wholeNumber(0, 65_535),
    },
    {
      flags: '-p, --port <PORT>',
      summary: `port of the API on this machine; 0 takes a free one (default: ${usualPort})`,
      read: wholeNumber(0, 65_535),
    },
  ],
  examples: [
    { line: 'skein hub /srv/site /srv/docs', what: 'serve two clones' },
    { line: 'skein pair', what: 'beside it, in another shell: the code for the next device' },
  ],
  async run(context, folders, values) {
    const { dataFolder, env, workingFolder } = context;
    const stopped = stopSignal();
    const named = folders
      .filter((folder) => folder !== undefined)
      .map((folder) => resolve(workingFolder, folder));
    const serving = await context.startServing({
      folder: named[0],
      dataFolder,
      port: Number(values['port'] ?? usualPort),
      peerPort: values['peerPort'] as number | undefined,
      alwaysListen: true,
      dev: false,
      env,
      log: timedLog(context.tell, Date.now),
    });
    if (!serving.ok) return serving;
    for (const folder of named.slice(1)) {
      const opened = await serving.value.open(folder);
      if (!opened.ok) context.tell(`${opened.error.message} ${opened.error.advice}`);
    }
    tellReady(context, serving.value);
    const signal = await stopped;
    await serving.value.stop();
    return ok({ json: { stopped: signal }, write: () => 'The hub has stopped.' });
  },
};

function tellReady({ print, globals, style }: Context, serving: Serving): void {
  const { device, listening } = serving.network();
  const folders = serving.workspaces().map(({ folder }) => folder);
  if (globals.json) {
    print(
      JSON.stringify({ url: serving.url, port: serving.port, pid: process.pid, device, listening, folders }),
    );
    return;
  }
  const facts = writeFacts(
    [
      ['Device', `${plainText(device.name)}  ${device.id}`],
      ['Peers call', listening?.addresses.join(', ') ?? 'nowhere: see the message above'],
      ...folders.map((folder, index): [string, string] => [index === 0 ? 'Serving' : '', plainText(folder)]),
      ['Pair', '`skein pair`, in another shell'],
      ['Stop', 'Ctrl+C'],
    ],
    style,
  );
  print(`\nThe hub is running.\n\n${facts}\n`);
}
