/**
 * Between text and bytes. Every runtime that Skein meets has TextEncoder and TextDecoder, but TypeScript
 * knows them only from the DOM or Node typings, which shared/ must not see; so they are typed here by hand,
 * as narrow as we need them.
 */
type Encoder = { encode(text: string): Uint8Array };
type Decoder = { decode(bytes: Uint8Array): string };
type DecoderOptions = { fatal: boolean; ignoreBOM: boolean };
const platform = globalThis as unknown as {
  TextEncoder: new () => Encoder;
  TextDecoder: new (label: 'utf-8', options: DecoderOptions) => Decoder;
};

const encoder = new platform.TextEncoder();
const strictDecoder = new platform.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientDecoder = new platform.TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** UTF-8 of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes, byte order mark included; what is not UTF-8 becomes U+FFFD and `valid` is false. */
export function decodeUtf8(bytes: Uint8Array): { text: string; valid: boolean } {
  try {
    return { text: strictDecoder.decode(bytes), valid: true };
  } catch {
    return { text: lenientDecoder.decode(bytes), valid: false };
  }
}

/** Bytes that one call of fromCharCode gets: engines limit arguments, and spreading bytes is ten times slower. */
const chunkBytes = 8192;

/**
 * A text with one character (0 to 255) per byte, so that offsets in it are offsets in the bytes and nothing
 * is lost on bytes that are not UTF-8. For looking only: cut and join the bytes themselves.
 */
export function byteText(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    parts.push(Reflect.apply(String.fromCharCode, undefined, bytes.subarray(start, start + chunkBytes)));
  }
  return parts.join('');
}

/** One array of all the parts, in order. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** True when both hold the same bytes. */
export function equalBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && startsWith(one, other);
}

/** True when `bytes` begin with all of `prefix`. */
export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (prefix.length > bytes.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[index] !== prefix[index]) return false;
  }
  return true;
}
