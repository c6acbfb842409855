/**
 * Text from outside — paths, agent names — as one harmless run of Markdown. The documented names
 * (`AGENT_SYNC_CLAUDE.md`, `docs/passation_claude.md`) come out letter for letter.
 */

/** Controls, line separators, invisible and direction-turning characters, halves of surrogate pairs. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** An underscore inside a word is plain text in CommonMark; elsewhere it may open emphasis. */
const markup = /[\\`*[\]~|$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const entityByCharacter: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Markdown that shows `text` as it is, on one line, and can start nothing: no emphasis, link, code, HTML or
 * comment. Characters that nobody sees are named, for example ⟨U+000A⟩.
 */
export function inlineText(text: string): string {
  return text
    .replace(unseen, nameOf)
    .replace(/[&<>]/g, (character) => entityByCharacter[character] ?? character)
    .replace(markup, '\\$&')
    .replace(/^\s|\s$/gu, (space) => `&#${space.codePointAt(0)};`);
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
