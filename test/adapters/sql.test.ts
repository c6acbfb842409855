import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { type ProblemCode, ProblemError } from '../../shared/result.ts';
import { createCrashingSql } from '../support/crashing-sql.ts';
import { createLife } from '../support/life.ts';
import { asOrdinaryUser, permissionBitsMissing, temporaryFolder } from '../support/temporary-folder.ts';

const notes = 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT UNIQUE, body BLOB)';
const insert = 'INSERT INTO note (text) VALUES (?)';
const count = (sql: Sql) => sql.prepare<{ n: number }>('SELECT count(*) AS n FROM note').get()?.n;

function problemOf(work: () => unknown): { code: ProblemCode; text: string } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: error.problem.code, text: error.message };
  }
}

describe.each<[string, () => Sql]>([
  ['in memory', () => openSql(':memory:')],
  ['in a file', () => openSql(join(temporaryFolder(), 'log.db'))],
  ['that can crash, but does not', () => createCrashingSql(openSql(':memory:'), createLife())],
])('a database %s', (_name, open) => {
  const opened = () => {
    const sql = open();
    sql.exec(notes);
    return sql;
  };

  test('keeps text, numbers, bytes and nothing as they are', () => {
    const sql = opened();
    const body = Uint8Array.from([0, 255, 10]);
    sql.prepare('INSERT INTO note VALUES (?, ?, ?)').run(7, 'naïve\0é', body);
    const row = sql.prepare('SELECT id, text, body, NULL AS absent FROM note').get();
    expect(row).toEqual({ id: 7, text: 'naïve\0é', body: Buffer.from(body), absent: null });
    expect(sql.prepare('SELECT 9007199254740991 AS large').get()).toEqual({ large: Number.MAX_SAFE_INTEGER });
    sql.close();
  });

  test('compiles a statement when it first runs, and says then what is wrong with it', () => {
    const sql = open();
    const early = sql.prepare(insert);
    expect(() => early.run('a')).toThrow(/no such table/);
    sql.exec(notes);
    expect(early.run('a')).toEqual({ changes: 1, lastPosition: 1 });
    sql.close();
  });

  test('tells how many rows changed and the last position', () => {
    const sql = opened();
    expect(sql.prepare(insert).run('a')).toEqual({ changes: 1, lastPosition: 1 });
    expect(sql.prepare(insert).run('b')).toEqual({ changes: 1, lastPosition: 2 });
    expect(sql.prepare("UPDATE note SET body = x'00'").run().changes).toBe(2);
    expect(sql.prepare('SELECT text FROM note ORDER BY id').all()).toEqual([{ text: 'a' }, { text: 'b' }]);
    expect(sql.prepare('SELECT text FROM note WHERE id = ?').get(99)).toBeUndefined();
    sql.close();
  });

  test('commits a transaction whole and returns its value', () => {
    const sql = opened();
    expect(sql.transaction(() => sql.prepare(insert).run('a').lastPosition)).toBe(1);
    expect(count(sql)).toBe(1);
    sql.close();
  });

  test('takes back everything when a transaction fails, and works on', () => {
    const sql = opened();
    const failing = () =>
      sql.transaction(() => {
        sql.prepare(insert).run('a');
        throw new Error('midway');
      });
    expect(failing).toThrow('midway');
    expect(count(sql)).toBe(0);
    sql.transaction(() => sql.prepare(insert).run('b'));
    expect(count(sql)).toBe(1);
    sql.close();
  });

  test('a nested transaction joins the outer one, and its failure dooms the outer one even when caught', () => {
    const sql = opened();
    sql.transaction(() => {
      sql.prepare(insert).run('a');
      sql.transaction(() => sql.prepare(insert).run('b'));
    });
    expect(count(sql)).toBe(2);
    const doomed = () =>
      sql.transaction(() => {
        sql.prepare(insert).run('c');
        try {
          sql.transaction(() => sql.prepare(insert).run('a'));
        } catch {
          sql.prepare(insert).run('d');
        }
      });
    expect(doomed).toThrow(/UNIQUE/);
    expect(count(sql)).toBe(2);
    sql.close();
  });

  test('refuses a transaction that would go on after it returned', () => {
    const sql = opened();
    expect(() => sql.transaction(async () => sql.prepare(insert).run('a'))).toThrow(/synchronous/);
    expect(count(sql)).toBe(0);
    sql.close();
  });

  test('honours foreign keys', () => {
    const sql = opened();
    sql.exec('CREATE TABLE tag (note INTEGER NOT NULL REFERENCES note (id))');
    expect(() => sql.prepare('INSERT INTO tag VALUES (1)').run()).toThrow(/FOREIGN KEY/);
    sql.close();
  });

  test('compiles a text once, and forgets the oldest of too many', () => {
    const sql = opened();
    const first = sql.prepare(insert);
    expect(sql.prepare(insert)).toBe(first);
    for (let index = 0; index < limits.compiledStatements; index += 1) sql.prepare(`SELECT ${index}`);
    expect(sql.prepare(insert)).not.toBe(first);
    expect(first.run('still works').changes).toBe(1);
    sql.close();
  });

  test('a disk that fills up in a transaction takes all of it back, whatever the caller swallows', () => {
    const sql = opened();
    sql.exec('PRAGMA max_page_count = 12');
    const fill = () =>
      sql.transaction(() => {
        for (let index = 0; index < 100; index += 1) {
          problemOf(() => sql.prepare('INSERT INTO note (body) VALUES (?)').run(new Uint8Array(3_000)));
        }
      });
    expect(problemOf(fill)?.code).toBe('disk-full');
    expect(count(sql)).toBe(0);
    sql.prepare(insert).run('small');
    expect(count(sql)).toBe(1);
    sql.close();
  });
});

