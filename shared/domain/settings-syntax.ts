/** The text of skein.json as a syntax tree, and how to say where it is broken. */
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { limits } from '../limits.ts';
import { err, ok, type Problem, problem, type Result } from '../result.ts';
import { keyOf } from './settings-text.ts';

export const byteOrderMark = '\ufeff';
/** No setting is nested deeper than this; text that is would overflow the parser's stack. */
const deepestNesting = 16;

/** The syntax tree of an object without doubtful keys; offsets count from after the byte order mark. */
export function parseSettings(original: string): Result<Node> {
  const text = withoutMark(original);
  if (text.length > limits.settingsBytes)
    return err(brokenSettings(`is larger than ${limits.settingsBytes} bytes.`));
  const tooDeep = tooDeepOffset(text);
  if (tooDeep !== undefined) return err(brokenAt(text, tooDeep, 'this is nested too deep'));
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) return err(brokenAt(text, first.offset, syntaxComplaint(text, first)));
  if (root?.type !== 'object')
    return err(brokenAt(text, root?.offset ?? 0, 'the settings must stand in { braces }'));
  const doubtful = findDoubtfulKey(root);
  if (doubtful === undefined) return ok(root);
  return err(brokenAt(text, doubtful.offset, `${JSON.stringify(keyOf(doubtful))} stands here a second time`));
}

/** The parser recurses and the scanner does not, so depth is measured with the scanner. */
function tooDeepOffset(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  scanner.scan();
  while (scanner.getTokenLength() > 0) {
    const start = text[scanner.getTokenOffset()];
    if (start === '{' || start === '[') depth += 1;
    if (start === '}' || start === ']') depth -= 1;
    if (depth > deepestNesting) return scanner.getTokenOffset();
    scanner.scan();
  }
  return undefined;
}

function syntaxComplaint(text: string, { error, offset, length }: ParseError): string {
  const found = text.slice(offset, offset + Math.min(length, 20)).trim();
  const at = found === '' ? 'the end of the file' : JSON.stringify(found);
  switch (printParseErrorCode(error)) {
    case 'ColonExpected':
      return `a colon is missing before ${at}`;
    case 'CommaExpected':
      return `a comma is missing before ${at}`;
    case 'CloseBraceExpected':
      return 'a closing } is missing';
    case 'CloseBracketExpected':
      return 'a closing ] is missing';
    case 'ValueExpected':
      return `a value is missing before ${at}`;
    case 'PropertyNameExpected':
      return `a key in double quotes is missing before ${at}`;
    case 'EndOfFileExpected':
      return `nothing may follow the settings, but ${at} does`;
    case 'UnexpectedEndOfString':
      return `the text ${at} has no closing quote`;
    case 'UnexpectedEndOfComment':
      return 'a comment has no end';
    default:
      return `${at} is not JSON; keys and texts stand in double quotes`;
  }
}

/** A key that stands twice in one object: which of the two counts would be a guess. */
function findDoubtfulKey(node: Node): Node | undefined {
  const properties = node.type === 'object' ? (node.children ?? []) : [];
  const seen = new Set<string>();
  for (const property of properties) {
    if (seen.has(keyOf(property))) return property;
    seen.add(keyOf(property));
  }
  for (const child of node.children ?? []) {
    const found = findDoubtfulKey(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A problem at an offset, counted from after the byte order mark; `complaint` is a sentence without its full stop. */
export function brokenAt(text: string, offset: number, complaint: string): Problem {
  const lines = withoutMark(text)
    .slice(0, offset)
    .split(/\r\n|\r|\n/);
  const column = (lines.at(-1)?.length ?? 0) + 1;
  const end = complaint.endsWith('?') ? '' : '.';
  return brokenSettings(`, line ${lines.length}, column ${column}: ${complaint}${end}`);
}

/** A problem of the whole file; `rest` continues the sentence that starts with its name. */
export function brokenSettings(rest: string): Problem {
  const space = rest.startsWith(',') ? '' : ' ';
  return problem(
    'settings-broken',
    'skein.json',
    `skein.json${space}${rest}`,
    'Correct skein.json there; until then the last good settings count.',
  );
}

const withoutMark = (text: string): string => (text.startsWith(byteOrderMark) ? text.slice(1) : text);
