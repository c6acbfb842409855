/** A device with everything on its disk that a hostile peer would like to reach, and eyes on it from outside. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { excludeFromGit } from '../../../electron/adapters/git-exclude.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import type { Caller } from '../../../electron/host/peers/peers-contract.ts';
import { type Ask, createPeerApp } from '../../../electron/http/peer/peer-app.ts';
import { listenForPeers } from '../../../electron/http/peer/peer-server.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { compileTrackedSet } from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';
import { startEmbeddingServer } from '../../support/embedding-server.ts';
import { makeStranger, type Stranger } from '../../support/stranger.ts';
import { createMemoryLog } from '../host/support/memory-log.ts';
import { deskModel, deskNote } from './fuzz-requests.ts';

export type FuzzedDesk = {
  desk: Device;
  /** Speaks with the key of a paired device. */
  peer: Stranger;
  workspace: string;
  /** What the port of peers answers, without the network before it. */
  ask(request: Request, as?: Partial<Caller>): Promise<Response>;
  /** The log as it lies on the disk. */
  sql: Sql;
  /** What is wrong with the log, and what has changed on the disk that may not. */
  faults(): string[];
  logged: ReturnType<typeof createMemoryLog>['lines'];
};

const tracked = must(compileTrackedSet(defaultSettings));

export async function startFuzzedDesk(): Promise<FuzzedDesk> {
  const repository = makeRepository({ 'AGENTS.md': deskNote, 'src/main.ts': 'main();\n' });
  const log = createMemoryLog();
  let app: Ask | undefined;
  const desk = await startDevice({
    name: 'desk',
    repository,
    host: {
      log,
      listenForPeers(gate, at) {
        app = createPeerApp(gate);
        return listenForPeers(gate, at);
      },
    },
  });
  await indexNotes(desk);
  setTraps(desk.folder);
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, { ownDevice: true });
  await lap.stop();
  const peer = makeStranger(JSON.parse(readFileSync(join(lap.dataFolder, 'device.json'), 'utf8')));
  const [opened] = desk.host.workspaces();
  const [id, workspace] = [opened?.id ?? '', opened?.workspace ?? ''];
  const sql = openSql(databaseIn(desk.dataFolder, id), { readonly: true });
  const before = snapshot(dirname(desk.folder));
  const caller = { id: peer.id, certificate: peer.certificate, host: '127.0.0.1', port: undefined };
  return {
    desk,
    peer,
    workspace,
    sql,
    logged: log.lines,
    ask: (request, as = {}) => app!(request, { ...caller, protocol: 1, instance: 'one', ...as }),
    faults: () => [...logFaults(sql), ...diskFaults(before, snapshot(dirname(desk.folder)), desk.name)],
  };
}

/** It has vectors that a peer may want. */
async function indexNotes({ host, engine }: Device): Promise<void> {
  const { url } = await startEmbeddingServer();
  const { kind, model } = deskModel;
  const wish = { kind, url, model, requests_per_minute: null, price_per_million: null, only: [] };
  must(await host.embedder.choose(wish, undefined));
  must(await must(host.knowledges.of(engine.id)).catchUp());
}

/** Tracked names that lead out of the folder, and one that is a folder. */
function setTraps(folder: string): void {
  const outside = join(dirname(folder), 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'AGENTS.md'), 'outside\n');
  writeFileSync(join(outside, 'secret.md'), 'secret\n');
  symlinkSync(join(outside, 'secret.md'), join(folder, 'CLAUDE.md'));
  symlinkSync(outside, join(folder, 'linked'));
  mkdirSync(join(folder, 'ROADMAP.md'));
  // What Skein adds before its first write into the folder.
  excludeFromGit(join(folder, '.git', 'info', 'exclude'), '.skein-*.tmp');
}

const databaseIn = (dataFolder: string, id: string): string => {
  const found = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.endsWith('log.db') && path.includes(id),
  );
  if (found === undefined) throw new Error(`no log of ${id} in ${dataFolder}`);
  return join(dataFolder, found);
};

/** Everything below a folder but the data folder: path to a sign of what lies there. */
function snapshot(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (path === 'data' || path.startsWith('data/')) continue;
    const stat = lstatSync(join(folder, path));
    if (stat.isSymbolicLink()) found.set(path, `link to ${readlinkSync(join(folder, path))}`);
    else if (stat.isFile()) found.set(path, nodeCodec.sha256(readFileSync(join(folder, path))));
  }
  return found;
}

/** Only tracked files in the workspace may come, go or change. */
function diskFaults(before: Map<string, string>, now: Map<string, string>, name: string): string[] {
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== now.get(path))
    .filter(
      (path) => !path.startsWith(`${name}/`) || tracked.classify(path.slice(name.length + 1)) === undefined,
    )
    .map((path) => `${path} was changed`);
}

type LogRow = { node: string; sequence: number; stamp: string; parents: string; path: string | null };

function logFaults(sql: Sql): string[] {
  const rows = sql
    .prepare<LogRow>('SELECT node, sequence, stamp, parents, path FROM log ORDER BY position')
    .all();
  const held = new Map<string, number>();
  const seen = new Set<string>();
  return [...rows.flatMap((row) => rowFaults(row, held, seen)), ...contentFaults(sql)];
}

function rowFaults(row: LogRow, held: Map<string, number>, seen: Set<string>): string[] {
  const parents = row.parents === '' ? [] : row.parents.split(',');
  const faults = parents
    .filter((parent) => !seen.has(parent) || parent >= row.stamp)
    .map((parent) => `${row.stamp} stands on ${parent}, which is missing or younger`);
  if (parents.length > limits.mergedHeads) faults.push(`${row.stamp} has ${parents.length} parents`);
  if (row.sequence !== (held.get(row.node) ?? 0) + 1)
    faults.push(`${row.node} has ${row.sequence} after ${held.get(row.node)}`);
  held.set(row.node, row.sequence);
  seen.add(row.stamp);
  return faults;
}

function contentFaults(sql: Sql): string[] {
  return sql
    .prepare<{ hash: string; packed: Uint8Array }>(
      'SELECT hash, packed FROM content WHERE packed IS NOT NULL',
    )
    .all()
    .flatMap(({ hash, packed }) => {
      const bytes = nodeCodec.decompress(packed, limits.trackedFileBytes);
      if (nodeCodec.sha256(bytes) !== hash) return [`${hash} does not hold its bytes`];
      return packed.length > bytes.length + 1_000 ? [`${hash} is kept in ${packed.length} bytes`] : [];
    });
}
