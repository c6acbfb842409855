/** The notes of a PostgreSQL, of which the outbox tells. Only reads: SELECT on `notes` is all that it needs. */
import { encodeUtf8 } from '../../shared/domain/utf8.ts';
import { limits } from '../../shared/limits.ts';
import { ProblemError, problem } from '../../shared/result.ts';
import type { Notes } from '../engine/knowledge/knowledge-ports.ts';
import type { Codec } from '../engine/ports.ts';
import type { OutboxConnection } from './outbox-connection.ts';

type NoteRow = { there: boolean; bytes: number | null; content: string | null };

/** `bytes` has those of the state that was read last, which are a single row and always one version. */
export function createOutboxNotes(connection: OutboxConnection, codec: Pick<Codec, 'sha256'>): Notes {
  let last: { content: string; bytes: Uint8Array } | undefined;

  async function read(note: string): Promise<NoteRow | undefined> {
    const rows = await connection.query<NoteRow>(
      `SELECT deleted IS NOT TRUE AND content IS NOT NULL AS there, octet_length(content) AS bytes,
         CASE WHEN octet_length(content) <= $2 THEN content END AS content
       FROM notes WHERE id = $1`,
      [note, limits.outboxNoteBytes],
    );
    return rows[0];
  }

  return {
    async state(note) {
      const row = await read(note);
      if (row === undefined) return undefined;
      if (!row.there) return { note, position: 0, content: null };
      if (row.content === null) throw new ProblemError(tooLarge(note, row.bytes ?? 0));
      const bytes = encodeUtf8(row.content);
      last = { content: codec.sha256(bytes), bytes };
      return { note, position: 0, content: last.content };
    },
    bytes: async (content) => (last?.content === content ? last.bytes : undefined),
  };
}

const tooLarge = (note: string, bytes: number) =>
  problem(
    'too-large',
    note,
    `The note ${note} has ${bytes} bytes; up to ${limits.outboxNoteBytes} are indexed.`,
    'Split it into several notes.',
  );
