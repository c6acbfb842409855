import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test, vi } from 'vitest';
import { createHost } from '../../../electron/host/host.ts';
import { setDatabaseAside } from '../../../electron/host/mend-database.ts';
import { databaseFile, replicaFolder } from '../../../electron/host/workspace-id.ts';
import type { ChangedEvent } from '../../../shared/contracts/events.ts';
import { limits } from '../../../shared/limits.ts';
import { fill } from './support/folders.ts';
import { makePlace, openEngine, startHost, until } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';
import { canMount, mountTiny } from './support/tiny-disk.ts';

afterEach(() => vi.unstubAllEnvs());

test('a fresh host has nothing open and the default settings', async () => {
  const { host } = await startHost(makePlace());
  expect(host.workspaces()).toEqual([]);
  expect(host.recent()).toEqual([]);
  expect(host.appSettings()).toEqual({ notifications: 'summary', theme: 'system', start_at_login: false });
});

test('a data folder that cannot be used is a problem, not an exception', async () => {
  const place = makePlace();
  fill(place.home, { taken: 'a file' });
  const options = { dataFolder: join(place.home, 'taken'), version: '0', env: {}, log: createMemoryLog() };
  expect(await createHost(options)).toMatchObject({ ok: false, error: { code: 'not-a-folder' } });
});

test('an opened folder is watched and its files are known', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { engine, name, problem } = await openEngine(host, place.project);
  expect({ name, problem, state: engine.status().state }).toEqual({
    name: 'project',
    problem: null,
    state: expect.stringMatching(/watching|polling/),
  });
  expect(engine.log.files().map(({ path }) => path)).toEqual(['AGENTS.md', 'docs/passation_claude.md']);
  expect(host.recent()).toEqual([{ folder: place.project, name: 'project' }]);
});

test('a git that does not answer delays no start, and is waited for at the end', async () => {
  const place = makePlace();
  const gate = join(place.home, 'gate');
  const bin = fill(join(place.home, 'bin'), {
    // It ends with the folder, too: nobody waits for all of them.
    git: `#!/bin/sh\nwhile [ -d ${place.home} ] && [ ! -e ${gate} ]; do sleep 0.05; done\nexit 1\n`,
  });
  chmodSync(join(bin, 'git'), 0o755);
  vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
  const { host } = await startHost(place);
  const { engine, id } = await openEngine(host, place.project);
  expect(engine.status().state).toMatch(/watching|polling/);
  const replica = join(replicaFolder(place.dataFolder, id), 'replica.json');
  expect(existsSync(replica)).toBe(false);
  writeFileSync(gate, '');
  await host.stop();
  expect(existsSync(replica)).toBe(true);
});

test('asked twice at once, by two spellings, it opens one engine', async () => {
  const place = makePlace();
  const link = join(place.home, 'shortcut');
  symlinkSync(place.project, link);
  const { host } = await startHost(place);
  const opened = await Promise.all(
    [place.project, `${place.project}/`, link].map((it) => openEngine(host, it)),
  );
  expect(new Set(opened.map(({ engine }) => engine)).size).toBe(1);
  expect(host.workspaces()).toHaveLength(1);
  expect(readdirSync(join(place.dataFolder, 'replicas'))).toEqual([opened[0]!.id]);
});

test('an edit reaches the log and is told', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { engine, id } = await openEngine(host, place.project);
  const heard: ChangedEvent[] = [];
  host.onChanged((event) => heard.push(event));
  writeFileSync(join(place.project, 'AGENTS.md'), '# Agents\n\nOne more rule.\n');
  const isTold = () => heard.some((event) => event.workspace === id && event.topics.includes('changes'));
  await until(host, isTold);
  expect(engine.log.pendingCount()).toBe(1);
});

test('what was open is open after a restart, with its history, in the same order', async () => {
  const place = makePlace();
  const other = fill(join(place.home, 'other'), { 'CLAUDE.md': '#' });
  const first = await startHost(place);
  const { engine } = await openEngine(first.host, place.project);
  await openEngine(first.host, other);
  const history = engine.log.changes({ limit: 100 });
  await first.host.stop();
  const second = await startHost(place);
  expect(second.host.workspaces().map(({ folder }) => folder)).toEqual([place.project, other]);
  expect(second.host.workspaces()[0]!.engine!.log.changes({ limit: 100 })).toEqual(history);
  expect(second.host.recent().map(({ name }) => name)).toEqual(['other', 'project']);
});

