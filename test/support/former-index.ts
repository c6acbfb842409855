/** Brings an index back to the tables of a version before. */
import type { Sql } from '../../electron/engine/ports.ts';

/** Which had no pieces of scripts without spaces. */
export function toVersion4(sql: Sql): void {
  sql.exec('DROP TABLE IF EXISTS temp.pieces_counts; DROP TABLE pieces; PRAGMA user_version = 4');
}

/** Which kept the signs of the vectors where there are codes now, too. */
export function toVersion3(sql: Sql): void {
  toVersion4(sql);
  sql.exec(`DROP TABLE codes;
    CREATE TABLE signs (embedding INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE, signs BLOB NOT NULL);
    INSERT INTO signs SELECT id, x'00' FROM embeddings;
    PRAGMA user_version = 3`);
}
