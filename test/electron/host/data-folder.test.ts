import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { locateDataFolder, prepareDataFolder } from '../../../electron/host/data-folder.ts';
import type { Result } from '../../../shared/result.ts';
import { nextLine, plainUser, startScript } from './support/child.ts';
import { temporaryFolder } from './support/folders.ts';
import { canMount, mountTiny } from './support/tiny-disk.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const posix = process.platform !== 'win32';

test('the argument wins over SKEIN_DATA, and that over the place of the system', () => {
  const env = { SKEIN_DATA: '/from/variable' };
  expect(locateDataFolder({ argument: '/from/argument', env })).toBe(resolve('/from/argument'));
  expect(locateDataFolder({ env })).toBe(resolve('/from/variable'));
  expect(locateDataFolder({ argument: '', env: { SKEIN_DATA: '' } })).toMatch(/skein/);
  expect(locateDataFolder({ env: {} })).not.toMatch(/nodejs/);
});

test('a relative data folder is made absolute', () => {
  expect(locateDataFolder({ argument: 'some/place', env: {} })).toBe(resolve('some/place'));
});

test.runIf(posix)('the folder is made for its owner only, the token too', async () => {
  const folder = join(temporaryFolder(), 'deep', 'skein');
  const made = await prepareDataFolder(folder);
  expect(made.ok && made.value.token).toMatch(/^[0-9a-f]{64}$/);
  expect(modeOf(folder)).toBe(0o700);
  expect(modeOf(join(folder, 'token'))).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['token']);
});

test('the token stays the same from start to start', async () => {
  const folder = temporaryFolder();
  const first = await prepareDataFolder(folder);
  expect(first.ok).toBe(true);
  expect(await prepareDataFolder(folder)).toEqual(first);
});

test.runIf(posix)('a token that others may read is tightened', async () => {
  const folder = temporaryFolder();
  const first = await prepareDataFolder(folder);
  chmodSync(join(folder, 'token'), 0o644);
  expect(await prepareDataFolder(folder)).toEqual(first);
  expect(modeOf(join(folder, 'token'))).toBe(0o600);
});

test('a token that a crash left empty is made anew', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'token'), '');
  const made = await prepareDataFolder(folder);
  expect(made.ok && made.value.token).toBe(readFileSync(join(folder, 'token'), 'utf8').trim());
});

test('two that start at once end with one token', async () => {
  const folder = temporaryFolder();
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => prepareDataFolder(folder)));
  expect(new Set(outcomes.map((it) => it.ok && it.value.token)).size).toBe(1);
  expect(readdirSync(folder)).toEqual(['token']);
});

test('a link in place of the token is refused, not followed', async () => {
  const folder = temporaryFolder();
  symlinkSync('/etc/hostname', join(folder, 'token'));
  expect(await prepareDataFolder(folder)).toMatchObject({ ok: false, error: { code: 'unreadable' } });
});

test('a file in place of the data folder is refused', async () => {
  const file = join(temporaryFolder(), 'taken');
  writeFileSync(file, 'mine');
  const expected = { ok: false, error: { code: 'not-a-folder' } };
  expect(await prepareDataFolder(file)).toMatchObject(expected);
  expect(await prepareDataFolder(join(file, 'below'))).toMatchObject(expected);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a link that leads nowhere in place of the data folder is refused', async () => {
  const folder = join(temporaryFolder(), 'link');
  symlinkSync('/nowhere/at/all', folder);
  expect((await prepareDataFolder(folder)).ok).toBe(false);
});

test.runIf(posix)('a folder without write permission is refused with advice', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o555);
  const outcome = await nextLine<Result<never>>(startScript('prepare-data.ts', [folder], plainUser));
  expect(outcome).toMatchObject({ ok: false, error: { code: 'no-permission', subject: folder } });
});

test.runIf(canMount)('a full disk is said (needs root, for a disk of 8 KiB)', async () => {
  const folder = mountTiny('size=8k');
  writeFileSync(join(folder, 'filler'), Buffer.alloc(8192));
  expect(await prepareDataFolder(folder)).toMatchObject({ ok: false, error: { code: 'disk-full' } });
  expect(readdirSync(folder)).toEqual(['filler']);
});

test.runIf(canMount)('a read-only disk is said (needs root, to mount one)', async () => {
  const folder = mountTiny('ro,size=64k');
  expect(await prepareDataFolder(folder)).toMatchObject({ ok: false, error: { code: 'read-only' } });
  expect(await prepareDataFolder(join(folder, 'below'))).toMatchObject({ error: { code: 'read-only' } });
});

test('a folder that exists already keeps what is in it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'replicas'));
  expect((await prepareDataFolder(folder)).ok).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['replicas', 'token']);
});
