import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  byteText,
  decodeUtf8,
  encodeUtf8,
  equalBytes,
  joinBytes,
  startsWith,
} from '../../../shared/domain/utf8.ts';

const anyBytes = fc.uint8Array({ maxLength: 200 });

describe('UTF-8', () => {
  it('returns every well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeUtf8(encodeUtf8(text))).toEqual({ text, valid: true });
      }),
    );
  });

  it('keeps a byte order mark', () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toEqual({ text: '\ufeffa', valid: true });
  });

  it('tells what is not UTF-8', () => {
    for (const bytes of [[0xff], [0x61, 0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const decoded = decodeUtf8(Uint8Array.from(bytes));
      expect(decoded.valid).toBe(false);
      expect(decoded.text).toContain('\ufffd');
    }
  });

  it('calls valid exactly what comes back to the byte', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const { text, valid } = decodeUtf8(bytes);
        expect(equalBytes(encodeUtf8(text), bytes)).toBe(valid);
      }),
    );
  });
});

describe('bytes', () => {
  it('has one character per byte in byteText, past the chunk size too', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7) % 256);
    const text = byteText(bytes);
    expect(text).toHaveLength(bytes.length);
    expect(Uint8Array.from(text, (character) => character.charCodeAt(0))).toEqual(bytes);
  });

  it('joins what was cut, anywhere', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(200), fc.nat(200), (bytes, one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(joinBytes(parts)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it('compares', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(equalBytes(bytes, Uint8Array.of(1, 2, 3))).toBe(true);
    expect(equalBytes(bytes, Uint8Array.of(1, 2))).toBe(false);
    expect(equalBytes(bytes, Uint8Array.of(1, 2, 4))).toBe(false);
    expect(startsWith(bytes, Uint8Array.of(1, 2))).toBe(true);
    expect(startsWith(bytes, new Uint8Array())).toBe(true);
    expect(startsWith(bytes, Uint8Array.of(1, 2, 3, 4))).toBe(false);
    expect(startsWith(bytes, Uint8Array.of(2))).toBe(false);
  });
});
