/** What a diff by lines cannot show, as sentences. */
import { type EditBlock, sameLines } from './line-edits.ts';
import type { DecodedText, LineEnding } from './text.ts';

/** Facts about two texts beyond their lines; null stands for no file. */
export function textNotes(
  before: DecodedText | null,
  after: DecodedText | null,
  blocks: readonly EditBlock[],
): string[] {
  return [
    ...emptyNotes(before, after),
    ...(before && after ? endingNotes(before, after, blocks) : []),
    ...markNotes(before, after),
    ...finalNewlineNotes(before, after),
    ...encodingNotes(before, after),
  ];
}

/** Facts about two files of which at least one is not text. */
export function binaryNotes(before: Uint8Array | null, after: Uint8Array | null): string[] {
  if (before === null && after !== null) return [`The file is not text. It has ${byteCount(after)}.`];
  if (after === null && before !== null) return [`The file was not text. It had ${byteCount(before)}.`];
  if (before === null || after === null) return [];
  return [`The file is not text. It went from ${byteCount(before)} to ${byteCount(after)}.`];
}

function byteCount(bytes: Uint8Array): string {
  return bytes.length === 1 ? '1 byte' : `${bytes.length} bytes`;
}

function emptyNotes(before: DecodedText | null, after: DecodedText | null): string[] {
  if (before === null && after?.text === '') return ['The file was created empty.'];
  if (after === null && before?.text === '') return ['The file that was deleted was empty.'];
  return [];
}

const endingNames: Record<LineEnding, string> = {
  lf: 'LF',
  crlf: 'CRLF',
  mixed: 'a mix of LF and CRLF',
  none: 'none',
};

function endingNotes(before: DecodedText, after: DecodedText, blocks: readonly EditBlock[]): string[] {
  if (before.lineEnding === 'none' || after.lineEnding === 'none') return [];
  if (before.lineEnding !== after.lineEnding) {
    return [
      `Line endings changed from ${endingNames[before.lineEnding]} to ${endingNames[after.lineEnding]}.`,
    ];
  }
  if (before.lineEnding !== 'mixed') return [];
  const count = changedEndings(before.text, after.text, blocks);
  if (count === 0) return [];
  return [count === 1 ? 'The ending of 1 line changed.' : `The endings of ${count} lines changed.`];
}

/** Lines that are the same but for their ending. The last line of a text ends in its own way and is left out. */
function changedEndings(before: string, after: string, blocks: readonly EditBlock[]): number {
  const olds = before.split('\n').slice(0, -1);
  const news = after.split('\n').slice(0, -1);
  let count = 0;
  for (const [oldLine, newLine] of sameLines(blocks, olds.length)) {
    const oldText = olds[oldLine];
    const newText = news[newLine];
    if (oldText !== undefined && newText !== undefined && oldText !== newText) count += 1;
  }
  return count;
}

function markNotes(before: DecodedText | null, after: DecodedText | null): string[] {
  const had = before?.bom ?? false;
  const has = after?.bom ?? false;
  if (before === null) return has ? ['The file starts with a byte order mark.'] : [];
  if (after === null || had === has) return [];
  return [has ? 'A byte order mark was added.' : 'The byte order mark was removed.'];
}

function finalNewlineNotes(before: DecodedText | null, after: DecodedText | null): string[] {
  if (after === null || after.text === '') return [];
  const had = before === null || before.text === '' || before.finalNewline;
  if (had === after.finalNewline) return [];
  if (!had) return ['The final newline was added.'];
  return [before === null ? 'The file does not end with a newline.' : 'The final newline was removed.'];
}

function encodingNotes(before: DecodedText | null, after: DecodedText | null): string[] {
  const oldBroken = before !== null && !before.valid;
  const newBroken = after !== null && !after.valid;
  if (!oldBroken && !newBroken) return [];
  const which =
    oldBroken && newBroken ? 'Neither version is' : `The ${oldBroken ? 'old' : 'new'} version is not`;
  return [`${which} valid UTF-8; bytes that could not be read stand as \ufffd.`];
}
