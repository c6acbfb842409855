import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { prepareDataFolder } from '../../../electron/host/data-folder.ts';
import { type DoctorDeps, mendChecks, runDoctor } from '../../../electron/host/doctor.ts';
import { identityFile } from '../../../electron/host/peers/identity.ts';
import { databaseFile } from '../../../electron/host/workspace-id.ts';
import type { DoctorCheckJson } from '../../../shared/contracts/shapes.ts';
import { doctorCheckShape } from '../../../shared/contracts/shapes.ts';
import { nextLine, startScript } from './support/child.ts';
import { fill, temporaryFolder } from './support/folders.ts';
import { makePlace, openEngine, type Place, startHost } from './support/hosts.ts';

const posix = process.platform !== 'win32';
const named = (checks: DoctorCheckJson[], name: string) => checks.find((check) => check.name === name);
const depsOf = (dataFolder: string): DoctorDeps => ({ dataFolder, env: process.env, port: 0 });

/** A data folder in which a project was opened, and closed again. */
async function usedPlace(): Promise<Place & { id: string; log: string }> {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  await host.stop();
  return { ...place, id, log: databaseFile(place.dataFolder, id) };
}

function nodeIn(log: string): unknown {
  const database = new Database(log, { readonly: true });
  const node = database.prepare("SELECT value FROM meta WHERE key = 'node'").pluck().get();
  database.close();
  return node;
}

/** Overwrites pages in the middle of a database, past its header. */
function damage(file: string): void {
  const handle = openSync(file, 'r+');
  for (let page = 2; page < 10; page += 1) writeSync(handle, Buffer.alloc(4000, 0x5a), 0, 4000, page * 4096);
  closeSync(handle);
}

