/** Names as words of a shell, so that a command in a message or a table can be pasted, whatever a file is called. */

import { encodeUtf8 } from './utf8.ts';

const plainWord = /^[\p{L}\p{N}_./][\p{L}\p{M}\p{N}_./@%+=:,~-]*$/u;
/** Controls, line separators, and what is invisible or turns the direction, but for the joiner inside of an emoji. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200d)\p{Cf}/u;

/** One word for bash, zsh and their kin that stands for exactly this text; `$'…'` when some of it cannot be seen. */
export function shellWord(text: string): string {
  if (plainWord.test(text)) return text;
  if (!unseen.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  return `$'${[...text].map(escaped).join('')}'`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

/** By its bytes in octal, which no locale and no following digit changes. */
function escaped(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined || !unseen.test(character)) return short ?? character;
  return [...encodeUtf8(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
