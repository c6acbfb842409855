/** Brings an index back to the tables of version 3, which kept the signs of the vectors where there are codes now. */
import type { Sql } from '../../electron/engine/ports.ts';

export function toVersion3(sql: Sql): void {
  sql.exec(`DROP TABLE codes;
    CREATE TABLE signs (embedding INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE, signs BLOB NOT NULL);
    INSERT INTO signs SELECT id, x'00' FROM embeddings;
    PRAGMA user_version = 3`);
}
