import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt } from '../../../../shared/domain/knowledge/excerpt.ts';

const shown = (text: string, marks: [number, number][], most: number): string =>
  excerpt({ text, marks }, most)
    .segments.map((it) => (it.marked ? `[${it.text}]` : it.text))
    .join('');

describe('an excerpt', () => {
  test('is the lines around what matched most, with the marks', () => {
    const text = 'zero\none match\ntwo match match\nthree\nfour';
    const marks: [number, number][] = [...text.matchAll(/match/g)].map((it) => [it.index, it.index + 5]);
    expect(shown(text, marks, 24)).toBe('two [match] [match]\nthree');
    expect(excerpt({ text, marks }, 24).linesBefore).toBe(2);
  });

  test('is where most of the text matched, not where most often', () => {
    expect(
      shown(
        '会議と予約\n会議室の予約',
        [
          [0, 2],
          [3, 5],
          [6, 12],
        ],
        6,
      ),
    ).toBe('[会議室の予約]');
  });

  test('is the beginning where nothing matched, and one line however long', () => {
    expect(shown('one\ntwo\nthree', [], 8)).toBe('one\ntwo');
    expect(shown('a long line\nanother', [], 3)).toBe('a long line');
    expect(shown('', [], 10)).toBe('');
  });

  test('is a part of the text, whole lines, whatever the marks', () => {
    const mark = fc.tuple(fc.nat(60), fc.nat(10)).map(([at, length]): [number, number] => [at, at + length]);
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.array(mark, { maxLength: 5 }),
        fc.nat(80),
        (text, marks, most) => {
          const sorted = marks.toSorted(([one], [other]) => one - other);
          const it = excerpt({ text, marks: sorted }, most);
          const plain = it.segments.map((segment) => segment.text).join('');
          const lines = text.split('\n');
          expect(lines.slice(it.linesBefore).join('\n').startsWith(plain)).toBe(true);
          expect(plain.length <= most || !plain.includes('\n')).toBe(true);
        },
      ),
    );
  });
});
