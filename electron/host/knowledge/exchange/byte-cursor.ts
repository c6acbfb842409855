/** Reads bytes that arrive in pieces, one after another, and never holds more than a piece and what it was asked for. */
import { limits } from '../../../../shared/limits.ts';
import { ProblemError, problem } from '../../../../shared/result.ts';

export type ByteCursor = {
  /** The next byte, left where it is; undefined at the end. */
  peek(): Promise<number | undefined>;
  skip(): void;
  /** What has arrived and was not taken, at most `atMost` bytes; empty only at the end. */
  piece(atMost: number): Promise<Uint8Array>;
  /** Takes so many bytes of what `piece` gave. */
  take(count: number): void;
};

export function createByteCursor(source: AsyncIterable<Uint8Array>): ByteCursor {
  const iterator = source[Symbol.asyncIterator]();
  let bytes: Uint8Array = new Uint8Array();
  let at = 0;
  const fill = async (): Promise<boolean> => {
    while (at >= bytes.length) {
      const next = await iterator.next();
      if (next.done === true) return false;
      bytes = next.value;
      at = 0;
    }
    return true;
  };
  return {
    peek: async () => (at < bytes.length || (await fill()) ? bytes[at] : undefined),
    skip: () => {
      at += 1;
    },
    async piece(atMost) {
      if (!(await fill())) return new Uint8Array();
      return bytes.subarray(at, at + atMost);
    },
    take: (count) => {
      at += count;
    },
  };
}

export const broken = (why: string): ProblemError =>
  new ProblemError(
    problem(
      'bad-input',
      'knowledge_sync',
      `This is no message of /knowledge_sync: ${why}.`,
      'Send JSON as the guide describes it: {"action": "pull", "known": […]} or {"action": "push", "indexes": […]}.',
    ),
  );

export const tooLong = (what: string): ProblemError =>
  new ProblemError(
    problem(
      'too-large',
      'knowledge_sync',
      `${what} is longer than ${limits.indexEntryBytes} bytes.`,
      'Send only the documented fields.',
    ),
  );
