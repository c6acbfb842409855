/** A stream that keeps what is written to it. */
import { Writable } from 'node:stream';

export type MemoryStream = Writable & { isTTY?: boolean; columns?: number; text(): string; bytes(): Buffer };

export function memoryStream(terminal: { isTTY?: boolean; columns?: number } = {}): MemoryStream {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const bytes = () => Buffer.concat(chunks);
  return Object.assign(stream, terminal, { bytes, text: () => bytes().toString() });
}
