/**
 * Reads a message of /knowledge_sync in its documented form as it arrives. A JSON library would want the whole text, or
 * hold each string whole, and here one string is an index of several GB; so this small reader knows the outline of the
 * message and leaves each short value to JSON.parse. Names may come in any order, also `content` before `path`.
 */
import { limits } from '../../../../shared/limits.ts';
import type { MessagePart } from '../../../engine/knowledge/exchange/exchange-ports.ts';
import { decodeBase64Pieces } from './base64-pieces.ts';
import { type ByteCursor, broken, createByteCursor, tooLong } from './byte-cursor.ts';

const code = (sign: string): number => sign.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const openers = new Set([code('{'), code('[')]);
const closers = new Set([code('}'), code(']')]);
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);
const listNames = new Set(['known', 'removed', 'inventory']);

/** Throws `ProblemError`: bad-input, too-large, or what the source throws. The consumer empties each `content`. */
export async function* readJsonMessage(source: AsyncIterable<Uint8Array>): AsyncGenerator<MessagePart> {
  const cursor = createByteCursor(source);
  const lists = new Set<string>();
  for await (const name of namesOf(cursor)) {
    if (lists.has(name)) throw broken(`${JSON.stringify(name)} comes twice`);
    lists.add(name);
    if (name === 'action') yield { part: 'action', value: await readValue(cursor) };
    else if (name === 'indexes') yield* readIndexes(cursor);
    else if (listNames.has(name)) yield* readList(cursor, name as 'known');
    else await readValue(cursor);
  }
  if ((await next(cursor)) !== undefined) throw broken('something follows its end');
  yield { part: 'end', lists };
}

async function* readList(cursor: ByteCursor, part: 'known'): AsyncGenerator<MessagePart> {
  let count = 0;
  for await (const _ of itemsOf(cursor)) {
    count = counted(count);
    yield { part, value: await readValue(cursor) };
  }
}

async function* readIndexes(cursor: ByteCursor): AsyncGenerator<MessagePart> {
  let count = 0;
  for await (const _ of itemsOf(cursor)) {
    count = counted(count);
    const index = new Map<string, unknown>();
    for await (const name of namesOf(cursor)) {
      if (index.has(name)) throw broken(`${JSON.stringify(name)} comes twice in one index`);
      index.set(name, undefined);
      if (name === 'content') yield { part: 'content', pieces: readContent(cursor) };
      else index.set(name, await readValue(cursor));
    }
    if (!index.has('content')) throw broken('an index has no content');
    yield { part: 'index', value: Object.fromEntries(index) };
  }
}

function counted(count: number): number {
  if (count >= limits.indexFiles) throw broken(`one of its lists has more than ${limits.indexFiles} entries`);
  return count + 1;
}

/** The names of an object, each with the cursor at its value, which must be read before the next. */
async function* namesOf(cursor: ByteCursor): AsyncGenerator<string> {
  await expect(cursor, '{');
  if (await isNext(cursor, '}')) return;
  do {
    const name = (await next(cursor)) === quote ? await readValue(cursor) : undefined;
    if (typeof name !== 'string' || name.length > 100) throw broken('a name is missing');
    await expect(cursor, ':');
    yield name;
  } while (await isNext(cursor, ','));
  await expect(cursor, '}');
}

/** Turns once for each item of a list, with the cursor at it. */
async function* itemsOf(cursor: ByteCursor): AsyncGenerator<void> {
  await expect(cursor, '[');
  if (await isNext(cursor, ']')) return;
  do yield;
  while (await isNext(cursor, ','));
  await expect(cursor, ']');
}

async function* readContent(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  if ((await next(cursor)) !== quote) throw broken('the content of an index is no text');
  cursor.skip();
  yield* decodeBase64Pieces(textPieces(cursor));
}

/** The bytes of a string up to its end. Base64 needs no escapes; some write `/` as `\/` all the same. */
async function* textPieces(cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await cursor.piece(limits.indexPieceBytes);
    if (piece.length === 0) throw broken('it breaks off in the content of an index');
    const end = piece.findIndex((it) => it === quote || it === backslash);
    const length = end === -1 ? piece.length : end;
    if (length > 0) yield piece.subarray(0, length);
    const sign = piece[length];
    cursor.take(end === -1 ? length : length + 1);
    if (sign === quote) return;
    if (sign === backslash && (await cursor.peek()) !== code('/')) throw broken('a content is no base64');
  }
}

/** A short value of any kind. */
async function readValue(cursor: ByteCursor): Promise<unknown> {
  await next(cursor);
  const bytes: number[] = [];
  let depth = 0;
  let inText = false;
  for (;;) {
    const byte = await cursor.peek();
    if (byte === undefined) throw broken('it breaks off');
    if (!inText && depth === 0 && bytes.length > 0 && endsValue(byte)) break;
    if (bytes.length >= limits.indexEntryBytes) throw tooLong('A value in it');
    bytes.push(byte);
    cursor.skip();
    if (inText && byte === backslash) bytes.push(await escaped(cursor));
    else if (byte === quote) inText = !inText;
    else if (!inText && openers.has(byte)) depth += 1;
    else if (!inText && closers.has(byte)) depth -= 1;
    if (!inText && depth === 0 && (byte === quote || closers.has(byte))) break;
  }
  return parse(Buffer.from(bytes).toString('utf8'));
}

const endsValue = (byte: number): boolean => byte === code(',') || closers.has(byte) || blanks.has(byte);

async function escaped(cursor: ByteCursor): Promise<number> {
  const byte = await cursor.peek();
  if (byte === undefined) throw broken('it breaks off');
  cursor.skip();
  return byte;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(`${JSON.stringify(text.slice(0, 40))} is no JSON`);
  }
}

/** The next byte that is no blank, left where it is. */
async function next(cursor: ByteCursor): Promise<number | undefined> {
  for (;;) {
    const byte = await cursor.peek();
    if (byte === undefined || !blanks.has(byte)) return byte;
    cursor.skip();
  }
}

async function isNext(cursor: ByteCursor, sign: string): Promise<boolean> {
  if ((await next(cursor)) !== code(sign)) return false;
  cursor.skip();
  return true;
}

async function expect(cursor: ByteCursor, sign: string): Promise<void> {
  if (await isNext(cursor, sign)) return;
  throw broken((await cursor.peek()) === undefined ? 'it breaks off' : `${sign} is missing`);
}
