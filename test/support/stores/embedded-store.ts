/** The index of this device as a store, so that the suite of stores can judge it: passages in its tables, found as a search finds them. */
import { openCodeIndex } from '../../../electron/adapters/code-index.ts';
import { createChunkIndex } from '../../../electron/engine/knowledge/chunk-index.ts';
import { openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import { createNearPassages } from '../../../electron/engine/knowledge/near-passages.ts';
import { createNoteQueue } from '../../../electron/engine/knowledge/note-queue.ts';
import type {
  StoredPassage,
  StoredVector,
  VectorStore,
} from '../../../electron/engine/knowledge/vector-store.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { err, ok, ProblemError } from '../../../shared/result.ts';

export function openEmbeddedStore(sql: Sql): VectorStore {
  openIndex(sql);
  const queue = createNoteQueue(sql);
  const index = createChunkIndex(sql);
  const near = createNearPassages(sql, openCodeIndex);
  const passageByKey = new Map<string, StoredVector>();
  const keys = sql.prepare<{ id: number; hash: string }>('SELECT id, hash FROM chunks');
  const ids = sql.prepare<{ id: number }>(
    'SELECT id FROM notes WHERE note IN (SELECT value FROM json_each(?))',
  );
  let marker = '';
  let position = 0;

  /** The key stands in the place of the hash, so that it is found again. */
  function bringUp(note: string): void {
    position += 1;
    queue.hear([{ note, position, type: 'NoteUpdated', atMs: 0 }], { position, name: '' });
    const own = [...passageByKey.values()].filter((it) => it.note === note);
    const chunks = own.map(({ key, line, lastLine, headings }) => ({
      hash: key,
      line,
      lastLine,
      headings: [...headings],
      text: key,
      from: 0,
      to: 0,
    }));
    const missing = new Set(index.missing(own.map(({ key }) => key)));
    const vectors = new Map(
      own.filter(({ key }) => missing.has(key)).map(({ key, vector }) => [key, vector]),
    );
    const swapped = index.swap({ note, position, content: '', chunks, isWhole: true }, vectors, 0);
    if (swapped !== undefined) near.swapped(swapped);
  }

  function take(it: StoredVector): void {
    // An index never has two vectors for one text; the suite puts another one under the same key.
    sql.prepare('DELETE FROM embeddings WHERE hash = ?').run(it.key);
    passageByKey.set(it.key, it);
  }

  return {
    place: 'this device',
    check: async () => ok(undefined),
    look: async () => ok({ count: passageByKey.size, marker }),
    async swap({ added, moved, removed, marker: next }) {
      const before = [...removed, ...added.map(({ key }) => key)].flatMap(
        (key) => passageByKey.get(key) ?? [],
      );
      for (const { key } of before) passageByKey.delete(key);
      const known = moved.flatMap((it: StoredPassage) => {
        const is = passageByKey.get(it.key);
        return is === undefined ? [] : [{ ...is, ...it }];
      });
      for (const { note } of before) bringUp(note);
      for (const it of added) take(it);
      for (const it of known) passageByKey.set(it.key, it);
      for (const note of new Set([...added, ...known].map((it) => it.note))) bringUp(note);
      marker = next;
      return ok(undefined);
    },
    async find({ vector, notes, atMost }) {
      const within = notes && ids.all(JSON.stringify(notes)).map(({ id }) => id);
      const keyById = new Map(keys.all().map(({ id, hash }) => [id, hash]));
      try {
        const found = near.find(vector, within, atMost);
        return ok(found.map(({ id, cosine }) => ({ key: keyById.get(id) ?? '', cosine })));
      } catch (cause) {
        if (cause instanceof ProblemError) return err(cause.problem);
        throw cause;
      }
    },
    keys: async (from, atMost) => ok([...passageByKey.keys()].slice(from, from + atMost)),
    settle: async () => ok(undefined),
    close: async () => {},
  };
}
