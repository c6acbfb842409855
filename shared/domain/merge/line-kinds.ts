/** What a line of Markdown is, as far as a merge needs to know, and by what people know it again. */

export type LineKind = 'blank' | 'heading' | 'fence' | 'rule' | 'row' | 'divider' | 'item' | 'text';

const headingPattern = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const itemPattern = /^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(?:\[(.)\]([ \t]+))?(.*)$/s;

export function kindOf(line: string): LineKind {
  if (line.trim() === '') return 'blank';
  if (headingPattern.test(line)) return 'heading';
  if (/^ {0,3}(?:```|~~~)/.test(line.trimStart())) return 'fence';
  if (/^\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/.test(line)) return 'divider';
  if (/^\s*\|.*\|\s*$/s.test(line)) return 'row';
  if (/^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$/.test(line)) return 'rule';
  return itemPattern.test(line) ? 'item' : 'text';
}

/** True for each line that is neither in a fenced code block nor one of its fences. */
export function outsideFences(lines: readonly string[]): boolean[] {
  let open = false;
  return lines.map((line) => {
    const fence = kindOf(line) === 'fence';
    const outside = !open && !fence;
    if (fence) open = !open;
    return outside;
  });
}

/** Level 1 to 6; 0 for what is no heading. */
export function headingLevel(line: string): number {
  return headingPattern.exec(line)?.[1]?.length ?? 0;
}

export type Item = {
  indent: string;
  marker: string;
  space: string;
  box: string;
  boxSpace: string;
  text: string;
};

/** The parts of a list item; `box` is empty when it is no checklist item. */
export function itemOf(line: string): Item | undefined {
  const match = itemPattern.exec(line);
  if (match === null) return undefined;
  const [, indent = '', marker = '', space = '', box = '', boxSpace = '', text = ''] = match;
  return { indent, marker, space, box, boxSpace, text };
}

/** Cells of a table row without the space around them; a bar after a backslash or in code belongs to its cell. */
export function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return (inner.match(/(?:\\.|`[^`]*`|[^|\\])+|(?<=\||^)(?=\||$)|\\/g) ?? []).map((cell) => cell.trim());
}

/** Issue numbers, ticket names and the like, which stay when the words around them change. */
const idPattern =
  /#\d+\b|\b[A-Z][A-Z0-9]{0,9}-\d+(?:\.\d+)*\b|\b[0-9A-HJKMNP-TV-Z]{26}\b|\b(?=[a-z]*\d)[0-9a-f]{8,40}\b/;

/**
 * What names the thing that a line is about: the title of a heading, the first cell of a row, the bold words,
 * the code, the link or the id that an item begins with. Empty when nothing does.
 */
export function keyOf(line: string): string {
  switch (kindOf(line)) {
    case 'heading':
      return `# ${plain(headingPattern.exec(line)?.[2] ?? '')}`;
    case 'row':
      return rowKey(line);
    case 'item':
      return itemKey(itemOf(line)?.text ?? '');
    case 'text':
      return fieldKey(line);
    default:
      return '';
  }
}

/** A date or a number in the first cell names nothing: two rows of one day are two rows. */
function rowKey(line: string): string {
  const first = plain(cellsOf(line)[0] ?? '');
  return /\p{L}/u.test(first) ? `| ${first}` : '';
}

function itemKey(text: string): string {
  const lead = /^(?:\*\*(.+?)\*\*|`(.+?)`|\[(.+?)\]|~~(.+?)~~)/.exec(text);
  const named = lead?.[1] ?? lead?.[2] ?? lead?.[3] ?? lead?.[4];
  if (named !== undefined) return `- ${plain(named)}`;
  const id = idPattern.exec(text.slice(0, 60))?.[0];
  if (id !== undefined) return `- ${id}`;
  const field = fieldKey(text);
  return field === '' ? '' : `- ${field}`;
}

/** `name: value`, as in front matter and in the heads of entries. */
function fieldKey(text: string): string {
  const name = /^[>\s]*[*_]{0,3}([\p{L}\p{N}][\p{L}\p{N} _.()/-]{0,40}?)[*_]{0,3}[::][*_]{0,3}(?:\s|$)/u.exec(
    text,
  )?.[1];
  return name === undefined ? '' : `${plain(name)}:`;
}

function plain(text: string): string {
  return text
    .replace(/[*_`~[\]]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
