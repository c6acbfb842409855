/**
 * The lines of a Markdown text with what they are, after the block rules of CommonMark, as far as somebody
 * needs them who looks for headings. Offsets count characters of the given text.
 */

export type MarkdownLine = {
  start: number;
  /** After the line's ending; the start of the next line. */
  end: number;
  /** Without the line ending (a newline and all carriage returns before it) and without a byte order mark. */
  text: string;
  /** Inside a fenced code block, or one of its fences. */
  fenced: boolean;
  /** Level 1 to 6 when a heading starts on this line; 0 otherwise. */
  heading: number;
};

/** U+FEFF as it looks when each byte of its UTF-8 is a character of its own. */
const byteOrderMarks = ['\u00ef\u00bb\u00bf', '\ufeff'];

/**
 * All lines of a text. A fence that is never closed counts as plain text: to believe it would hide the rest
 * of the file for ever.
 */
export function markdownLines(text: string): MarkdownLine[] {
  const lines = splitLines(text);
  markFences(lines);
  markHeadings(lines);
  return lines;
}

/** Offset of the first character after a byte order mark. */
export function contentStart(text: string): number {
  return byteOrderMarks.find((mark) => text.startsWith(mark))?.length ?? 0;
}

/** Only spaces and tabs: in a text of bytes, JavaScript's own `trim` would take halves of letters for space. */
export function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** True for an ATX heading of this level and title; indentation, trailing space and closing marks may differ. */
export function hasTitle(line: MarkdownLine, level: number, title: string): boolean {
  if (line.heading !== level) return false;
  const marked = /^ {0,3}#{1,6}[ \t]+/.exec(line.text)?.[0];
  if (marked === undefined || !line.text.startsWith(title, marked.length)) return false;
  return /^(?:[ \t]+#+)?[ \t]*$/.test(line.text.slice(marked.length + title.length));
}

function splitLines(text: string): MarkdownLine[] {
  const lines: MarkdownLine[] = [];
  for (let start = contentStart(text); start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    let textEnd = newline < 0 ? end : newline;
    while (textEnd > start && text[textEnd - 1] === '\r') textEnd -= 1;
    lines.push({ start, end, text: text.slice(start, textEnd), fenced: false, heading: 0 });
    start = end;
  }
  return lines;
}

type Fence = { mark: '`' | '~'; length: number; bare: boolean };

function fenceOf(text: string): Fence | undefined {
  const match = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/.exec(text);
  if (match === null || match[1] === undefined) return undefined;
  const mark = match[1].startsWith('~') ? '~' : '`';
  return { mark, length: match[1].length, bare: isBlank(text.slice(match[0].length)) };
}

function markFences(lines: readonly MarkdownLine[]): void {
  const fences = lines.map((line) => fenceOf(line.text));
  /** Lengths from which on a fence of this mark is known to stay open, so that no search runs twice. */
  const openFrom = { '`': Number.POSITIVE_INFINITY, '~': Number.POSITIVE_INFINITY };
  for (let index = 0; index < lines.length; index += 1) {
    const fence = fences[index];
    if (fence === undefined || fence.length >= openFrom[fence.mark]) continue;
    const close = closingIndex(fences, index, fence);
    if (close === undefined) openFrom[fence.mark] = fence.length;
    else {
      for (const line of lines.slice(index, close + 1)) line.fenced = true;
      index = close;
    }
  }
}

function closingIndex(
  fences: readonly (Fence | undefined)[],
  open: number,
  fence: Fence,
): number | undefined {
  for (let index = open + 1; index < fences.length; index += 1) {
    const other = fences[index];
    if (other?.bare && other.mark === fence.mark && other.length >= fence.length) return index;
  }
  return undefined;
}

const atxHeading = /^ {0,3}(#{1,6})(?:[ \t]|$)/;
/**
 * Under a paragraph. Three dashes or fewer count as a rule although CommonMark takes them for an underline:
 * agents write rules right under text all the time, and nobody who means a heading draws it so short.
 */
const underline = /^ {0,3}(?:=+|-{4,})[ \t]*$/;
const thematicBreak = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/;
/** Starts of lists, quotes, tables and HTML; a line of dashes after them is a rule, not an underline. */
const container = /^ {0,3}(?:[-+*][ \t]|\d{1,9}[.)][ \t]|[>|<])/;
const indented = /^(?: {4}|\t)/;

function markHeadings(lines: readonly MarkdownLine[]): void {
  let paragraph: MarkdownLine | undefined;
  let contained = false;
  for (const line of lines) {
    const level = line.fenced ? 0 : (atxHeading.exec(line.text)?.[1]?.length ?? 0);
    line.heading = level;
    if (level > 0 || line.fenced || isBlank(line.text)) {
      paragraph = undefined;
      contained = false;
    } else if (paragraph !== undefined && underline.test(line.text)) {
      paragraph.heading = line.text.includes('=') ? 1 : 2;
      paragraph = undefined;
    } else if (thematicBreak.test(line.text)) {
      paragraph = undefined;
      contained = false;
    } else if (container.test(line.text)) {
      paragraph = undefined;
      contained = true;
    } else if (!contained && paragraph === undefined && !indented.test(line.text)) paragraph = line;
  }
}
