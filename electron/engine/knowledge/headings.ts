/** The path of headings as one text of the full-text table. A heading that has the separator in it comes back as two. */
const separator = ' › ';

export const joinHeadings = (headings: readonly string[]): string => headings.join(separator);

export const splitHeadings = (text: string): string[] => (text === '' ? [] : text.split(separator));
