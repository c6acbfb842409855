/**
 * 32 bits of a text, or of a part of it (FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, mixed at the end as MurmurHash3 does, so
 * that every bit can be used by itself). It places things evenly; it proves nothing. It must never change: chunks and
 * vectors depend on it.
 */
export function textHash(text: string, from = 0, to = text.length): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < to; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mixBits(hash);
}

/** Spreads every bit of a number over all 32. */
export function mixBits(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
