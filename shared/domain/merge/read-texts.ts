/** Versions of a file as lines without their endings, and back. */
import { type DecodedText, decodeText, looksBinary } from '../text.ts';
import { encodeUtf8 } from '../utf8.ts';

/** How a text is written down: what a merge takes off before and puts back after. */
export type Form = { bom: boolean; ending: '\n' | '\r\n' | 'mixed'; finalNewline: boolean };
export type Text = { text: string; form: Form };

/** The version as text, or undefined when it is none. */
export function readText(bytes: Uint8Array): Text | undefined {
  if (looksBinary(bytes)) return undefined;
  const decoded = decodeText(bytes);
  return decoded.valid ? { text: decoded.text, form: formOf(decoded) } : undefined;
}

/** The lines without their endings. With `exact`, a carriage return is part of its line. */
export function linesOf(text: Text, exact: boolean): string[] {
  const plain = exact || text.form.ending === '\n';
  const lines = text.text.split(plain ? '\n' : /\r?\n/);
  if (text.form.finalNewline) lines.pop();
  return lines;
}

function formOf(decoded: DecodedText): Form {
  const ending = decoded.lineEnding === 'crlf' ? '\r\n' : decoded.lineEnding === 'mixed' ? 'mixed' : '\n';
  return { bom: decoded.bom, ending, finalNewline: decoded.finalNewline || decoded.text === '' };
}

/** True when a carriage return says nothing about single lines: each version has it everywhere or nowhere. */
export function haveOneEnding(texts: readonly Text[]): boolean {
  return texts.every((text) => text.form.ending === texts[0]?.form.ending && text.form.ending !== 'mixed');
}

/** The lines written down the way that a side changed to, else as the base has it. */
export function writeText(lines: readonly string[], base: Form, left: Form, right: Form): Uint8Array {
  const ending = pick(base.ending, left.ending, right.ending);
  const newline = ending === 'mixed' ? '\n' : ending;
  const bom = pick(base.bom, left.bom, right.bom) ? '\ufeff' : '';
  const last = pick(base.finalNewline, left.finalNewline, right.finalNewline) && lines.length > 0;
  return encodeUtf8(bom + lines.join(newline) + (last ? newline : ''));
}

function pick<Value>(base: Value, left: Value, right: Value): Value {
  return left === base ? right : left;
}
