import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, looksBinary, looksCut, mayBeCut } from '../../../shared/domain/text.ts';
import { encodeUtf8, equalBytes, joinBytes } from '../../../shared/domain/utf8.ts';

const bytes = encodeUtf8;
const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const textLines = fc
  .array(fc.string({ unit: 'grapheme-composite', maxLength: 20 }), { minLength: 1, maxLength: 8 })
  .map((lines) => `${lines.map((line) => line.replace(/[\r\n]/g, '')).join('\n')}.\n`);

describe('decoding', () => {
  it('returns the text and its byte order mark apart', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, marked) => {
        fc.pre(!text.startsWith('\ufeff'));
        const decoded = decodeText(bytes((marked ? '\ufeff' : '') + text));
        expect(decoded).toMatchObject({ text, bom: marked, valid: true, finalNewline: text.endsWith('\n') });
      }),
    );
  });

  it('names the line ending', () => {
    const endingOf = (text: string) => decodeText(bytes(text)).lineEnding;
    expect(endingOf('')).toBe('none');
    expect(endingOf('one line')).toBe('none');
    expect(endingOf('a\rb')).toBe('none');
    expect(endingOf('a\nb')).toBe('lf');
    expect(endingOf('a\r\nb\r\n')).toBe('crlf');
    expect(endingOf('a\r\nb\n')).toBe('mixed');
  });

  it('is exact when the bytes are valid, and never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (raw) => {
        const { text, bom, valid } = decodeText(raw);
        const again = bytes((bom ? '\ufeff' : '') + text);
        expect(equalBytes(again, raw)).toBe(valid);
        expect(typeof looksBinary(raw)).toBe('boolean');
      }),
    );
  });

  it('marks what is not UTF-8', () => {
    const latin = decodeText(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a));
    expect(latin).toEqual({
      text: 'caf\ufffd\n',
      bom: false,
      lineEnding: 'lf',
      valid: false,
      finalNewline: true,
    });
  });
});

describe('binary files', () => {
  it('are told by a NUL in what is not UTF-8 either', () => {
    expect(looksBinary(joinBytes([bytes('a'.repeat(100_000)), Uint8Array.of(0xff, 0)]))).toBe(true);
    expect(looksBinary(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0))).toBe(true);
    const utf16 = Uint8Array.from([...'# Title\n'].flatMap((character) => [character.charCodeAt(0), 0]));
    expect(looksBinary(utf16)).toBe(true);
  });

  it('are not a note with a NUL in an example', () => {
    expect(looksBinary(bytes(`# Splitting\n\nUse split("\0") as in the manual.\n`))).toBe(false);
  });

  it('are told by many control characters', () => {
    expect(looksBinary(Uint8Array.from({ length: 4096 }, (_, index) => 1 + ((index * 89) % 255)))).toBe(true);
  });

  it('are not what people write', () => {
    for (const text of [
      '',
      '# Titre\n\tcafé 🤖\r\n',
      '\u001b[31mred\u001b[0m\n',
      'page\f\n',
      '\ufeffBOM\n',
    ]) {
      expect(looksBinary(bytes(text))).toBe(false);
    }
    expect(looksBinary(Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a))).toBe(false);
  });

  it('are no text of printable characters', () => {
    fc.assert(
      fc.property(textLines, (text) => {
        expect(looksBinary(bytes(text))).toBe(false);
      }),
    );
  });
});

