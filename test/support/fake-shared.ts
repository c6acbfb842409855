/** Devices whose indexes have vectors of the same texts; they are away, slow, or lie when they are told to. */
import { readEmbeddings } from '../../electron/engine/knowledge/kept-embeddings.ts';
import type { PackedEmbedding, SharedEmbeddings } from '../../electron/engine/knowledge/knowledge-ports.ts';
import type { Sql } from '../../electron/engine/ports.ts';

export type FakeSharer = {
  id: string;
  /** Its index. */
  sql: Sql;
  isAway?: boolean;
  /** What it answers goes through this. */
  lie?: (embeddings: PackedEmbedding[]) => PackedEmbedding[];
};

export type FakeShared = SharedEmbeddings & {
  /** Every question that was answered, in order. */
  readonly asked: { id: string; note: string; hashes: readonly string[] }[];
  readonly distrusted: string[];
  /** Answers wait for the promise. */
  slow(until: Promise<unknown>): void;
};

export function createFakeShared(...sharers: FakeSharer[]): FakeShared {
  const asked: FakeShared['asked'] = [];
  const distrusted: string[] = [];
  let waitFor: Promise<unknown> | undefined;
  return {
    asked,
    distrusted,
    slow(until) {
      waitFor = until;
    },
    async ask(question) {
      await waitFor;
      const done = [...question.asked, ...distrusted];
      const next = sharers.find(({ id, isAway }) => isAway !== true && !done.includes(id));
      if (next === undefined) return undefined;
      const { id, lie = (it) => it } = next;
      asked.push({ id, note: question.note, hashes: question.hashes });
      return { id, name: `device ${id}`, embeddings: lie(readEmbeddings(next.sql, question)) };
    },
    distrust: ({ id }) => void distrusted.push(id),
  };
}
