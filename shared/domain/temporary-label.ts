/** Marks a temporary file with the path that it is for, so that after a crash nobody takes it for another's. */

/** Eight digits of the path (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/): names a file, and proves nothing. */
export function temporaryLabel(path: string): string {
  let hash = 0x811c9dc5;
  for (const character of path) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** The label in the name of a temporary file; undefined when it has none. */
export const labelOf = (name: string): string | undefined => /^\.skein-([0-9a-f]{8})-/.exec(name)?.[1];

/** Whether a file has the name of one that is only there until it is moved into place. */
export const isTemporary = (name: string): boolean => /^\.skein-(?:[0-9a-z]+-)?[0-9a-f]{16}\.tmp$/.test(name);
