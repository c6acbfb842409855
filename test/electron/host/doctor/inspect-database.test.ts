import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openSql } from '../../../../electron/adapters/better-sqlite.ts';
import { systemRandom } from '../../../../electron/adapters/system-random.ts';
import { openLog } from '../../../../electron/engine/log/open-log.ts';
import { migrations } from '../../../../electron/engine/log/schema.ts';
import { inspectDatabase } from '../../../../electron/host/doctor/inspect-database.ts';
import { temporaryFolder } from '../support/folders.ts';

const atMs = Date.UTC(2026, 10, 21);

/** A log with rows enough to fill some pages; the row with the latest stamp is not the last one. */
function makeLog(rows = 500): string {
  const file = join(temporaryFolder(), 'log.db');
  const sql = openSql(file);
  openLog(sql, systemRandom);
  const insert = sql.prepare(
    "INSERT INTO log (stamp, at_ms, node, sequence, kind, path) VALUES (?, ?, 'a', ?, 'created', ?)",
  );
  sql.transaction(() => {
    for (let row = 0; row < rows; row += 1) {
      const stamp = row === 7 ? 'f'.repeat(32) : row.toString(16).padStart(32, '0');
      insert.run(stamp, row === 7 ? atMs : atMs - rows + row, row, `docs/${'long'.repeat(20)}-${row}.md`);
    }
  });
  sql.close();
  return file;
}

test('a whole log tells its version and its latest time', async () => {
  expect(await inspectDatabase(makeLog())).toEqual({
    ok: true,
    value: { version: migrations.length, damage: [], newestMs: atMs, position: 500 },
  });
});

test('an empty log has no latest time', async () => {
  expect(await inspectDatabase(makeLog(0))).toMatchObject({
    ok: true,
    value: { damage: [], newestMs: undefined },
  });
});

test('a log that is open and being written to can be looked at', async () => {
  const file = makeLog();
  const sql = openSql(file);
  sql.exec("UPDATE log SET agent = 'someone'");
  expect(await inspectDatabase(file)).toMatchObject({ ok: true, value: { damage: [], newestMs: atMs } });
  sql.close();
});

test('damage in the middle is found, the file stays as it is', async () => {
  const file = makeLog();
  const bytes = readFileSync(file);
  bytes.fill(0x5a, bytes.length - 12_288, bytes.length - 4096);
  writeFileSync(file, bytes);
  const health = await inspectDatabase(file);
  const found = health.ok ? health.value.damage.length > 0 : health.error.code === 'database-corrupt';
  expect(found).toBe(true);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test('a log that lost its end is damaged', async () => {
  const file = makeLog();
  truncateSync(file, 40_000);
  const health = await inspectDatabase(file);
  expect(health.ok ? health.value.damage.length > 0 : health.error.code === 'database-corrupt').toBe(true);
});

test('something else under the name is no database', async () => {
  const file = join(temporaryFolder(), 'log.db');
  writeFileSync(file, 'not a database '.repeat(1000));
  expect(await inspectDatabase(file)).toMatchObject({
    ok: false,
    error: { code: 'database-corrupt', subject: file },
  });
});

test('a log that is not there is not made', async () => {
  const folder = temporaryFolder();
  expect(await inspectDatabase(join(folder, 'log.db'))).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  });
  expect((await inspectDatabase(join(folder, 'gone', 'log.db'))).ok).toBe(false);
});

test('a newer log is not asked about rows that we do not know', async () => {
  const file = join(temporaryFolder(), 'log.db');
  const database = new Database(file);
  database.pragma(`user_version = ${migrations.length + 1}`);
  database.close();
  expect(await inspectDatabase(file)).toEqual({
    ok: true,
    value: { version: migrations.length + 1, damage: [], newestMs: undefined },
  });
});

test.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
  'a log that we may not read is said (root may read everything)',
  async () => {
    const file = makeLog();
    chmodSync(file, 0o000);
    expect((await inspectDatabase(file)).ok).toBe(false);
  },
);
