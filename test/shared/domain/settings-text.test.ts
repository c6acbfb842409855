import { parseTree } from 'jsonc-parser';
import { describe, expect, test } from 'vitest';
import { keyOf, plainValue, removeKey, setKey } from '../../../shared/domain/settings-text.ts';

const tree = (text: string) => parseTree(text, [], { allowTrailingComma: true })!;

describe('plainValue and keyOf', () => {
  test('give back what the text says', () => {
    const text = '{"a": [1, {"b": null}, [], "x"], "c": {}, "d": true, /* e */ }';
    expect(plainValue(tree(text))).toEqual({ a: [1, { b: null }, [], 'x'], c: {}, d: true });
    expect(tree(text).children?.map(keyOf)).toEqual(['a', 'c', 'd']);
  });

  test('a key named like the prototype is a key like others', () => {
    const value = plainValue(tree('{"__proto__": {"polluted": true}}')) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('setKey', () => {
  test.each([
    ['a number by a number', '{"a": 1}', 2, '{"a": 2}'],
    ['a list by a text', '{"a": [1, 2]}', 'x', '{"a": "x"}'],
    ['a text by a list', '{"a": "x"}', [1, 2], '{"a": [1, 2]}'],
    ['an object by an object', '{"a": {"b": 1}}', { c: [1] }, '{"a": { "c": [1] }}'],
    ['an equal value by nothing else', '{"a": [ 1,2 ]}', [1, 2], '{"a": [ 1,2 ]}'],
    ['a list by an empty one', '{"a": [1, /* one */ 2]}', [], '{"a": []}'],
    ['an empty list by a full one', '{"a": [ ]}', [1], '{"a": [1]}'],
  ])('replaces %s', (_, before, value, after) => {
    expect(setKey(before, 'a', value)).toBe(after);
  });

  test.each([
    ['one in the middle', [1, 9, 2, 3], '[1, /* one */ 9, 2, 3]'],
    ['one at the beginning', [9, 1, 2, 3], '[9, 1, /* one */ 2, 3]'],
    ['two at the end', [1, 2, 3, 8, 9], '[1, /* one */ 2, 3, 8, 9]'],
  ])('inserts %s of a list', (_, wanted, after) => {
    const list = setKey('{"a": [1, /* one */ 2, 3]}', 'a', wanted).slice('{"a": '.length, -1);
    expect(list.replaceAll(/\/\* one \*\/ /g, '')).toBe(after.replaceAll(/\/\* one \*\/ /g, ''));
    expect(list).toContain('/* one */');
  });

  test.each([
    ['the first', [2, 3], '[2, 3]'],
    ['the last', [1, 2], '[1, 2]'],
    ['one in the middle', [1, 3], '[1, 3]'],
    ['all but one', [2], '[2]'],
  ])('removes %s of a list', (_, wanted, after) => {
    expect(setKey('{"a": [1, 2, 3]}', 'a', wanted)).toBe(`{"a": ${after}}`);
  });

  test('lists on several lines keep their shape', () => {
    const list = (...entries: string[]) =>
      `{\n\t"a": [\n${entries.map((it) => `\t\t${it}\n`).join('')}\t]\n}\n`;
    const before = list('1, // one', '2,', '// three', '3');
    expect(setKey(before, 'a', [1, 2, 3, 4])).toBe(list('1, // one', '2,', '// three', '3,', '4'));
    expect(setKey(before, 'a', [1, 5, 2, 3])).toBe(list('1, // one', '5,', '2,', '// three', '3'));
    expect(setKey(before, 'a', [0, 1, 2, 3])).toBe(list('0,', '1, // one', '2,', '// three', '3'));
    expect(setKey(before, 'a', [1, 2])).toBe(list('1, // one', '2', '// three'));
    expect(setKey(before, 'a', [7, 8, 9])).toBe(list('7, // one', '8,', '// three', '9'));
  });

  test('a slash or a bracket inside a text is no comment and no end', () => {
    expect(setKey('{"a": "// ]}", "b": 1}', 'b', 2)).toBe('{"a": "// ]}", "b": 2}');
    expect(setKey('{"a": "x" /* }, */ }', 'b', '*/')).toBe('{"a": "x", "b": "*/" /* }, */ }');
  });

  test('only the text of an object is edited', () => {
    expect(() => setKey('[1]', 'a', 1)).toThrow('Broken invariant');
  });
});

describe('removeKey', () => {
  test.each([
    ['{"a": 1, /* of b */ "b": 2}', 'a', '{/* of b */ "b": 2}'],
    ['{"a": 1 /* of a */, "b": 2}', 'a', '{/* of a */ "b": 2}'],
    ['{"b": 2, "a": 1 // last\n}', 'a', '{"b": 2 // last\n}'],
    ['{\r\n  "a": [\r\n    1\r\n  ],\r\n  "b": 2\r\n}', 'a', '{\r\n  "b": 2\r\n}'],
    ['{"b": 2}', 'a', '{"b": 2}'],
  ])('%j without %s', (before, key, after) => {
    expect(removeKey(before, key)).toBe(after);
    expect(plainValue(tree(removeKey(before, key)))).toEqual({ b: 2 });
  });
});
