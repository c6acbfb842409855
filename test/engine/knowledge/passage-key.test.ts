import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createKeyOf, hashOfKey } from '../../../electron/engine/knowledge/passage-key.ts';

const keyOf = createKeyOf(nodeCodec);
const passage = { note: 'notes/a.md', hash: 'ab12', nth: 0 };

describe('the key of a passage', () => {
  test('is the same for the same note, text and number, whoever makes it', () => {
    expect(createKeyOf(nodeCodec)(passage)).toBe(keyOf(passage));
  });

  test.each([
    ['another note', { note: 'notes/b.md' }],
    ['a note whose name is spelled otherwise', { note: 'notes/a.md ' }],
    ['another text', { hash: 'ab13' }],
    ['the next of equal texts', { nth: 1 }],
    ['a note without a name', { note: '' }],
  ])('is another one for %s', (_, other) => {
    expect(keyOf({ ...passage, ...other })).not.toBe(keyOf(passage));
  });

  test('holds the hash of the text, and nothing that a server could take for more than a name', () => {
    const key = keyOf({ ...passage, note: "'); DROP TABLE x; --\n" });
    expect(hashOfKey(key)).toBe('ab12');
    expect(key).toMatch(/^ab12\.0\.[0-9a-f]{16}$/);
  });

  test('of somebody else has no hash', () => {
    expect(hashOfKey('whatever')).toBe('');
  });
});
