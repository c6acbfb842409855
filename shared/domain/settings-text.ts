/**
 * Edits of the text of skein.json that touch nothing but what they mean: comments outside of replaced values stay,
 * and so do order, indentation and line ends. (jsonc-parser's own `modify` drops the comments around a removed key
 * and breaks a text whose last key has a trailing comma.) The text must parse as an object and must not start with
 * a byte order mark.
 */
import { type Node, parseTree } from 'jsonc-parser';
import { assert } from '../assert.ts';

/** Longest list, in characters, that is written on one line. */
const lineCharacters = 80;

/** Gives the key a JSON value; a new key is added at the end. Entries of lists that stay equal stay untouched. */
export function setKey(text: string, key: string, value: unknown): string {
  const root = parseObject(text);
  const old = propertyOf(root, key)?.children?.[1];
  const indent = childIndent(text, root);
  if (old === undefined) {
    const item = `${JSON.stringify(key)}: ${formatValue(value, text, indent)}`;
    return insertItems(text, root, root.children?.length ?? 0, [item]);
  }
  if (old.type === 'array' && (old.children?.length ?? 0) > 0 && Array.isArray(value) && value.length > 0) {
    return setList(text, old, value);
  }
  if (JSON.stringify(plainValue(old)) === JSON.stringify(value)) return text;
  return replaceRange(text, old.offset, endOf(old), formatValue(value, text, indent));
}

/** Takes the key out; comments beside it stay. A key that is not there is no failure. */
export function removeKey(text: string, key: string): string {
  const root = parseObject(text);
  const index = root.children?.findIndex((child) => keyOf(child) === key) ?? -1;
  return index === -1 ? text : removeItem(text, root, index);
}

/** The value that a node stands for. */
export function plainValue(node: Node): unknown {
  if (node.type === 'array') return node.children?.map(plainValue) ?? [];
  if (node.type !== 'object') return node.value;
  return Object.fromEntries(
    (node.children ?? []).flatMap((property) => {
      const value = property.children?.[1];
      return value === undefined ? [] : [[keyOf(property), plainValue(value)]];
    }),
  );
}

/** The key of a property node. */
export function keyOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

/**
 * Makes a list hold the wanted values: equal entries at both ends stay, those between are replaced, removed or
 * inserted. Works from the end to the beginning, so that the offsets of what is still to do stay right.
 */
function setList(text: string, list: Node, wanted: readonly unknown[]): string {
  const have = (list.children ?? []).map((child) => JSON.stringify(plainValue(child)));
  const want = wanted.map((value) => JSON.stringify(value));
  const shorter = Math.min(have.length, want.length);
  let start = 0;
  while (start < shorter && have[start] === want[start]) start += 1;
  let same = 0;
  while (same < shorter - start && have.at(-1 - same) === want.at(-1 - same)) same += 1;
  const oldEnd = have.length - same;
  const newTexts = wanted.slice(start, want.length - same).map(formatInline);
  const replaced = Math.min(oldEnd - start, newTexts.length);
  let result = text;
  if (newTexts.length > replaced) {
    result = insertItems(result, list, start + replaced, newTexts.slice(replaced));
  }
  for (let index = oldEnd - 1; index >= start + replaced; index -= 1) {
    result = removeItem(result, list, index);
  }
  for (let index = start + replaced - 1; index >= start; index -= 1) {
    const child = list.children?.[index];
    if (child === undefined || have[index] === want[index]) continue;
    result = replaceRange(result, child.offset, endOf(child), newTexts[index - start] ?? '');
  }
  return result;
}

/** Inserts items so that the first becomes the child of that index. Offsets in `list` before it must be right. */
function insertItems(text: string, list: Node, index: number, items: readonly string[]): string {
  const eol = eolOf(text);
  const isOneLine = !text.slice(list.offset, endOf(list)).includes('\n');
  const between = isOneLine ? ' ' : eol + childIndent(text, list);
  const before = list.children?.[index - 1];
  if (before !== undefined) return insertAfter(text, endOf(before), between, items, isOneLine);
  const first = list.children?.[0];
  if (first !== undefined) {
    return replaceRange(text, first.offset, first.offset, items.map((item) => `${item},${between}`).join(''));
  }
  const inner = list.offset + 1;
  const lines = items.map((item) => eol + childIndent(text, list) + item).join(',');
  if (isOneLine)
    return replaceRange(text, endOf(list) - 1, endOf(list) - 1, lines + eol + lineIndent(text, list.offset));
  const start = skipSameLineComment(text, inner);
  return replaceRange(text, start, start, lines);
}

