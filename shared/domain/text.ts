/** What can be told about a file from its bytes alone: is it text, of what kind, and is all of it there. */
import { decodeUtf8, startsWith } from './utf8.ts';

export type LineEnding = 'lf' | 'crlf' | 'mixed' | 'none';
export type DecodedText = {
  /** Without the byte order mark; what is not UTF-8 stands as U+FFFD. */
  text: string;
  bom: boolean;
  lineEnding: LineEnding;
  valid: boolean;
  finalNewline: boolean;
};

const newline = 0x0a;

/** Reads bytes as UTF-8 text. Never fails; `valid` tells whether the text is the bytes. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const decoded = decodeUtf8(bytes);
  const bom = decoded.text.startsWith('\ufeff');
  const text = bom ? decoded.text.slice(1) : decoded.text;
  return {
    text,
    bom,
    lineEnding: lineEndingOf(text),
    valid: decoded.valid,
    finalNewline: text.endsWith('\n'),
  };
}

/**
 * True when the bytes are no text for people: more than one control character in twenty at the beginning, or
 * a NUL in what is not UTF-8 either. A NUL alone, git's evidence, is not enough: agents write one into a
 * code example now and then, and the note around it is still a text.
 */
export function looksBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 8192);
  const controls = head.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  return controls * 20 > head.length || (bytes.includes(0) && !decodeUtf8(bytes).valid);
}

/**
 * Evidence that a file written in place is only half there. It is empty, though it had content or has just
 * appeared; it is the beginning of what it was; it ends inside a character; it lost its final newline; or it
 * is JSON lines and its last line does not parse. A file that always ended that way gives no evidence.
 * Cheap on large files: costs more than a comparison only for JSON lines that do not parse.
 */
export function looksCut(previous: Uint8Array | undefined, current: Uint8Array): boolean {
  if (current.length === 0) return previous === undefined || previous.length > 0;
  if (previous === undefined) return endsInsideCharacter(current);
  if (current.length < previous.length && startsWith(previous, current)) return true;
  if (endsInsideCharacter(current) && !endsInsideCharacter(previous)) return true;
  if (previous.at(-1) === newline && current.at(-1) !== newline) return true;
  return lastRecordIsCut(previous, current);
}

/**
 * The same question about files too large to be compared with what they were, from their former size (0: none) and
 * their own end. Rather says yes once too often: a file that shrinks or has no final newline may be complete.
 */
export function mayBeCut(previousSize: number, current: Uint8Array): boolean {
  return current.length < previousSize || current.at(-1) !== newline;
}

function lineEndingOf(text: string): LineEnding {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  if (all === 0) return 'none';
  if (windows === 0) return 'lf';
  return windows === all ? 'crlf' : 'mixed';
}

/** Tab, line feed, form feed, carriage return, backspace and escape do stand in texts. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b;
}

/** True when the last bytes begin a UTF-8 sequence that has fewer bytes than its first one announces. */
function endsInsideCharacter(bytes: Uint8Array): boolean {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes.at(-back);
    if (byte === undefined || byte < 0x80) return false;
    if (byte >= 0xc2) return byte <= 0xf4 && back < sequenceLength(byte);
    if (byte >= 0xc0) return false;
  }
  return false;
}

function sequenceLength(firstByte: number): number {
  if (firstByte >= 0xf0) return 4;
  return firstByte >= 0xe0 ? 3 : 2;
}

function lastRecordIsCut(previous: Uint8Array, current: Uint8Array): boolean {
  const brace = 0x7b;
  if (previous[0] !== brace) return false;
  const end = current.at(-1) === newline ? current.length - 1 : current.length;
  const lastLine = current.subarray(current.lastIndexOf(newline, end - 1) + 1, end);
  return !parses(decodeUtf8(lastLine).text) && isJsonLines(decodeUtf8(previous).text);
}

function isJsonLines(text: string): boolean {
  return text.split('\n').every(parses);
}

function parses(line: string): boolean {
  if (line.trim() === '') return true;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