describe('a database in a file', () => {
  const file = () => join(temporaryFolder(), 'log.db');

  test('keeps what was committed, and nothing else, when its process is killed', () => {
    const path = file();
    const adapter = new URL('../../electron/adapters/better-sqlite.ts', import.meta.url).href;
    const program = `
      import { openSql } from ${JSON.stringify(adapter)};
      const sql = openSql(${JSON.stringify(path)});
      sql.exec(${JSON.stringify(notes)});
      sql.transaction(() => sql.prepare('INSERT INTO note (text) VALUES (?)').run('committed'));
      sql.transaction(() => {
        sql.prepare('INSERT INTO note (text) VALUES (?)').run('not yet');
        process.kill(process.pid, 'SIGKILL');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
      });`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(killed.stderr).toBe('');
    expect(killed.signal).toBe('SIGKILL');
    const sql = openSql(path);
    expect(sql.prepare('SELECT text FROM note').all()).toEqual([{ text: 'committed' }]);
    sql.close();
  });

  test('opened for reading sees the data and refuses to write', () => {
    const path = file();
    const writer = openSql(path);
    writer.exec(notes);
    const reader = openSql(path, { readonly: true });
    writer.prepare(insert).run('a');
    expect(reader.transaction(() => count(reader))).toBe(1);
    const refused = problemOf(() => reader.prepare(insert).run('b'));
    expect(refused?.code).toBe('read-only');
    expect(refused?.text).toContain(path);
    reader.close();
    writer.close();
  });

  describe.skipIf(permissionBitsMissing)('in a folder where nothing may be written', () => {
    /** The folder with the database and what stands beside it; what is then done to it, an ordinary user does. */
    function closedTo(prepare: (path: string) => void): string {
      const folder = temporaryFolder();
      const path = join(folder, 'log.db');
      prepare(path);
      for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
      chmodSync(folder, 0o555);
      onTestFinished(() => chmodSync(folder, 0o755));
      return path;
    }
    const reading = (path: string) =>
      asOrdinaryUser(() => {
        const sql = openSql(path, { readonly: true });
        try {
          const refused = problemOf(() => sql.prepare(insert).run('c'));
          return {
            notes: count(sql),
            inTransaction: sql.transaction(() => count(sql)),
            refused: refused?.code,
          };
        } finally {
          sql.close();
        }
      });
    const refusal = (path: string) =>
      asOrdinaryUser(() => problemOf(() => openSql(path, { readonly: true }).close()));
    const written = (path: string) => {
      const sql = openSql(path);
      sql.exec(notes);
      sql.prepare(insert).run('a');
      return sql;
    };

    test('is read after it was closed, and still writes nothing', async () => {
      const path = closedTo((it) => written(it).close());
      expect(await reading(path)).toEqual({ notes: 1, inTransaction: 1, refused: 'read-only' });
      expect(readdirSync(dirname(path))).toEqual(['log.db']);
    });

    test('is read while another process writes to it, with what that one wrote last', async () => {
      let writer: Sql | undefined;
      const path = closedTo((it) => {
        writer = written(it);
      });
      writer?.prepare(insert).run('b');
      expect(await reading(path)).toEqual({ notes: 2, inTransaction: 2, refused: 'read-only' });
      writer?.close();
    });

    test('is read after its writer was killed', async () => {
      const path = closedTo((it) => {
        const writer = written(it);
        for (const part of ['log.db', 'log.db-wal', 'log.db-shm']) {
          copyFileSync(join(dirname(it), part), join(dirname(it), `killed-${part}`));
        }
        writer.close();
      });
      expect(await reading(join(dirname(path), 'killed-log.db'))).toMatchObject({ notes: 1 });
    });

    test('is refused when a part of it cannot be read there, and the advice is to copy it', async () => {
      const path = closedTo((it) => {
        const writer = written(it);
        copyFileSync(it, `${dirname(it)}/part.db`);
        copyFileSync(`${it}-wal`, `${dirname(it)}/part.db-wal`);
        writer.close();
      });
      const part = join(dirname(path), 'part.db');
      const refused = await refusal(part);
      expect(refused?.code).toBe('read-only');
      expect(refused?.text).toContain(`${part}-wal`);
      expect(refused?.text).toContain('--data DIR');
    });

    test('is refused with the reason when it may not even be read', async () => {
      const path = closedTo((it) => written(it).close());
      chmodSync(path, 0o000);
      expect(await refusal(path)).toMatchObject({
        code: 'no-permission',
        text: expect.stringContaining(path),
      });
    });
  });

  test('says that it is not there, and makes nothing, when opened for reading', () => {
    const path = file();
    expect(problemOf(() => openSql(path, { readonly: true }))?.code).toBe('not-found');
    expect(problemOf(() => openSql(join(path, 'deeper', 'log.db')))?.code).toBe('not-found');
  });

  test('says that it is not a database, and leaves the file as it is', () => {
    const path = file();
    writeFileSync(path, 'This is a shopping list.\n'.repeat(400));
    const refused = problemOf(() => openSql(path));
    expect(refused?.code).toBe('database-corrupt');
    expect(refused?.text).toContain(path);
    expect(refused?.text).not.toMatch(/delete|remove|rm /i);
  });

  test('says that it is damaged when a page is not what it should be', () => {
    const path = file();
    const sql = openSql(path);
    sql.exec(notes);
    sql.transaction(() => {
      for (let index = 0; index < 2_000; index += 1) sql.prepare(insert).run(`note ${index}`);
    });
    sql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    sql.close();
    damage(path);
    const damaged = openSql(path);
    expect(problemOf(() => damaged.prepare('SELECT text FROM note').all())?.code).toBe('database-corrupt');
    damaged.close();
  });

  test('says that another program writes', () => {
    const path = file();
    const writer = openSql(path);
    writer.exec(notes);
    const other = openSql(path);
    other.exec('PRAGMA busy_timeout = 0');
    writer.transaction(() => {
      writer.prepare(insert).run('a');
      const refused = problemOf(() => other.transaction(() => other.prepare(insert).run('b')));
      expect(refused?.code).toBe('database-busy');
    });
    other.transaction(() => other.prepare(insert).run('b'));
    expect(count(writer)).toBe(2);
    other.close();
    writer.close();
  });

  test.skipIf(permissionBitsMissing)(
    'says that a file without write permission cannot be written',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'log.db');
      openSql(path).close();
      chmodSync(folder, 0o555);
      chmodSync(path, 0o444);
      const refused = await asOrdinaryUser(() => problemOf(() => openSql(path).exec(notes)));
      expect(refused?.code).toBe('read-only');
      chmodSync(folder, 0o755);
    },
  );
});

/** Overwrites everything after the first page. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4_096);
  writeFileSync(path, bytes);
}
