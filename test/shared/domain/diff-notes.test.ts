import { describe, expect, it } from 'vitest';
import { binaryNotes, textNotes } from '../../../shared/domain/diff-notes.ts';
import { lineEdits } from '../../../shared/domain/line-edits.ts';
import { decodeText } from '../../../shared/domain/text.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';

type Content = string | Uint8Array | null;
const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? encodeUtf8(content) : content;
const read = (content: Content) => (content === null ? null : decodeText(bytesOf(content)));
const linesOf = (content: Content) => read(content)?.text.split(/\r?\n/) ?? [];
function notes(before: Content, after: Content): string[] {
  return textNotes(read(before), read(after), lineEdits(linesOf(before), linesOf(after), 100).blocks);
}

describe('notes on text', () => {
  it('are none where lines show it all', () => {
    expect(notes('a\nb\n', 'a\nc\n')).toEqual([]);
    expect(notes(null, 'a\n')).toEqual([]);
    expect(notes('a\n', null)).toEqual([]);
    expect(notes('a', 'b')).toEqual([]);
    expect(notes(null, null)).toEqual([]);
  });

  it('say that line endings changed', () => {
    expect(notes('a\r\nb\r\n', 'a\nb\n')).toEqual(['Line endings changed from CRLF to LF.']);
    expect(notes('a\nb\n', 'a\r\nb\r\n')).toEqual(['Line endings changed from LF to CRLF.']);
    expect(notes('a\nb\n', 'a\r\nb\n')).toEqual(['Line endings changed from LF to a mix of LF and CRLF.']);
    expect(notes('a\r\nb\n', 'a\nb\n')).toEqual(['Line endings changed from a mix of LF and CRLF to LF.']);
  });

  it('count the lines whose ending changed when both texts mix them', () => {
    expect(notes('a\r\nb\nc\n', 'a\nb\r\nc\n')).toEqual(['The endings of 2 lines changed.']);
    expect(notes('a\r\nb\nc\n', 'a\r\nb\r\nc\n')).toEqual(['The ending of 1 line changed.']);
    expect(notes('a\r\nb\nc\n', 'a\r\nx\nb\nc\n')).toEqual([]);
    expect(notes('a\r\nb\nc', 'a\r\nb\nc\n')).toEqual(['The final newline was added.']);
  });

  it('do not call the first line ending of a file a change', () => {
    expect(notes('a', 'a\r\nb')).toEqual([]);
    expect(notes('', 'a\r\n')).toEqual([]);
  });

  it('say what happened to a byte order mark', () => {
    expect(notes('a\n', '\ufeffa\n')).toEqual(['A byte order mark was added.']);
    expect(notes('\ufeffa\n', 'a\n')).toEqual(['The byte order mark was removed.']);
    expect(notes('\ufeffa\n', '\ufeffb\n')).toEqual([]);
    expect(notes(null, '\ufeffa\n')).toEqual(['The file starts with a byte order mark.']);
    expect(notes('\ufeffa\n', null)).toEqual([]);
  });

  it('say what happened to the final newline', () => {
    expect(notes('a\n', 'a')).toEqual(['The final newline was removed.']);
    expect(notes('a', 'a\n')).toEqual(['The final newline was added.']);
    expect(notes(null, 'a')).toEqual(['The file does not end with a newline.']);
    expect(notes('', 'a\n')).toEqual([]);
    expect(notes('a', '')).toEqual([]);
  });

  it('say that an empty file came or went, since no line shows it', () => {
    expect(notes(null, '')).toEqual(['The file was created empty.']);
    expect(notes('', null)).toEqual(['The file that was deleted was empty.']);
    expect(notes('', '')).toEqual([]);
  });

  it('say which version is not UTF-8', () => {
    const latin = Uint8Array.of(0xe9, 0x0a);
    const rest = 'valid UTF-8; bytes that could not be read stand as \ufffd.';
    expect(notes('é\n', latin)).toEqual([`The new version is not ${rest}`]);
    expect(notes(latin, 'é\n')).toEqual([`The old version is not ${rest}`]);
    expect(notes(latin, Uint8Array.of(0xe8, 0x0a))).toEqual([`Neither version is ${rest}`]);
    expect(notes(null, latin)).toEqual([`The new version is not ${rest}`]);
  });

  it('stand together, in one order', () => {
    expect(notes('a\r\nb\r\n', '\ufeffa\nb')).toEqual([
      'Line endings changed from CRLF to LF.',
      'A byte order mark was added.',
      'The final newline was removed.',
    ]);
  });
});

describe('notes on what is not text', () => {
  it('give sizes', () => {
    const some = Uint8Array.of(0);
    expect(binaryNotes(null, some)).toEqual(['The file is not text. It has 1 byte.']);
    expect(binaryNotes(new Uint8Array(2), null)).toEqual(['The file was not text. It had 2 bytes.']);
    expect(binaryNotes(some, new Uint8Array(2048))).toEqual([
      'The file is not text. It went from 1 byte to 2048 bytes.',
    ]);
    expect(binaryNotes(null, null)).toEqual([]);
  });
});
