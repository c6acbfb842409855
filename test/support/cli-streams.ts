/** A stream that keeps what is written to it. */
import { Writable } from 'node:stream';

export type MemoryStream = Writable & { isTTY?: boolean; columns?: number; text(): string };

export function memoryStream(terminal: { isTTY?: boolean; columns?: number } = {}): MemoryStream {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return Object.assign(stream, terminal, { text: () => Buffer.concat(chunks).toString() });
}
