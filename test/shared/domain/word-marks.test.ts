import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markBlock, newMarkBudget, type Run } from '../../../shared/domain/word-marks.ts';
import { limits } from '../../../shared/limits.ts';

/** Runs with the changed ones in brackets. */
const shown = (runs: readonly Run[] | undefined) =>
  runs?.map((run) => (run.changed ? `[${run.text}]` : run.text)).join('');
const mark = (before: string[], after: string[]) => markBlock(before, after, newMarkBudget());
function pair(before: string, after: string): [string | undefined, string | undefined] {
  const marks = mark([before], [after]);
  return [shown(marks.old.get(0)), shown(marks.new.get(0))];
}

describe('marks in a pair of lines', () => {
  it('name the words that differ', () => {
    expect(pair('- [ ] Write the parser', '- [x] Write the parser')).toEqual([
      '- [[ ]] Write the parser',
      '- [[x]] Write the parser',
    ]);
    expect(pair('Status: in progress (codex)', 'Status: done (codex)')).toEqual([
      'Status: [in progress] (codex)',
      'Status: [done] (codex)',
    ]);
    expect(pair('version 1.2.3', 'version 1.3.0')).toEqual(['version 1.[2.]3', 'version 1.3[.0]']);
  });

  it('take whole words in every script, and characters where no spaces are set', () => {
    expect(pair('Мы исправили журнал сегодня', 'Мы проверили журнал сегодня')).toEqual([
      'Мы [исправили] журнал сегодня',
      'Мы [проверили] журнал сегодня',
    ]);
    expect(pair('naïve café plan', 'naïve cafés plan')).toEqual(['naïve [café] plan', 'naïve [cafés] plan']);
    expect(pair('変更を記録する', '変更を確認する')).toEqual(['変更を[記録]する', '変更を[確認]する']);
    expect(pair('team 👩‍👩‍👧 is here now', 'team 👨‍👩‍👧 is here now')).toEqual([
      'team [👩‍👩‍👧] is here now',
      'team [👨‍👩‍👧] is here now',
    ]);
  });

  it('show additions at either end', () => {
    expect(pair('ship the release', 'ship the release today')).toEqual([
      'ship the release',
      'ship the release [today]',
    ]);
    expect(pair('  indented', 'indented')).toEqual(['[  ]indented', 'indented']);
  });

  it('do not flicker over single spaces', () => {
    const [before, after] = pair('keep this: one two three', 'keep this: four five six');
    expect(before).toBe('keep this: [one two three]');
    expect(after).toBe('keep this: [four five six]');
  });

  it('are left out where lines share too little', () => {
    expect(pair('Everything is new here', 'Nothing of that remains')).toEqual([undefined, undefined]);
    expect(pair('', 'text')).toEqual([undefined, undefined]);
    expect(pair('   ', '\t')).toEqual([undefined, undefined]);
  });

  it('are left out where the words are the same in another order', () => {
    expect(pair('aaaa bbbb cccc dddd eeee', 'eeee dddd cccc bbbb aaaa')).toEqual([undefined, undefined]);
  });

  it('are left out in lines that nobody reads by words', () => {
    const long = 'word '.repeat(limits.wordDiffCharacters / 5);
    expect(pair(`${long}a`, `${long}b`)).toEqual([undefined, undefined]);
    const many = (text: string) =>
      Array.from({ length: limits.wordDiffEdits }, (_, index) => `same${index} ${text}${index}`);
    expect(pair(many('a').join(' '), many('b').join(' '))).toEqual([undefined, undefined]);
  });
});

describe('pairs in a block', () => {
  it('are of similar lines, in order, wherever they stand', () => {
    const before = ['- [ ] Parse the header', '- [ ] Write the tests'];
    const after = [
      '- a wholly other thing',
      '- [x] Parse the header',
      '',
      'more prose',
      '- [x] Write the tests',
    ];
    const marks = mark(before, after);
    expect([...marks.old.keys()].toSorted()).toEqual([0, 1]);
    expect([...marks.new.keys()].toSorted()).toEqual([1, 4]);
  });

  it('do not cross', () => {
    const marks = mark(
      ['alpha beta gamma one', 'delta epsilon zeta one'],
      ['delta epsilon zeta two', 'alpha beta gamma two'],
    );
    expect(marks.old.size).toBe(1);
    expect(marks.new.size).toBe(1);
  });

  it('go line by line where all with all would cost too much', () => {
    const lines = (end: string) => Array.from({ length: 1500 }, (_, index) => `entry number ${index} ${end}`);
    const marks = mark(lines('open'), lines('done'));
    expect(shown(marks.old.get(700))).toBe('entry number 700 [open]');
    expect(marks.new.size).toBe(1500);
  });

  it('are none when one side is empty', () => {
    expect(mark([], ['a']).new.size).toBe(0);
    expect(mark(['a'], []).old.size).toBe(0);
  });

  it('stop when the budget is spent', () => {
    const budget = { steps: 200 };
    const lines = (end: string) => Array.from({ length: 50 }, (_, index) => `entry number ${index} ${end}`);
    const marks = markBlock(lines('open'), lines('done'), budget);
    expect(marks.old.size).toBeLessThan(50);
    expect(markBlock(['same a'], ['same b'], { steps: 0 }).old.size).toBe(0);
  });
});

const line = fc.oneof(
  fc
    .array(fc.constantFrom('one', 'two', 'three', ' ', ' ', '.', '日', '本', '🤖', '-', '\t', 'é'), {
      maxLength: 12,
    })
    .map((words) => words.join('')),
  fc.string({ unit: 'binary' }),
);

describe('any block', () => {
  it('loses no character to its marks', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.array(line, { maxLength: 6 }), (before, after) => {
        const marks = mark(before, after);
        for (const [index, runs] of marks.old)
          expect(runs.map((run) => run.text).join('')).toBe(before[index]);
        for (const [index, runs] of marks.new)
          expect(runs.map((run) => run.text).join('')).toBe(after[index]);
        expect(marks.old.size).toBe(marks.new.size);
      }),
    );
  });

  it('has the same unmarked words on both sides of a pair', () => {
    fc.assert(
      fc.property(line, line, (before, after) => {
        const marks = mark([before], [after]);
        const same = (runs: Run[] | undefined) =>
          (runs ?? []).filter((run) => !run.changed).map((run) => run.text);
        const tight = (texts: string[]) => texts.join('').replace(/\s/g, '');
        expect(tight(same(marks.old.get(0)))).toBe(tight(same(marks.new.get(0))));
      }),
    );
  });

  it('alternates between marked and unmarked, with no empty run', () => {
    fc.assert(
      fc.property(line, line, (before, after) => {
        for (const runs of mark([before], [after]).new.values()) {
          expect(runs.every((run) => run.text !== '')).toBe(true);
          expect(runs.every((run, index) => run.changed !== runs[index + 1]?.changed)).toBe(true);
        }
      }),
    );
  });
});