test('an edit made while Skein was not running is found at the restart', async () => {
  const place = makePlace();
  const first = await startHost(place);
  await openEngine(first.host, place.project);
  await first.host.stop();
  writeFileSync(join(place.project, 'AGENTS.md'), '# Changed meanwhile\n');
  const second = await startHost(place);
  await until(second.host, () => second.host.workspaces()[0]!.engine!.log.pendingCount() === 1);
});

test('told not to, a host opens nothing by itself and forgets nothing', async () => {
  const place = makePlace();
  const first = await startHost(place);
  await openEngine(first.host, place.project);
  await first.host.stop();
  const second = await startHost(place, { reopen: false });
  expect(second.host.workspaces()).toEqual([]);
  await second.host.stop();
  expect((await startHost(place)).host.workspaces()).toHaveLength(1);
});

test('a closed workspace stays closed, its history stays', async () => {
  const place = makePlace();
  const first = await startHost(place);
  const { id } = await openEngine(first.host, place.project);
  expect(await first.host.close(id)).toBe(true);
  expect(await first.host.close(id)).toBe(false);
  expect(first.host.workspaces()).toEqual([]);
  await first.host.stop();
  const second = await startHost(place);
  expect(second.host.workspaces()).toEqual([]);
  expect(second.host.recent()).toHaveLength(1);
  expect((await openEngine(second.host, place.project)).engine.log.changes({ limit: 9 })).toHaveLength(2);
});

test('closing in the middle of opening leaves nothing running, and opening again works', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  await host.close(id);
  const opening = host.open(place.project);
  const closings = Promise.all(Array.from({ length: 3 }, () => host.close(id)));
  await Promise.all([opening, closings]);
  await host.close(id);
  expect(host.workspaces()).toEqual([]);
  expect((await openEngine(host, place.project)).engine.status().pending).toBe(0);
});

test('places that are no project are refused and not remembered', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  for (const folder of [
    place.home,
    place.dataFolder,
    join(place.home, 'typo'),
    join(place.project, 'AGENTS.md'),
  ]) {
    expect((await host.open(folder)).ok).toBe(false);
  }
  expect(host.workspaces()).toEqual([]);
  expect(host.recent()).toEqual([]);
});

test('a folder that is gone at the restart stays in the list, and opens again when it is back', async () => {
  const place = makePlace();
  const first = await startHost(place);
  const { id } = await openEngine(first.host, place.project);
  await first.host.stop();
  renameSync(place.project, `${place.project}-away`);
  const { host } = await startHost(place);
  expect(host.workspaces()).toEqual([
    expect.objectContaining({
      id,
      folder: place.project,
      engine: undefined,
      problem: expect.objectContaining({ code: 'not-a-folder' }),
    }),
  ]);
  renameSync(`${place.project}-away`, place.project);
  expect((await openEngine(host, place.project)).id).toBe(id);
  expect(host.workspaces()).toHaveLength(1);
});

/** Opens once, stops, lets `harm` do its work on the log, and opens again. */
async function openAfter(harm: (file: string) => void) {
  const place = makePlace();
  const first = await startHost(place);
  const { id } = await openEngine(first.host, place.project);
  await first.host.stop();
  harm(databaseFile(place.dataFolder, id));
  const { host } = await startHost(place);
  return { place, host, id };
}

test('a corrupt log keeps the workspace in the list with its problem, untouched', async () => {
  const noise = 'this is no database '.repeat(500);
  const { place, host, id } = await openAfter((file) => writeFileSync(file, noise));
  expect(host.workspaces()).toMatchObject([{ id, engine: undefined, problem: { code: 'database-corrupt' } }]);
  expect(readFileSync(databaseFile(place.dataFolder, id), 'utf8')).toBe(noise);
  expect(await host.open(place.project)).toMatchObject({
    ok: true,
    value: { problem: { code: 'database-corrupt' } },
  });
  await setDatabaseAside(replicaFolder(place.dataFolder, id), Date.now());
  expect((await openEngine(host, place.project)).engine.log.files()).toHaveLength(2);
  expect(host.workspaces()).toHaveLength(1);
});

test('a log of a newer Skein is said and left alone', async () => {
  const { host } = await openAfter((file) => {
    const database = new Database(file);
    database.pragma('user_version = 999');
    database.close();
  });
  expect(host.workspaces()).toMatchObject([{ engine: undefined, problem: { code: 'database-newer' } }]);
});

