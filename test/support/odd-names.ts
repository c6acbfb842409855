/** Names that Linux takes, and that paths from outside may not have, or that lead astray whoever quotes them badly. */

/** Refused of a path from outside by `checkNotePath`, or turned into another Unicode form by it. */
export const refusedNames: readonly string[] = [
  'a:b.md',
  'back\\slash.md',
  'line\nbreak.md',
  'tab\there.md',
  'rtl\u202edm.md',
  'u\u0308mlaut.md',
  'aux.md',
  'dot.',
  'space ',
];

/** Taken as they are, if every address, command and report encodes them. */
export const trickyNames: readonly string[] = [
  '100%.md',
  '100%41.md',
  '#hash?.md',
  '..md',
  'with space.md',
  '\u00fcmlaut.md',
  'family 👨‍👩‍👧.md',
  'mail@latest',
  '<img src=x>.md',
  '`code` **bold**.md',
  '"quote\'s & $(id).md',
  'A.md',
  'a.md',
];

export const oddNames: readonly string[] = [...refusedNames, ...trickyNames];
