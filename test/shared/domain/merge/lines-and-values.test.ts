import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refineBlock } from '../../../../shared/domain/merge/align.ts';
import { withoutDoubled } from '../../../../shared/domain/merge/doubled.ts';
import { splitEntries } from '../../../../shared/domain/merge/entries.ts';
import { cellsOf, headingLevel, itemOf, keyOf, kindOf } from '../../../../shared/domain/merge/line-kinds.ts';
import { lostWords } from '../../../../shared/domain/merge/losses.ts';
import { mergeLine } from '../../../../shared/domain/merge/merge-line.ts';
import { mergeProse } from '../../../../shared/domain/merge/prose.ts';
import { isRewrite } from '../../../../shared/domain/merge/rewrite.ts';
import {
  compareVersions,
  furtherBox,
  isScalar,
  mergeScalars,
  stageOf,
} from '../../../../shared/domain/merge/scalars.ts';
import { splitRegion } from '../../../../shared/domain/merge/spots.ts';
import { isSuperset } from '../../../../shared/domain/merge/superset.ts';
import { compareThree } from '../../../../shared/domain/merge/three-way.ts';
import { uniteLine, uniteLines } from '../../../../shared/domain/merge/unite.ts';
import { faultsOf } from '../../../../shared/domain/merge/well-formed.ts';
import {
  bagOf,
  inclusion,
  isWithin,
  likeness,
  tokensOf,
  wordsOf,
} from '../../../../shared/domain/merge/words.ts';

describe('words', () => {
  it('hold dates, times, versions and paths of numbers whole', () => {
    expect(tokensOf('At 2026-03-01T10:00:00Z: v1.2.3-rc.1, 12:30')).toEqual([
      'At',
      ' ',
      '2026-03-01T10:00:00Z',
      ':',
      ' ',
      'v1.2.3-rc.1',
      ',',
      ' ',
      '12:30',
    ]);
    expect(wordsOf('進捗表、次の task-2')).toEqual(['進捗表', '次の', 'task', '2']);
  });

  it('are all of the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => tokensOf(text).join('') === text));
  });

  it('tell how alike texts are', () => {
    const [one, other] = [bagOf('Run the tests'), bagOf('run tests twice')];
    expect(likeness(one, one)).toBe(1);
    expect(likeness(one, bagOf('nothing else'))).toBe(0);
    expect(likeness(one, other)).toBeCloseTo((2 * 8) / 24);
    expect(inclusion(bagOf('tests'), one)).toBe(1);
    expect(likeness(bagOf(''), bagOf(''))).toBe(0);
    expect(likeness(bagOf('進捗表を見る'), bagOf('進捗表を読む'))).toBeGreaterThan(0.6);
  });

  it('stand within others in their order', () => {
    expect(isWithin(['a', 'c'], ['a', 'b', 'c'])).toBe(true);
    expect(isWithin(['c', 'a'], ['a', 'b', 'c'])).toBe(false);
    expect(isWithin([], [])).toBe(true);
  });
});

describe('kinds of lines', () => {
  it.each([
    ['', 'blank'],
    ['## Title', 'heading'],
    ['  ```ts', 'fence'],
    ['| a | b |', 'row'],
    ['|---|:-:|', 'divider'],
    ['---', 'rule'],
    ['- item', 'item'],
    ['12. item', 'item'],
    ['words', 'text'],
    ['#hashtag', 'text'],
  ])('%j is %s', (line, kind) => {
    expect(kindOf(line)).toBe(kind);
  });

  it.each([
    ['## **The** `Title` ##', '# the title'],
    ['| parser | x |', '| parser'],
    ['| 2026-03-01 | x |', ''],
    ['- **Bold**: text', '- bold'],
    ['- [ ] `code` does', '- code'],
    ['- see T-12 for it', '- T-12'],
    ['- fix #34 soon', '- #34'],
    ['status: open', 'status:'],
    ['**Owner**: ann', 'owner:'],
    ['- plain words', ''],
    ['plain words', ''],
  ])('%j is named %j', (line, key) => {
    expect(keyOf(line)).toBe(key);
  });

  it('have levels, boxes and cells', () => {
    expect(['# a', '###### b', '####### c'].map(headingLevel)).toEqual([1, 6, 0]);
    expect(itemOf('  - [x] done it')).toMatchObject({ indent: '  ', marker: '-', box: 'x', text: 'done it' });
    expect(itemOf('words')).toBeUndefined();
    expect(cellsOf('| a | `b|c` | d\\|e | |')).toEqual(['a', '`b|c`', 'd\\|e', '']);
  });
});

