/**
 * The form in which two Skeins exchange index files: lines of JSON, and after the line of an index exactly as many raw
 * bytes as it says. Everything but the bytes is as in the documented form; `removed` has the MD5 of what was removed.
 */
import { z } from 'zod';
import { limits } from '../../../../shared/limits.ts';
import type { MessagePart } from '../../../engine/knowledge/exchange/exchange-ports.ts';
import { type ByteCursor, broken, createByteCursor, tooLong } from './byte-cursor.ts';

export const ownFormType = 'application/x-skein-knowledge';

const lineShape = z.union([
  z.object({ list: z.enum(['known', 'removed', 'inventory', 'indexes']) }),
  z.object({ action: z.unknown() }).strict(),
  z.object({ known: z.unknown() }).strict(),
  z.object({ removed: z.unknown() }).strict(),
  z.object({ inventory: z.unknown() }).strict(),
  z.object({ index: z.unknown(), bytes: z.number().int().min(0).max(limits.indexFileBytes) }),
  z.object({ end: z.literal(true) }),
  z.object({ note: z.unknown() }),
]);

const newline = 0x0a;

/** Throws as `readJsonMessage` does. */
export async function* readOwnMessage(source: AsyncIterable<Uint8Array>): AsyncGenerator<MessagePart> {
  const cursor = createByteCursor(source);
  const lists = new Set<string>();
  for (let lines = 0; lines < 4 * limits.indexFiles; lines += 1) {
    const line = await readLine(cursor);
    if ('list' in line) lists.add(line.list);
    else if ('end' in line) {
      if ((await cursor.peek()) !== undefined) throw broken('something follows its end');
      yield { part: 'end', lists };
      return;
    } else if ('index' in line) {
      yield { part: 'content', pieces: readBytes(cursor, line.bytes) };
      yield { part: 'index', value: line.index };
    } else if ('action' in line) yield { part: 'action', value: line.action };
    else if ('known' in line) yield { part: 'known', value: line.known };
    else if ('removed' in line) yield { part: 'removed', value: line.removed };
    else if ('inventory' in line) yield { part: 'inventory', value: line.inventory };
  }
  throw broken(`its lists have more than ${limits.indexFiles} entries`);
}

async function readLine(cursor: ByteCursor): Promise<z.infer<typeof lineShape>> {
  const bytes: number[] = [];
  for (;;) {
    const byte = await cursor.peek();
    if (byte === undefined) throw broken('it breaks off');
    cursor.skip();
    if (byte === newline) break;
    if (bytes.length >= limits.indexEntryBytes) throw tooLong('A line of it');
    bytes.push(byte);
  }
  return parseLine(Buffer.from(bytes).toString('utf8'));
}

function parseLine(text: string): z.infer<typeof lineShape> {
  try {
    return lineShape.parse(JSON.parse(text));
  } catch {
    throw broken(`${JSON.stringify(text.slice(0, 40))} is no line of it`);
  }
}

async function* readBytes(cursor: ByteCursor, count: number): AsyncGenerator<Uint8Array> {
  for (let left = count; left > 0; ) {
    const piece = await cursor.piece(Math.min(left, limits.indexPieceBytes));
    if (piece.length === 0) throw broken('it breaks off in the content of an index');
    yield piece;
    cursor.take(piece.length);
    left -= piece.length;
  }
}
