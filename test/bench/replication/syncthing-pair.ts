/** Two Syncthing processes with everything that waits turned down to its least. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Contender, isOnPath, type Pair, versionOf } from './contender.ts';
import { freePort, openWire, untilListening } from './wire.ts';

export const syncthing: Contender = {
  name: 'Syncthing',
  missing: async () => ((await isOnPath('syncthing')) ? undefined : 'syncthing (apt-get install syncthing)'),
  version: () => versionOf('syncthing'),
  isLimit: false,
  watches: true,
  async open(place, fill) {
    const folders = [path.join(place, 'here'), path.join(place, 'there')] as const;
    for (const folder of folders) mkdirSync(folder);
    fill(folders[0]);
    const here = await startNode(folders[0]);
    const there = await startNode(folders[1]);
    const [toHere, toThere] = [await openWire(() => here.port), await openWire(() => there.port)];
    await share(here, { id: there.id, port: toThere.port, paused: false });
    await share(there, { id: here.id, port: toHere.port, paused: true });
    const meet = () => pause(there, here.id, false);
    return {
      here: here.folder,
      there: there.folder,
      meet,
      carry: async () => {},
      part: () => pause(there, here.id, true),
      join: meet,
      noted: async () => {
        for (const node of [here, there]) await node.ask('POST', `/rest/db/scan?folder=${folderId}`);
      },
      asked: async () => countConflicts(here.folder),
      wireBytes: () => toHere.bytes() + toThere.bytes(),
      pids: () => [here.pid, there.pid],
      async stop() {
        for (const node of [here, there]) await node.stop();
        for (const wire of [toHere, toThere]) wire.close();
      },
    } satisfies Pair;
  },
};

const folderId = 'notes';

type Node = {
  id: string;
  pid: number;
  folder: string;
  port: number;
  ask(method: string, at: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
};

async function startNode(folder: string): Promise<Node> {
  const home = `${folder}-home`;
  const [port, guiPort] = [await freePort(), await freePort()];
  execFileSync('syncthing', ['generate', `--home=${home}`, '--no-default-folder', '--skip-port-probing'], {
    stdio: 'ignore',
  });
  const settings = path.join(home, 'config.xml');
  const text = readFileSync(settings, 'utf8');
  const key = /<apikey>(.*)<\/apikey>/.exec(text)?.[1] ?? '';
  writeFileSync(settings, alone(text, port));
  const child = spawn(
    'syncthing',
    [
      'serve',
      `--home=${home}`,
      '--no-browser',
      '--no-restart',
      '--no-upgrade',
      `--gui-address=127.0.0.1:${guiPort}`,
    ],
    {
      stdio: 'ignore',
      // Without a process above it that would start it again.
      env: { ...process.env, STNOUPGRADE: '1', STMONITORED: 'yes' },
    },
  );
  await untilListening(guiPort);
  const ask = (method: string, at: string, body?: unknown) => askNode({ guiPort, key }, method, at, body);
  const { myID: id } = (await ask('GET', '/rest/system/status')) as { myID: string };
  return {
    id,
    pid: child.pid ?? 0,
    folder,
    port,
    ask,
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** It calls nobody but whom it is told to, and tries again at once. */
function alone(settings: string, port: number): string {
  const values = {
    listenAddress: `tcp://127.0.0.1:${port}`,
    globalAnnounceEnabled: false,
    localAnnounceEnabled: false,
    relaysEnabled: false,
    natEnabled: false,
    crashReportingEnabled: false,
    urAccepted: -1,
    reconnectionIntervalS: 1,
    startBrowser: false,
  };
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replace(new RegExp(`<${name}>.*</${name}>`), `<${name}>${value}</${name}>`),
    settings,
  );
}

async function askNode(
  { guiPort, key }: { guiPort: number; key: string },
  method: string,
  at: string,
  body: unknown,
): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${guiPort}${at}`, {
    method,
    headers: { 'X-API-Key': key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Syncthing answers ${response.status} to ${at}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The folder is shared and scanned; while paused, the other side is kept out. */
async function share(node: Node, other: { id: string; port: number; paused: boolean }): Promise<void> {
  const { id, port, paused } = other;
  await node.ask('PUT', `/rest/config/devices/${id}`, {
    deviceID: id,
    addresses: [`tcp://127.0.0.1:${port}`],
    paused,
  });
  const devices = [{ deviceID: node.id }, { deviceID: id }];
  const folder = { id: folderId, path: node.folder, devices, fsWatcherEnabled: true };
  const add = (fsWatcherDelayS: number) =>
    node.ask('PUT', `/rest/config/folders/${folderId}`, { ...folder, fsWatcherDelayS });
  // Older versions count in whole seconds.
  await add(0.01).catch(() => add(1));
  await node.ask('POST', `/rest/db/scan?folder=${folderId}`);
}

const pause = async (node: Node, id: string, paused: boolean): Promise<void> =>
  void (await node.ask('PATCH', `/rest/config/devices/${id}`, { paused }));

/** Each version that it did not merge lies beside its file. */
const countConflicts = (folder: string): number =>
  readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('.sync-conflict-')).length;
