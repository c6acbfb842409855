/** What git says of its progress, in plain words. */

const words: Readonly<Record<string, string>> = {
  'Enumerating objects': 'Finding what is new',
  'Counting objects': 'Finding what is new',
  'Compressing objects': 'Packing',
  'Writing objects': 'Sending',
  'Receiving objects': 'Receiving',
  'Unpacking objects': 'Receiving',
  'Resolving deltas': 'Putting together',
  'Updating files': 'Writing files',
};

/** `Receiving: 45 %`; undefined for a line that tells of no progress. */
export function progressWords(line: string): string | undefined {
  const [, there = '', phase = '', percent] =
    /^(remote: )?([A-Z][a-z]+ [a-z]+): +(\d{1,3})%/.exec(line) ?? [];
  const word = words[phase];
  if (word === undefined) return undefined;
  return `${word}${there === '' ? '' : ' there'}: ${percent} %`;
}
