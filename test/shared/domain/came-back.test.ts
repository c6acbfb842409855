/** Lines that git took out of a file and that are there again: no edit of anybody, and all of them say that it is home. */
import { describe, expect, test } from 'vitest';
import { isAllBack, withoutReturned } from '../../../shared/domain/came-back.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const list = (...items: string[]) => `# List\n\n${items.map((item) => `- ${item}\n`).join('')}\nEnd.\n`;
const versions = (before: string | null, after: string, shared: string) => ({
  before: before === null ? null : bytesOf(before),
  after: bytesOf(after),
  shared: bytesOf(shared),
});

describe('all that is shared is back', () => {
  test.each([
    ['where it was', list('one'), list('one', 'mine'), list('one', 'mine')],
    [
      'elsewhere, beside what was written since',
      list('one', 'five'),
      list('one', 'five', 'mine'),
      list('one', 'mine'),
    ],
    ['into a file that was gone', null, list('one'), list('one')],
    ['with its blank lines in other places', list('one'), `${list('one', 'mine')}\n\n`, list('one', 'mine')],
  ])('%s', (_, before, after, shared) => {
    expect(isAllBack(versions(before, after, shared))).toBe(true);
  });

  test.each([
    ['one of two lines', list('one'), list('one', 'mine'), list('one', 'mine', 'more')],
    ['one of two equal lines', list('one'), list('one', 'mine'), list('one', 'mine', 'mine')],
    [
      'nothing, for all was there all the time',
      list('one', 'mine'),
      list('one', 'mine', 'next'),
      list('one', 'mine'),
    ],
    ['all, but something else went', list('one'), list('mine'), list('one', 'mine')],
  ])('not when what came is %s', (_, before, after, shared) => {
    expect(isAllBack(versions(before, after, shared))).toBe(false);
  });

  test('never of what is no text', () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0, 1]);
    expect(isAllBack({ before: null, after: bytes, shared: bytes })).toBe(false);
  });
});

describe('an edit without what came back', () => {
  const without = (before: string, after: string, shared: string): string =>
    new TextDecoder().decode(withoutReturned(versions(before, after, shared)));

  test('is what somebody wrote besides', () => {
    const edited = without(list('one'), `Top.\n\n${list('one', 'mine')}`, list('one', 'mine'));
    expect(edited).toBe(`Top.\n\n${list('one')}`);
  });

  test('is all of it where no added passage came back whole', () => {
    const after = list('one', 'mine', 'new');
    expect(without(list('one'), after, list('one', 'mine'))).toBe(after);
    expect(without(list('one'), list('two'), list('one', 'two'))).toBe(list('two'));
  });

  test('takes each line that is missing once: what is added twice was written once', () => {
    const once = '# List\n\n- one\n\n## Part\n\n- mine\n';
    expect(
      without(
        '# List\n\n- one\n\n## Part\n',
        '# List\n\n- mine\n- one\n\n## Part\n\n- mine\n',
        list('one', 'mine'),
      ),
    ).toBe(once);
  });

  test('is all of it where the same lines stand apart there: each was written by itself', () => {
    const after = '# List\n\n- one\n- mine\n- more\n';
    expect(without('# List\n\n- one\n', after, '# List\n\n- mine\n- one\n- more\n')).toBe(after);
  });

  test.each(['});', '- [ ]', '```', '---', '- a'])(
    'is all of it where what others have is what anybody writes: %s',
    (line) => {
      const after = `# List\n\n- one\n${line}\n`;
      expect(without('# List\n\n- one\n', after, `# List\n\n${line}\n- one\n`)).toBe(after);
    },
  );
});