/** Inserts after an item that ends at `end`, behind the comment on its line, and keeps the style of the last comma. */
function insertAfter(
  text: string,
  end: number,
  between: string,
  items: readonly string[],
  isOneLine: boolean,
): string {
  const comma = commaAfter(text, end);
  const afterComma = comma === undefined ? end : comma + 1;
  const start = isOneLine ? afterComma : skipSameLineComment(text, afterComma);
  const added = between + items.join(`,${between}`) + (comma === undefined ? '' : ',');
  const inserted = replaceRange(text, start, start, added);
  return comma === undefined ? replaceRange(inserted, end, end, ',') : inserted;
}

/** Removes an item and the one comma that is too many then. */
function removeItem(text: string, list: Node, index: number): string {
  const item = list.children?.[index];
  assert(item !== undefined, `the list has an item ${index}`);
  const comma = commaAfter(text, endOf(item));
  if (comma !== undefined) {
    return cutOut(replaceRange(text, comma, comma + 1, ''), item.offset, endOf(item));
  }
  const rest = cutOut(text, item.offset, endOf(item));
  const before = list.children?.[index - 1];
  const commaBefore = before && commaAfter(rest, endOf(before));
  return commaBefore === undefined ? rest : replaceRange(rest, commaBefore, commaBefore + 1, '');
}

/** Cuts a range out, and with it the line or the space that would be left over. */
function cutOut(text: string, start: number, end: number): string {
  const [blankAfter = '', lineEnd = ''] = /^[ \t]*(\r?\n)?/.exec(text.slice(end)) ?? [];
  let before = start;
  while (text[before - 1] === ' ' || text[before - 1] === '\t') before -= 1;
  const isWholeLine = lineEnd !== '' && text[before - 1] === '\n';
  if (isWholeLine) return replaceRange(text, before, end + blankAfter.length, '');
  if (lineEnd !== '') return replaceRange(text, start, end, '');
  const isLast = /^[}\]]/.test(text.slice(end + blankAfter.length));
  return isLast
    ? replaceRange(text, before, end, '')
    : replaceRange(text, start, end + blankAfter.length, '');
}

function commaAfter(text: string, offset: number): number | undefined {
  const trivia = /(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/y;
  trivia.lastIndex = offset;
  trivia.exec(text);
  return text[trivia.lastIndex] === ',' ? trivia.lastIndex : undefined;
}

function skipSameLineComment(text: string, offset: number): number {
  const comment = /[ \t]*(?:\/\/[^\r\n]*|\/\*(?:(?!\*\/)[^\r\n])*\*\/)/y;
  comment.lastIndex = offset;
  return comment.test(text) ? comment.lastIndex : offset;
}

/** The whitespace before the items of a list or object that stand on lines of their own. */
function childIndent(text: string, list: Node): string {
  const first = list.children?.[0];
  if (first !== undefined) {
    const lineStart = text.lastIndexOf('\n', first.offset - 1) + 1;
    const indent = text.slice(lineStart, first.offset);
    if (lineStart > list.offset && indent.trim() === '') return indent;
  }
  return lineIndent(text, list.offset) + (/\n([ \t]+)\S/.exec(text)?.[1] ?? '  ');
}

function lineIndent(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

/** Long lists get a line for each entry; everything else fits one line. */
function formatValue(value: unknown, text: string, indent: string): string {
  const inline = formatInline(value);
  if (!Array.isArray(value) || inline.length <= lineCharacters) return inline;
  const eol = eolOf(text);
  const entries = value.map((entry) => `${eol}${indent}${indent}${formatInline(entry)}`);
  return `[${entries.join(',')}${eol}${indent}]`;
}

function formatInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return `{ ${entries.map(([key, entry]) => `${JSON.stringify(key)}: ${formatInline(entry)}`).join(', ')} }`;
}

function propertyOf(root: Node, key: string): Node | undefined {
  return root.children?.find((child) => keyOf(child) === key);
}

function parseObject(text: string): Node {
  const root = parseTree(text, [], { allowTrailingComma: true });
  assert(root?.type === 'object', 'only the text of an object is edited');
  return root;
}

const endOf = (node: Node): number => node.offset + node.length;
const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
const replaceRange = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end);
