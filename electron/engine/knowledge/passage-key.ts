/** The name of a passage outside of this index, where the numbers of its rows mean nothing. */
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';
import type { Codec } from '../ports.ts';

/** The note, the hash of the text, and which of the equal texts of that note it is, from 0. */
export type PassageIdentity = { note: string; hash: string; nth: number };

export type KeyOf = (passage: PassageIdentity) => string;

const noteTagCharacters = 16;

/** The hash comes first: by it the passage is found again. */
export function createKeyOf(codec: Codec): KeyOf {
  let last = { note: '', tag: '' };
  return ({ note, hash, nth }) => {
    if (last.tag === '' || last.note !== note) {
      const tag = codec.sha256(encodeUtf8(note)).slice(0, noteTagCharacters);
      last = { note, tag };
    }
    return `${hash}.${nth}.${last.tag}`;
  };
}

export const hashOfKey = (key: string): string => key.slice(0, Math.max(0, key.indexOf('.')));
