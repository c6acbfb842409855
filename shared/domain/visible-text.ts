/** Names from outside so that a reader sees all of them. */

/**
 * Controls, line separators, invisible and direction-turning characters, halves of surrogate pairs; but not what
 * joins pictures to one picture, which is seen by what it does.
 */
const unseen =
  /(?!(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text on one line; characters that nobody sees are named, for example ⟨U+000A⟩. */
export function visibleText(text: string): string {
  return text.replace(unseen, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}