describe('values that both sides changed', () => {
  const decide = (base: string, left: string, right: string) =>
    mergeScalars(base, left, right, undefined)?.text;

  it.each([
    ['2026-03-01', '2026-03-04', '2026-03-03', '2026-03-04'],
    ['2026-03-01', '2026-03-04 10:00', '2026-03-04 09:00', '2026-03-04 10:00'],
    ['9:00', '9:30', '10:15', '10:15'],
    ['5', '7', '9', '11'],
    ['1,200', '1,250', '1,300', '1,350'],
    ['5', '3', '4', '2'],
    ['', '7', '9', '9'],
    ['1.2.3', '1.2.10', '1.2.9', '1.2.10'],
    ['v1.0', 'v1.1-rc.1', 'v1.1', 'v1.1'],
    ['open', 'in progress', 'done', 'done'],
    ['⏳', '🔄', '✅', '✅'],
    ['0151ff9e', '63c60e6a', '6acc2cf2', '6acc2cf2'],
  ])('%s: %s and %s make %s', (base, left, right, result) => {
    expect(decide(base, left, right)).toBe(result);
    expect(decide(base, right, left)).toBe(result);
  });

  it('are left alone when they are words', () => {
    expect(decide('old', 'quick', 'careful')).toBeUndefined();
    expect(decide('open', 'done', 'closed')).toBeUndefined();
  });

  it('are hashes of the newer side when one is known', () => {
    expect(mergeScalars('0151ff9e', '63c60e6a', '6acc2cf2', 'left')?.text).toBe('63c60e6a');
  });

  it('have an order', () => {
    expect(compareVersions('1.10', '1.9')).toBeGreaterThan(0);
    expect(compareVersions('1.0-beta', '1.0')).toBeLessThan(0);
    expect(compareVersions('1.0', '1.0')).toBe(0);
    expect(furtherBox(' ', 'x')).toBe('x');
    expect(furtherBox('~', 'x')).toBe('x');
    expect(furtherBox('~', ' ')).toBe('~');
    expect(stageOf('**Done**')).toBe(stageOf('✅'));
    expect(['12', 'done', 'progress', '0151ff9e', 'word'].map(isScalar)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('a line', () => {
  const line = (base: string, left: string, right: string) => mergeLine(base, left, right, undefined)?.text;

  it('moves its number by all that was put in above', () => {
    expect(line('5. ask', '6. ask', '7. ask')).toBe('8. ask');
  });

  it('keeps the layout of the side that has the row already', () => {
    expect(line('| a | open |', '| a |  done  |', '| a | open |')).toBe('| a |  done  |');
    expect(line('| a | x | open |', '| a | x | done |', '| a | y | open |')).toBe('| a | y | done |');
  });

  it('collides in a cell, in the number of cells, and in words', () => {
    expect(line('| a | x |', '| a | left |', '| a | right |')).toBeUndefined();
    expect(line('a b', 'a left', 'a right')).toBeUndefined();
  });

  it('of prose knows where a word of the one stands in the other', () => {
    const prose = (base: string, left: string, right: string) =>
      mergeProse(base, left, right, undefined)?.text;
    expect(prose('Use bench.', 'Use bench --report.', 'Use bench --report now.')).toBe(
      'Use bench --report now.',
    );
    expect(prose('one two three', 'one 2 three', 'one two 3')).toBe('one 2 3');
    expect(prose('ab', 'abc', 'abd')).toBeUndefined();
    expect(prose('**`old` x**', '**`old` y**', '**`old` x** z')).toBe('**`old` y** z');
  });

  it('adds up counters, but no places in an order, shares and references', () => {
    const prose = (base: string, left: string, right: string) =>
      mergeProse(base, left, right, undefined)?.text;
    expect(prose('Tests: 5 green', 'Tests: 7 green', 'Tests: 8 green')).toBe('Tests: 10 green');
    expect(prose('Phase: 2', 'Phase: 3', 'Phase: 4')).toBe('Phase: 4');
    expect(prose('Done: 40%', 'Done: 45%', 'Done: 50%')).toBe('Done: 50%');
    expect(prose('Done: 40.5%', 'Done: 45.5%', 'Done: 50%')).toBe('Done: 50%');
    expect(prose('PR: #12', 'PR: #13', 'PR: #14')).toBeUndefined();
  });
});

describe('places of a region', () => {
  it('are apart where changes only touch', () => {
    const sides = { base: [...'abcd'], left: [...'aXcd'], right: [...'abYd'] };
    const [region] = compareThree(sides);
    expect(region && splitRegion(region)).toMatchObject([
      { base: { start: 1, end: 2 }, changedLeft: true, changedRight: false },
      { base: { start: 2, end: 3 }, changedLeft: false, changedRight: true },
    ]);
  });

  it('are refined to what became of each line', () => {
    const base = ['- write the parser', '- ship it'];
    const side = ['- write the parser with tests', '- something new altogether', '- ship it today'];
    const blocks = refineBlock({ oldStart: 0, oldEnd: 2, newStart: 0, newEnd: 3 }, base, side);
    expect(blocks).toEqual([
      { oldStart: 0, oldEnd: 1, newStart: 0, newEnd: 1 },
      { oldStart: 1, oldEnd: 1, newStart: 1, newEnd: 2 },
      { oldStart: 1, oldEnd: 2, newStart: 2, newEnd: 3 },
    ]);
  });
});

describe('a superset', () => {
  const superset = (base: string, whole: string, part: string) =>
    isSuperset([...base], [...whole], [...part]);

  it('holds all that the other changed', () => {
    expect(superset('abc', 'abxyc', 'abxc')).toBe(true);
    expect(superset('abc', 'ac', 'abc')).toBe(true);
    expect(superset('abc', 'acx', 'abcx')).toBe(true);
    expect(superset('abc', 'abxc', 'abxyc')).toBe(false);
    expect(superset('abc', 'abxc', 'ac')).toBe(false);
    expect(superset('abc', 'yxabc', 'xyabc')).toBe(false);
  });
});

describe('entries', () => {
  const split = (...lines: string[]) => splitEntries(lines).map((entry) => entry.lines.join('|'));

  it('are sections, items with what is under them, rows, or paragraphs', () => {
    expect(split('## a', 'x', '', '## b', '### c')).toEqual(['## a|x', '## b|### c']);
    expect(split('- a', '  more', '- b')).toEqual(['- a|  more', '- b']);
    expect(split('| a |', '| b |')).toEqual(['| a |', '| b |']);
    expect(split('one', 'two', '', 'three')).toEqual(['one|two', 'three']);
  });

  it('begin at no heading inside of a fence', () => {
    expect(split('## a', '```', '# no', '```', '## b')).toEqual(['## a|```|# no|```', '## b']);
  });

  it('that begin in the middle of a section stay one piece, but for the end of a list', () => {
    expect(split('words', '## a')).toEqual(['words|## a']);
    expect(split('| row |', '', '## a', 'x')).toEqual(['| row |', '## a|x']);
  });
});

describe('two wordings', () => {
  it('are one line when one says all, or when only a value differs', () => {
    expect(uniteLine('- [ ] ask ann', '- [x] ask ann today', undefined)).toBe('- [x] ask ann today');
    expect(uniteLine('Plans: 3', 'Plans: 4', undefined)).toBe('Plans: 4');
    expect(uniteLine('ask ann', 'ask bob', undefined)).toBeUndefined();
  });

  it('are all lines of both, each once', () => {
    expect(uniteLines(['# a', 'same', 'left'], ['# a', 'same', 'right'], undefined)).toEqual([
      '# a',
      'same',
      'left',
      'right',
    ]);
  });

  it('are not mixed inside of code', () => {
    expect(uniteLines(['```', 'a()', '```'], ['```', 'b()', '```'], undefined)).toBeUndefined();
  });
});

describe('what stands twice', () => {
  const item = '- an item that both sides have added';
  const sides = { base: ['# a', '# b'], left: ['# a', item, '# b'], right: ['# a', '# b', item] };

  it('goes under one heading, and stays under two', () => {
    expect(withoutDoubled(['# a', item, 'x', item, '# b'], sides)).toEqual(['# a', item, 'x', '# b']);
    expect(withoutDoubled(['# a', item, '# b', item], sides)).toEqual(['# a', item, '# b', item]);
  });
});

describe('losses', () => {
  it('are words of a side that are neither in the base nor in the result, but for values', () => {
    expect(lostWords(['old'], ['old', 'fresh word 12 done'], ['old', 'word'])).toEqual(['fresh']);
    expect(lostWords(['a'], ['refreshing'], ['refresh'])).toEqual(['refreshing']);
    expect(lostWords([], ['kept'], ['is kept here'])).toEqual([]);
  });
});

describe('a rewrite', () => {
  const text = (word: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${word} ${from + index}`);

  it('keeps less than half of a long text', () => {
    expect(isRewrite(text('a', 0, 30), [...text('a', 0, 16), ...text('b', 0, 14)])).toBe(false);
    expect(isRewrite(text('a', 0, 30), [...text('a', 0, 14), ...text('b', 0, 16)])).toBe(true);
  });

  it('is another text where every line of a short one changed', () => {
    expect(isRewrite(['Updated: yesterday', 'State: fine'], ['Updated: today', 'State: better'])).toBe(false);
    expect(isRewrite(['Something about cats'], ['An essay on dogs'])).toBe(true);
    expect(isRewrite([], ['new'])).toBe(false);
    expect(isRewrite(['old'], [])).toBe(false);
  });
});

describe('faults', () => {
  it.each([
    ['x.md', ['```', 'code'], 'a code fence stays open'],
    ['x.md', ['---', 'a: 1', 'text'], 'the front matter does not end'],
    ['x.md', ['---', 'a: 1', 'a: 2', '---'], 'a name stands twice'],
    ['x.md', ['| a |', '|---|', '|---|'], 'a table has no head'],
    ['x.yaml', ['a: 1', 'a: 2'], 'a name stands twice'],
    ['x.json', ['{'], 'the file is no JSON'],
    ['x.jsonl', ['{}', '{'], 'a line is no JSON'],
  ])('of %s %j', (path, lines, fault) => {
    expect(faultsOf(path, lines)).toEqual([fault]);
  });

  it('are none in sound files', () => {
    expect(
      faultsOf('x.md', ['---', 'a: 1', '---', '', '| a |', '|---|', '| b |', '', '````', '```', '````']),
    ).toEqual([]);
    expect(faultsOf('x.jsonl', ['{}', '', '[1]'])).toEqual([]);
    expect(faultsOf('x.yml', ['a: 1', '  a: 2'])).toEqual([]);
  });
});
