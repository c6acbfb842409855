/** What an index has for other devices: vectors of its passages, and in which notes these stand. */
import type { Sql } from '../ports.ts';
import type { EmbeddingQuestion, PackedEmbedding } from './knowledge-ports.ts';

/** `notes`: all that hold the text now, so that it is given only to who may see one of them. */
export type KeptEmbedding = PackedEmbedding & { notes: string[] };

type Row = { hash: string; vector: Uint8Array; notes: string };

/** Those of these hashes that a passage has; a vector that is only kept because its text may come back is nobody's. */
export function readEmbeddings(
  sql: Sql,
  { dimensions, hashes }: Pick<EmbeddingQuestion, 'dimensions' | 'hashes'>,
): KeptEmbedding[] {
  const rows = sql
    .prepare<Row>(
      `SELECT e.hash, e.vector, json_group_array(DISTINCT n.note) AS notes
       FROM embeddings e JOIN chunks c ON c.hash = e.hash JOIN notes n ON n.id = c.note
       WHERE e.hash IN (SELECT value FROM json_each(?)) AND length(e.vector) = 4 + ?
       GROUP BY e.hash`,
    )
    .all(JSON.stringify(hashes), dimensions);
  return rows.map(({ hash, vector, notes }) => ({ hash, vector, notes: JSON.parse(notes) as string[] }));
}
