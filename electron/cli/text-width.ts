/** How much room text takes on a terminal. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Joins the parts of one emoji; harmless, because it draws nothing by itself. */
const joiner = '\u200d';
/** East Asian wide letters and pictures take two columns. */
const wide =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;

/** Text from outside on one line: control characters, which could drive the terminal, become `�`. */
export const plainText = (text: string): string =>
  text.replace(unseen, (character) => (character === joiner ? character : '�'));

/** Columns of plain text. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

const widthOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1);

/** Plain text in at most `width` columns (1 or more); what does not fit becomes `…` at the end or the start. */
export function fitText(text: string, width: number, keep: 'start' | 'end'): string {
  if (textWidth(text) <= width) return text;
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const kept = take(keep === 'start' ? parts : parts.reverse(), width - 1);
  return keep === 'start' ? `${kept.join('')}…` : `…${kept.reverse().join('')}`;
}

function take(parts: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let left = width;
  for (const part of parts) {
    left -= widthOf(part);
    if (left < 0) break;
    taken.push(part);
  }
  return taken;
}

/** Plain text filled up with spaces to `width` columns. */
export function padText(text: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}