describe('a file that looks cut', () => {
  it('is empty, though it had content or has just appeared', () => {
    expect(looksCut(bytes('a\n'), bytes(''))).toBe(true);
    expect(looksCut(undefined, bytes(''))).toBe(true);
    expect(looksCut(bytes(''), bytes(''))).toBe(false);
  });

  it('is any beginning of what it was', () => {
    fc.assert(
      fc.property(textLines, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (text, share) => {
        const whole = bytes(text);
        expect(looksCut(whole, whole.subarray(0, Math.floor(whole.length * share)))).toBe(true);
      }),
    );
  });

  it('ends inside a character, wherever that is cut', () => {
    for (const character of ['é', '€', '日', '🤖']) {
      const whole = bytes(`new text ${character}`);
      for (let missing = 1; missing < bytes(character).length; missing += 1) {
        expect(looksCut(undefined, whole.subarray(0, -missing))).toBe(true);
        expect(looksCut(bytes('old text'), whole.subarray(0, -missing))).toBe(true);
      }
      expect(looksCut(bytes('old text'), whole)).toBe(false);
    }
  });

  it('lost the final newline that it had', () => {
    expect(looksCut(bytes('a\nb\n'), bytes('a\nc'))).toBe(true);
    expect(looksCut(bytes('a\nb'), bytes('a\nc'))).toBe(false);
    expect(looksCut(bytes('a\r\nb\r\n'), bytes('a\r\nc\r'))).toBe(true);
  });

  it('is JSON lines with half a record at its end', () => {
    const journal = '{"id":1}\n{"id":2}';
    expect(looksCut(bytes(journal), bytes('{"id":1}\n{"id":2}\n{"id":'))).toBe(true);
    expect(looksCut(bytes(journal), bytes('{"id":1}\n{"id":2}\n{"id":3}'))).toBe(false);
    expect(looksCut(bytes(`${journal}\n`), bytes(`${journal}\n{"id":\n`))).toBe(true);
    expect(looksCut(bytes(`${journal}\n\n`), bytes(`${journal}\n{"id":4}\n\n`))).toBe(false);
  });

  it('is any JSON lines whose last record is cut inside', () => {
    const record = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 3 });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 4 }),
        record,
        fc.nat(),
        (records, added, at) => {
          const previous = records.map((each) => JSON.stringify(each)).join('\n');
          const line = JSON.stringify(added);
          const cut = bytes(`${previous}\n${line}`).subarray(
            0,
            bytes(`${previous}\n`).length + 1 + (at % (line.length - 1)),
          );
          expect(looksCut(bytes(previous), cut)).toBe(true);
          expect(looksCut(bytes(previous), bytes(`${previous}\n${line}`))).toBe(false);
        },
      ),
    );
  });
});

describe('a whole-looking file', () => {
  it('is one with anything added, changed or taken out before its end', () => {
    fc.assert(
      fc.property(textLines, textLines, (before, after) => {
        fc.pre(!before.startsWith(after) || before === after);
        expect(looksCut(bytes(before), bytes(after))).toBe(false);
        expect(looksCut(bytes(before), bytes(before + after))).toBe(false);
        expect(looksCut(undefined, bytes(after))).toBe(false);
      }),
    );
  });

  it('may be what always ended that way: another encoding, records over several lines, prose', () => {
    const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(looksCut(latin('un caf\u00e9'), latin('deux caf\u00e9'))).toBe(false);
    expect(looksCut(bytes('{\n  "a": 1\n}\n'), bytes('{\n  "a": 2\n}\n'))).toBe(false);
    expect(looksCut(bytes('{braces} open this note\n'), bytes('{braces} open this new note\n'))).toBe(false);
  });

  it('may end with stray bytes that begin no character', () => {
    for (const tail of [
      [0x80],
      [0xbf, 0xbf, 0xbf],
      [0xc0],
      [0xc1],
      [0xf5],
      [0xff],
      [0xc3, 0xa9],
      [0xe2, 0x82, 0xac],
      [0x61],
    ]) {
      expect(looksCut(bytes('old'), joinBytes([bytes('new '), Uint8Array.from(tail)]))).toBe(false);
    }
  });
});

describe('whether a large file may be cut', () => {
  it.each([
    ['a new one that ends with its line', 0, 'a\nb\n', false],
    ['one that grew by a line', 4, 'a\nb\nc\n', false],
    ['another text of the same length', 4, 'c\nd\n', false],
    ['one that shrank', 5, 'a\nb\n', true],
    ['an empty one', 0, '', true],
    ['one that ends within its line', 4, 'a\nb\nc', true],
  ])('%s', (_, previousSize, text, cut) => {
    expect(mayBeCut(previousSize, bytes(text))).toBe(cut);
  });

  it('says yes wherever the closer look does: to every beginning of what it was', () => {
    fc.assert(
      fc.property(textLines, fc.double({ min: 0, max: 0.999, noNaN: true }), (text, share) => {
        const whole = bytes(text);
        const beginning = whole.subarray(0, Math.floor(whole.length * share));
        expect(looksCut(whole, beginning)).toBe(true);
        expect(mayBeCut(whole.length, beginning)).toBe(true);
      }),
    );
  });

  it('and to half a character at the end', () => {
    const half = bytes('a\né').subarray(0, 3);
    expect(looksCut(bytes('a\n'), half)).toBe(true);
    expect(mayBeCut(2, half)).toBe(true);
  });
});
