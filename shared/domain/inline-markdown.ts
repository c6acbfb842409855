/**
 * Text from outside — paths, agent names — as one harmless run of Markdown. The documented names
 * (`AGENT_SYNC_CLAUDE.md`, `docs/passation_claude.md`) come out letter for letter.
 */

import { visibleText } from './visible-text.ts';

/** An underscore inside a word is plain text in CommonMark; elsewhere it may open emphasis. */
const markup = /[\\`*[\]~|$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const entityByCharacter: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Markdown that shows `text` as it is, on one line, and can start nothing: no emphasis, link, code, HTML or
 * comment. Characters that nobody sees are named, for example ⟨U+000A⟩.
 */
export function inlineText(text: string): string {
  return visibleText(text)
    .replace(/[&<>]/g, (character) => entityByCharacter[character] ?? character)
    .replace(markup, '\\$&')
    .replace(/^\s|\s$/gu, (space) => `&#${space.codePointAt(0)};`);
}
