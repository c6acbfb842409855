import type { Random } from '../../electron/engine/ports.ts';

export type SeededRandom = Random & {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** A whole number from 0 up to, but not including, `below`. */
  integer(below: number): number;
  /** True in `probability` of the cases. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** A source of its own: what one part draws then does not shift what another draws. */
  fork(name: string): SeededRandom;
};

/** The same seed gives the same draws on every machine. sfc32 by Chris Doty-Humphrey (PractRand). */
export function createSeededRandom(seed: number | string): SeededRandom {
  const draw = sfc32(String(seed));
  const next = () => draw() / 2 ** 32;
  const integer = (below: number) => Math.floor(next() * below);
  return {
    next,
    integer,
    bytes: (count) => Uint8Array.from({ length: count }, () => integer(256)),
    chance: (probability) => next() < probability,
    pick(items) {
      const item = items[integer(items.length)];
      if (item === undefined) throw new RangeError('Nothing to pick from.');
      return item;
    },
    fork: (name) => createSeededRandom(`${seed}/${name}`),
  };
}

function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [fnv1a(seed, 1), fnv1a(seed, 2), fnv1a(seed, 3), 1];
  const draw = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first draws of neighbouring seeds resemble each other.
  for (let round = 0; round < 12; round += 1) draw();
  return draw;
}

function fnv1a(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash | 0;
}
