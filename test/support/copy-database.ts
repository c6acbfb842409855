/** A copy of a whole database, as a backup is one. */
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import type { Sql, SqlValue } from '../../electron/engine/ports.ts';

export function copyDatabase(from: Sql): Sql {
  const copy = openSql(':memory:');
  copy.exec('PRAGMA foreign_keys = OFF');
  const objects = from
    .prepare<{ type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  for (const { sql } of objects) copy.exec(sql);
  for (const { type, name } of objects) if (type === 'table') copyTable(from, copy, name);
  const version = from.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  copy.exec(`PRAGMA user_version = ${version}`);
  copy.exec('PRAGMA foreign_keys = ON');
  return copy;
}

function copyTable(from: Sql, to: Sql, table: string): void {
  const rows = from.prepare<Record<string, SqlValue>>(`SELECT * FROM ${table}`).all();
  for (const row of rows) {
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    to.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(...Object.values(row));
  }
}
