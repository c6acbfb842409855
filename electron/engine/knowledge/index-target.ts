/** An index as the target of notes whose queue is kept elsewhere. Any number of workers may write to it. */
import type { Sql } from '../ports.ts';
import type { ChunkIndex } from './chunk-index.ts';
import type { NoteTarget } from './knowledge-ports.ts';

/** Up to which position the passages of a note are right; undefined of a note that was never brought here. */
export function createPositionOf(sql: Sql): (note: string) => number | undefined {
  const position = sql.prepare<{ position: number }>('SELECT position FROM notes WHERE note = ?');
  return (note) => position.get(note)?.position;
}

export function createIndexTarget(sql: Sql, index: ChunkIndex): NoteTarget {
  const know = sql.prepare('INSERT INTO notes (note, news) VALUES (?, ?) ON CONFLICT (note) DO NOTHING');
  return {
    missing: index.missing,
    isEmbedded: index.isEmbedded,
    contentOf: index.contentOf,
    confirm: index.confirm,
    swap: (note, vectors, nowMs) =>
      sql.transaction(() => {
        know.run(note.note, note.position);
        return index.swap(note, vectors, nowMs);
      }),
  };
}
