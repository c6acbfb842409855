/** An edit of a file that git moved, as the others get it. */
import { describe, expect, test } from 'vitest';
import { carryEdit } from '../../../shared/domain/carry-edit.ts';

const bytesOf = (text: string | null) => (text === null ? null : new TextEncoder().encode(text));

function carried(before: string | null, after: string | null, shared: string | null) {
  const bytes = carryEdit({
    path: 'HANDOFF.md',
    before: bytesOf(before),
    after: bytesOf(after),
    shared: bytesOf(shared),
  });
  return bytes == null ? bytes : new TextDecoder().decode(bytes);
}

const list = (...items: string[]) => `# List\n\n${items.map((item) => `- ${item}\n`).join('')}`;

describe('an edit carried over', () => {
  test('is the edit, without what only the branch has', () => {
    const branch = list('of the branch', 'one', 'two');
    expect(carried(branch, `${branch}- three\n`, list('one', 'two'))).toBe(list('one', 'two', 'three'));
  });

  test('keeps what is shared and the branch has not', () => {
    expect(carried(list('one'), list('one', 'new'), list('one', 'old'))).toContain('- old\n');
    expect(carried(list('one'), list('one', 'new'), list('one', 'old'))).toContain('- new\n');
  });

  test('is nothing where it is shared already', () => {
    expect(carried(list('one'), list('one', 'two'), list('one', 'two'))).toBe(list('one', 'two'));
  });

  test('is all that lies there where it began from what is shared, or nothing is', () => {
    expect(carried('same\n', 'next\n', 'same\n')).toBe('next\n');
    expect(carried('same\n', null, 'same\n')).toBeNull();
    expect(carried('of the branch\n', 'edited\n', null)).toBe('edited\n');
    expect(carried(null, 'made anew\n', null)).toBe('made anew\n');
  });

  test('stays on the branch where the two cannot be told apart, and when the file was deleted there', () => {
    expect(carried('quite another text\n', 'quite another story\n', 'alpha\n')).toBeUndefined();
    expect(carried(list('one'), null, list('two'))).toBeUndefined();
  });
});