test.runIf(canMount)(
  'a full disk keeps the workspace in the list, and it opens once there is room (needs root)',
  async () => {
    const place = { ...makePlace(), dataFolder: mountTiny('size=1m') };
    const { host } = await startHost(place);
    const filler = join(place.dataFolder, 'filler');
    writeFileSync(filler, Buffer.alloc(1024 * 1024 - 48 * 1024));
    const opened = await host.open(place.project);
    expect(opened).toMatchObject({ ok: true, value: { engine: undefined, problem: { code: 'disk-full' } } });
    expect(host.workspaces()).toHaveLength(1);
    rmSync(filler);
    expect((await openEngine(host, place.project)).engine.log.files()).toHaveLength(2);
  },
);

test('one workspace that cannot be opened does not keep another from it', async () => {
  const { place, host } = await openAfter((file) => writeFileSync(file, 'noise '.repeat(500)));
  const other = fill(join(place.home, 'other'), { 'CLAUDE.md': '#' });
  expect((await openEngine(host, other)).engine.log.files()).toHaveLength(1);
  expect(host.workspaces().map(({ problem }) => problem?.code)).toEqual(['database-corrupt', undefined]);
});

test('AUTOSYNC_ENABLED=0 turns watching off', async () => {
  const place = makePlace();
  const env = { PATH: process.env['PATH'], HOME: place.home, AUTOSYNC_ENABLED: '0' };
  const { host } = await startHost(place, { env });
  expect((await openEngine(host, place.project)).engine.status().state).toBe('disabled');
});

test('settings of the installation are kept and told', async () => {
  const place = makePlace();
  const first = await startHost(place);
  const heard: ChangedEvent[] = [];
  first.host.onChanged((event) => heard.push(event));
  expect(await first.host.changeAppSettings({ theme: 'dark' })).toMatchObject({
    ok: true,
    value: { theme: 'dark' },
  });
  await until(first.host, () => heard.some(({ topics }) => topics.includes('app-settings')));
  const wrong = { theme: 'purple' } as never;
  expect(await first.host.changeAppSettings(wrong)).toMatchObject({
    ok: false,
    error: { code: 'bad-input' },
  });
  await first.host.stop();
  expect((await startHost(place)).host.appSettings().theme).toBe('dark');
});

test('a broken settings.json costs the list of workspaces and nothing else', async () => {
  const place = makePlace();
  const first = await startHost(place);
  await openEngine(first.host, place.project);
  await first.host.stop();
  writeFileSync(join(place.dataFolder, 'settings.json'), '{');
  const { host, log } = await startHost(place);
  expect(host.workspaces()).toEqual([]);
  expect(log.lines.map(({ level }) => level)).toContain('warn');
  expect(readdirSync(place.dataFolder).some((name) => name.startsWith('settings.broken-'))).toBe(true);
  expect((await openEngine(host, place.project)).engine.log.changes({ limit: 9 })).toHaveLength(2);
});

test('what cannot be remembered still works', async () => {
  const place = makePlace();
  const { host, log } = await startHost(place);
  rmSync(join(place.dataFolder, 'settings.json'), { force: true });
  fill(place.dataFolder, { 'settings.json/in-the-way': '' });
  await openEngine(host, place.project);
  expect(log.lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
});

test('a stopped host takes no more, and stopping again is harmless', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const opening = host.open(place.project);
  await host.stop();
  await host.stop();
  await opening;
  expect(host.workspaces()).toEqual([]);
  expect(await host.open(place.project)).toMatchObject({ ok: false, error: { code: 'stopping' } });
});

test('there is a limit to what is open at once', async () => {
  const place = makePlace();
  const open = Array.from({ length: limits.openWorkspaces }, (_, number) => ({
    id: `${number}`,
    folder: join(place.home, `missing-${number}`),
    name: `${number}`,
  }));
  fill(place.dataFolder, { 'settings.json': JSON.stringify({ open }) });
  const { host } = await startHost(place);
  expect(await host.open(place.project)).toMatchObject({ ok: false, error: { code: 'too-large' } });
  await host.close('0');
  expect((await host.open(place.project)).ok).toBe(true);
});

test('the log of a replica can be read by its owner only', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  expect(existsSync(databaseFile(place.dataFolder, id))).toBe(true);
  if (process.platform !== 'win32') {
    expect(statSync(replicaFolder(place.dataFolder, id)).mode & 0o777).toBe(0o700);
  }
});