/** Every file below a folder with its text, to show that nothing was touched. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

test('before the first start nothing is wrong and nothing is made', async () => {
  const dataFolder = join(temporaryFolder(), 'data');
  const checks = await runDoctor(depsOf(dataFolder));
  expect(checks.map(({ name }) => name)).toEqual([
    'runtime',
    'git',
    'watch limits',
    'data folder',
    'token',
    'identity',
    'port',
    'clock',
  ]);
  expect(checks.filter(({ state }) => state === 'failure')).toEqual([]);
  expect(existsSync(dataFolder)).toBe(false);
});

test('every check is of the documented shape, and what is wrong has advice', async () => {
  const { dataFolder, log } = await usedPlace();
  damage(log);
  for (const check of await runDoctor(depsOf(dataFolder))) {
    expect(doctorCheckShape.parse(check)).toEqual(check);
    expect(check.advice !== '').toBe(check.state === 'warning' || check.state === 'failure');
  }
});

test('a healthy installation passes, with one look at each workspace', async () => {
  const { dataFolder } = await usedPlace();
  const checks = await runDoctor(depsOf(dataFolder));
  for (const name of [
    'data folder',
    'token',
    'identity',
    'clock',
    'log of project',
    'skein.json of project',
    'letter case of project',
  ]) {
    expect(named(checks, name)).toMatchObject({ state: 'ok', mendable: false });
  }
});

test('the doctor only looks', async () => {
  const { dataFolder, project, log } = await usedPlace();
  damage(log);
  const before = [snapshot(dataFolder), snapshot(project)];
  await runDoctor(depsOf(dataFolder));
  const after = [snapshot(dataFolder), snapshot(project)];
  // SQLite may leave its empty companions beside a log that it only read.
  for (const it of after) for (const name of Object.keys(it)) if (/-(wal|shm)$/.test(name)) delete it[name];
  for (const it of before) for (const name of Object.keys(it)) if (/-(wal|shm)$/.test(name)) delete it[name];
  expect(after).toEqual(before);
});

test('it works beside a running engine, and inside of it', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  await openEngine(host, place.project);
  const beside = await runDoctor(depsOf(place.dataFolder));
  const inside = await runDoctor({ ...depsOf(place.dataFolder), host });
  for (const checks of [beside, inside]) {
    expect(named(checks, 'log of project')).toMatchObject({ state: 'ok' });
    expect(named(checks, 'skein.json of project')).toMatchObject({ state: 'ok' });
  }
  expect(host.workspaces()[0]!.engine!.log.files()).toHaveLength(2);
});

test('a damaged log is found and set aside only when told', async () => {
  const { dataFolder, project, log } = await usedPlace();
  damage(log);
  const harmed = readFileSync(log);
  expect(named(await runDoctor(depsOf(dataFolder)), 'log of project')).toMatchObject({
    state: 'failure',
    mendable: true,
  });
  const mended = named(await mendChecks(depsOf(dataFolder)), 'log of project');
  expect(mended).toMatchObject({ state: 'ok', message: expect.stringContaining('Mended') });
  const [aside] = readdirSync(join(log, '..')).filter((name) => name.startsWith('damaged-'));
  expect(readFileSync(join(log, '..', aside!, 'log.db'))).toEqual(harmed);
  const { host } = await startHost({ dataFolder, project, home: join(project, '..') });
  expect(host.workspaces()[0]).toMatchObject({ problem: null });
});

test('a log that begins anew in the place of a damaged one takes a node id that nobody saw', async () => {
  const place = await usedPlace();
  const node = nodeIn(place.log);
  damage(place.log);
  await mendChecks(depsOf(place.dataFolder));
  await (await startHost(place)).host.stop();
  expect(nodeIn(place.log)).not.toBe(node);
});

test('a log that was put back from a backup is said, and takes another node id', async () => {
  const place = await usedPlace();
  const backup = readFileSync(place.log);
  const node = nodeIn(place.log);
  writeFileSync(join(place.project, 'AGENTS.md'), 'written since\n');
  const first = await startHost(place);
  const { engine: before } = await openEngine(first.host, place.project);
  await expect.poll(() => before?.log.changes({ limit: 9 })).toHaveLength(3);
  await first.host.stop();
  writeFileSync(place.log, backup);
  expect(named(await runDoctor(depsOf(place.dataFolder)), 'log of project')).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('older than what other devices saw'),
  });
  const { host } = await startHost(place);
  const engine = await openEngine(host, place.project);
  expect(engine.engine?.status().problems.map(({ code }) => code)).toEqual(['log-restored']);
  expect(nodeIn(place.log)).not.toBe(node);
});

test('an identity that came from another machine is a warning, and set aside when told', async () => {
  const { dataFolder } = await usedPlace();
  const file = identityFile(dataFolder);
  const stored = JSON.parse(readFileSync(file, 'utf8')) as { machine: string | null };
  if (stored.machine === null) return;
  writeFileSync(file, JSON.stringify({ ...stored, machine: 'another machine' }));
  expect(named(await runDoctor(depsOf(dataFolder)), 'identity')).toMatchObject({
    state: 'warning',
    mendable: true,
  });
  const mended = named(await mendChecks(depsOf(dataFolder)), 'identity');
  expect(mended).toMatchObject({ state: 'ok', message: expect.stringContaining('Mended') });
  expect(existsSync(file)).toBe(false);
  expect(readdirSync(dataFolder).filter((name) => name.startsWith('device.former-'))).toHaveLength(1);
});

test('inside a running Skein the mended workspace opens again', async () => {
  const place = await usedPlace();
  writeFileSync(place.log, 'noise '.repeat(1000));
  const { host } = await startHost(place);
  expect(host.workspaces()[0]).toMatchObject({ problem: { code: 'database-corrupt' } });
  const checks = await mendChecks({ ...depsOf(place.dataFolder), host });
  expect(named(checks, 'log of project')).toMatchObject({ state: 'ok' });
  expect(host.workspaces()).toMatchObject([{ id: place.id, problem: null }]);
});

test('a log that another process may have open is left alone', async () => {
  const { dataFolder, log } = await usedPlace();
  damage(log);
  const holder = startScript('hold-instance.ts', [dataFolder]);
  const { pid } = await nextLine<{ pid: number }>(holder);
  const check = named(await mendChecks(depsOf(dataFolder)), 'log of project');
  expect(check).toMatchObject({
    state: 'failure',
    message: expect.stringContaining(`Not mended: Another Skein`),
  });
  expect(check!.message).toContain(`process ${pid}`);
  expect(existsSync(log)).toBe(true);
});

test('a log of a newer Skein is a failure that mending leaves alone', async () => {
  const { dataFolder, log } = await usedPlace();
  const database = new Database(log);
  database.pragma('user_version = 999');
  database.close();
  const check = named(await mendChecks(depsOf(dataFolder)), 'log of project');
  expect(check).toMatchObject({
    state: 'failure',
    mendable: false,
    message: expect.stringContaining('newer Skein'),
  });
  expect(existsSync(log)).toBe(true);
});

test('two replicas of one name are told apart', async () => {
  const place = makePlace();
  const twin = fill(join(place.home, 'elsewhere', 'project'), { 'AGENTS.md': '#' });
  const { host } = await startHost(place);
  const ids = [(await openEngine(host, place.project)).id, (await openEngine(host, twin)).id];
  const names = (await runDoctor(depsOf(place.dataFolder))).map(({ name }) => name);
  for (const id of ids) expect(names).toContain(`log of project (${id})`);
  for (const folder of [place.project, twin]) expect(names).toContain(`skein.json of ${folder}`);
  expect(new Set(names).size).toBe(names.length);
});

test('changes from the future point at the clock', async () => {
  const { dataFolder } = await usedPlace();
  const nowMs = () => Date.now() - 3 * 3_600_000;
  expect(named(await runDoctor({ ...depsOf(dataFolder), nowMs }), 'clock')).toMatchObject({
    state: 'failure',
    message: expect.stringContaining('in the future'),
  });
});

test.runIf(posix)('a token that others can read is a warning, and mended when told', async () => {
  const dataFolder = temporaryFolder();
  await prepareDataFolder(dataFolder);
  chmodSync(join(dataFolder, 'token'), 0o640);
  expect(named(await runDoctor(depsOf(dataFolder)), 'token')).toMatchObject({
    state: 'warning',
    mendable: true,
  });
  expect(statSync(join(dataFolder, 'token')).mode & 0o777).toBe(0o640);
  const mended = named(await mendChecks(depsOf(dataFolder)), 'token');
  expect(mended).toMatchObject({ state: 'ok', message: expect.stringContaining('Mended') });
  expect(statSync(join(dataFolder, 'token')).mode & 0o777).toBe(0o600);
});

test('a token that is broken or no file is said', async () => {
  const broken = fill(temporaryFolder(), { token: 'short' });
  chmodSync(join(broken, 'token'), 0o600);
  expect(named(await runDoctor(depsOf(broken)), 'token')).toMatchObject({
    state: 'warning',
    mendable: false,
  });
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'token'));
  expect(named(await runDoctor(depsOf(folder)), 'token')).toMatchObject({ state: 'failure' });
});

test('a data folder that is a file is a failure', async () => {
  const folder = fill(temporaryFolder(), { taken: 'mine' });
  expect(named(await runDoctor(depsOf(join(folder, 'taken'))), 'data folder')).toMatchObject({
    state: 'failure',
  });
});

test('a port that a stranger has is said with the stranger', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const check = named(await runDoctor({ ...depsOf(temporaryFolder()), port }), 'port');
  expect(check).toMatchObject({
    state: 'warning',
    message: expect.stringContaining(`Port ${port} is taken`),
  });
  if (process.platform === 'linux') expect(check!.message).toContain(`process ${process.pid}`);
});

test('a port that Skein has is no fault', async () => {
  const dataFolder = temporaryFolder();
  const { port, pid } = await nextLine<{ port: number; pid: number }>(
    startScript('hold-instance.ts', [dataFolder]),
  );
  expect(named(await runDoctor({ ...depsOf(dataFolder), port }), 'port')).toMatchObject({
    state: 'ok',
    message: expect.stringContaining(`process ${pid}`),
  });
});

test('a broken skein.json is a failure that says where', async () => {
  const { dataFolder, project } = await usedPlace();
  writeFileSync(join(project, 'skein.json'), '{ "locale": "xx" }');
  expect(named(await runDoctor(depsOf(dataFolder)), 'skein.json of project')).toMatchObject({
    state: 'failure',
    message: expect.stringContaining('locale'),
  });
});

test('a workspace whose folder is gone is a failure with its path', async () => {
  const place = await usedPlace();
  const settings = JSON.parse(readFileSync(join(place.dataFolder, 'settings.json'), 'utf8'));
  settings.open[0].folder = join(place.home, 'gone');
  writeFileSync(join(place.dataFolder, 'settings.json'), JSON.stringify(settings));
  expect(named(await runDoctor(depsOf(place.dataFolder)), 'folder of project')).toMatchObject({
    state: 'failure',
    message: expect.stringContaining(join(place.home, 'gone')),
  });
});
