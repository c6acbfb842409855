/** Brings a replica's database to the current version and reads who we are. */
import { assert } from '../../../shared/assert.ts';
import { ProblemError, problem } from '../../../shared/result.ts';
import type { Random, Sql } from '../ports.ts';
import { migrations } from './schema.ts';

/**
 * Migrates and returns the node id of this log. Throws `ProblemError` with `database-newer` when a newer Skein
 * wrote the database; then nothing was touched.
 */
export function openLog(sql: Sql, random: Random): string {
  migrate(sql);
  return readMeta(sql, 'node') ?? createNode(sql, random);
}

/** Throws `ProblemError`: `database-newer`, or `read-only` when the log must be migrated before it can be read. */
export function checkReadable(sql: Sql): void {
  const version = versionOf(sql);
  if (version === migrations.length) return;
  throw new ProblemError(
    problem(
      'read-only',
      `log version ${version}`,
      `This log has to be brought up to date (log version ${version}; this Skein reads ${migrations.length}), and it cannot be written.`,
      'Run `skein status` once where the data folder can be written, or name a copy of it with --data DIR.',
    ),
  );
}

/** Fails when a newer Skein wrote the log. */
function versionOf(sql: Sql): number {
  const version = sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  if (version <= migrations.length) return version;
  throw new ProblemError(
    problem(
      'database-newer',
      `log version ${version}`,
      `This log was written by a newer Skein (log version ${version}; this one knows ${migrations.length}).`,
      'Update Skein on this device. The log was not touched.',
    ),
  );
}

function migrate(sql: Sql): void {
  const from = versionOf(sql);
  for (let version = from; version < migrations.length; version++) {
    sql.transaction(() => {
      sql.exec(migrations[version] ?? '');
      sql.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

/**
 * Takes a new node id, because this database is a copy and somebody went on under the old id where the copy ends.
 * What was recorded under the old id stays as it is; it counts as another node's from now on.
 */
export function renewNode(sql: Sql, random: Random, nowMs: number): string {
  return sql.transaction(() => {
    writeMeta(sql, 'former-nodes', nodesOf(sql).join(','));
    writeMeta(sql, 'renewed', String(nowMs));
    return createNode(sql, random);
  });
}

/** Unix milliseconds at which the node id was last renewed. */
export function renewedMs(sql: Sql): number | undefined {
  const renewed = readMeta(sql, 'renewed');
  return renewed === undefined ? undefined : Number(renewed);
}

/** The node id that this log writes under. */
export function nodeOf(sql: Sql): string {
  const node = readMeta(sql, 'node');
  assert(node !== undefined, 'an open log has a node id');
  return node;
}

/** Every node id that this log has written under. */
export const nodesOf = (sql: Sql): string[] => [
  nodeOf(sql),
  ...(readMeta(sql, 'former-nodes')?.split(',') ?? []),
];

function createNode(sql: Sql, random: Random): string {
  const node = Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  writeMeta(sql, 'node', node);
  return node;
}

/** Small facts about the replica: `node`, `former-nodes`, `renewed`, `revealed`, `paused`, `baselined`, `root`, `clock-believed`, `clock-said`. */
export function readMeta(sql: Sql, key: string): string | undefined {
  return sql.prepare<{ value: string }>('SELECT value FROM meta WHERE key = ?').get(key)?.value;
}

export function writeMeta(sql: Sql, key: string, value: string): void {
  sql
    .prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    .run(key, value);
}
