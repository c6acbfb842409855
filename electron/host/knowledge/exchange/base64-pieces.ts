/** Base64 that arrives in pieces, as bytes in pieces. */
import { broken } from './byte-cursor.ts';

const onlyBase64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Strict: throws `ProblemError` bad-input for other signs, for padding before the end, and for bits left over. */
export async function* decodeBase64Pieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = '';
  let isPadded = false;
  for await (const piece of pieces) {
    const text = rest + Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    if (isPadded || !onlyBase64.test(text)) throw broken('a content is no base64');
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    isPadded = text.endsWith('=') && rest === '';
    if (whole > 0) yield decode(text.slice(0, whole));
  }
  if (rest !== '') throw broken('a content is no base64: its end is missing');
}

function decode(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const end = bytes.subarray(bytes.length - (bytes.length % 3 || 3)).toString('base64');
  if (bytes.length === 0 || !text.endsWith(end)) throw broken('a content is no base64');
  return bytes;
}
