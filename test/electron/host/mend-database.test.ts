import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setDatabaseAside } from '../../../electron/host/mend-database.ts';
import { fill, temporaryFolder } from './support/folders.ts';

const nowMs = Date.UTC(2026, 10, 21, 9, 30, 5);

test('the log and its companions are moved whole, and the rest of the replica stays', async () => {
  const folder = fill(temporaryFolder(), {
    'log.db': 'broken',
    'log.db-wal': 'newest',
    'log.db-shm': 'index',
    'replica.json': '{}',
  });
  const aside = await setDatabaseAside(folder, nowMs);
  expect(aside).toEqual({ ok: true, value: join(folder, 'damaged-2026-11-21T09-30-05Z') });
  expect(readdirSync(folder).sort()).toEqual(['damaged-2026-11-21T09-30-05Z', 'replica.json']);
  const moved = aside.ok ? aside.value : '';
  expect(readFileSync(join(moved, 'log.db'), 'utf8')).toBe('broken');
  expect(readFileSync(join(moved, 'log.db-wal'), 'utf8')).toBe('newest');
  expect(existsSync(join(moved, 'log.db-shm'))).toBe(true);
});

test('a second one in the same second does not touch the first', async () => {
  const folder = fill(temporaryFolder(), { 'log.db': 'first' });
  const first = await setDatabaseAside(folder, nowMs);
  fill(folder, { 'log.db': 'second' });
  const second = await setDatabaseAside(folder, nowMs);
  expect(first.ok && readFileSync(join(first.value, 'log.db'), 'utf8')).toBe('first');
  expect(second.ok && readFileSync(join(second.value, 'log.db'), 'utf8')).toBe('second');
});

test('a folder that is gone is a problem, not an exception', async () => {
  const outcome = await setDatabaseAside(join(temporaryFolder(), 'gone'), nowMs);
  expect(outcome).toMatchObject({ ok: false, error: { code: 'not-found' } });
});
