import { describe, expect, it } from 'vitest';
import { type MergeOutcome, mergeVersions } from '../../../../shared/domain/merge/merge.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../shared/domain/utf8.ts';
import { limits } from '../../../../shared/limits.ts';

const merge = (base: string | null, left: string, right: string, path = 'NOTES.md', keep?: number) =>
  mergeVersions(base === null ? null : encodeUtf8(base), [left, right].map(encodeUtf8), {
    path,
    ...(keep === undefined ? {} : { keep }),
  });
const textOf = (outcome: MergeOutcome) => decodeUtf8(outcome.content).text;
/** The merge of two texts, which must settle, in both orders. */
const merged = (base: string | null, left: string, right: string, path?: string) => {
  const outcome = merge(base, left, right, path);
  expect(outcome).toMatchObject({ settled: true, losers: [] });
  expect(textOf(merge(base, right, left, path))).toBe(textOf(outcome));
  return textOf(outcome);
};
const lines = (...all: string[]) => `${all.join('\n')}\n`;

describe('entries that both sides add at one place', () => {
  const base = lines('# Journal', '', '## 2026-03-01 Start', '', 'We begin.');

  it('are both kept, with the blank line that the file uses, in the order of their dates', () => {
    const left = `${base}\n## 2026-03-03 Later\n\nThree.\n`;
    const right = `${base}\n## 2026-03-02 Sooner\n\nTwo.\n`;
    expect(merged(base, left, right)).toBe(
      `${base}\n## 2026-03-02 Sooner\n\nTwo.\n\n## 2026-03-03 Later\n\nThree.\n`,
    );
  });

  it('stand with the newest on top where the file has it so', () => {
    const log = (...entries: string[]) =>
      lines('# Log', '', ...entries, '## 2026-03-01 Start', '', 'We begin.');
    const left = log('## 2026-03-02 Sooner', '', 'Two.', '');
    const right = log('## 2026-03-03 Later', '', 'Three.', '');
    expect(merged(log(), left, right)).toBe(
      log('## 2026-03-03 Later', '', 'Three.', '', '## 2026-03-02 Sooner', '', 'Two.', ''),
    );
  });

  it('stand once when both added the same', () => {
    const entry = '\n## 2026-03-02 Both\n\nTwo.\n';
    const left = `${base}${entry}`;
    const right = `${base}${entry}\n## 2026-03-03 More\n\nThree.\n`;
    expect(merged(base, left, right)).toBe(right);
  });

  it('share their heading when they have the same one', () => {
    const log = lines('# Changes', '', '## 1.0', '', '- first');
    const left = lines(
      '# Changes',
      '',
      '## Unreleased',
      '',
      '### Added',
      '',
      '- a parser',
      '',
      '## 1.0',
      '',
      '- first',
    );
    const right = lines(
      '# Changes',
      '',
      '## Unreleased',
      '',
      '### Added',
      '',
      '- a lexer',
      '',
      '## 1.0',
      '',
      '- first',
    );
    const result = merged(log, left, right);
    expect(result.match(/## Unreleased/g)).toHaveLength(1);
    expect(result).toContain('- a lexer\n- a parser\n');
  });

  it('are two when two hands took the same number', () => {
    const rules = lines('# Rules', '', '10. Be kind.');
    const left = `${rules}11. Write tests.\n`;
    const right = `${rules}11. Ask before you delete.\n`;
    expect(merged(rules, left, right)).toBe(`${rules}11. Ask before you delete.\n11. Write tests.\n`);
  });

  it('are two when they differ in a number only', () => {
    const log = lines('# Log', '');
    const left = lines('# Log', '', '- 10:00 the whole suite of tests ran on the machine of the team');
    const right = lines('# Log', '', '- 10:30 the whole suite of tests ran on the machine of the team');
    expect(merged(log, left, right).match(/whole suite/g)).toHaveLength(2);
  });

  it('of a list stand together without a blank line', () => {
    const list = lines('# To do', '', '- [ ] one', '', 'The end.');
    const left = list.replace('- [ ] one', '- [ ] one\n- [ ] two');
    const right = list.replace('- [ ] one', '- [ ] one\n- [ ] three');
    expect(merged(list, left, right)).toBe(list.replace('- [ ] one', '- [ ] one\n- [ ] three\n- [ ] two'));
  });
});

describe('tables and checklists', () => {
  const board = lines(
    '| Task | Owner | State |',
    '|---|---|---|',
    '| parser | ann | open |',
    '| lexer | bob | open |',
  );

  it('merge a row by its cells', () => {
    const left = board.replace('parser | ann | open', 'parser | ann | done');
    const right = board.replace('parser | ann | open', 'parser | eve | open');
    expect(merged(board, left, right)).toBe(board.replace('parser | ann | open', 'parser | eve | done'));
  });

  it('take neighbouring rows of both sides', () => {
    const left = board.replace('parser | ann', 'parser | eve');
    const right = board.replace('lexer | bob', 'lexer | eve');
    expect(merged(board, left, right)).toBe(left.replace('lexer | bob', 'lexer | eve'));
  });

  it('keep a row added by each side, also for the same day', () => {
    const left = `${board}| 2026-03-01 | ann | 12 |\n`;
    const right = `${board}| 2026-03-01 | ann | 15 |\n`;
    expect(merged(board, left, right)).toBe(`${board}| 2026-03-01 | ann | 12 |\n| 2026-03-01 | ann | 15 |\n`);
  });

  it('tick a box and take new words of the same item', () => {
    const list = lines('- [ ] write the parser', '- [ ] ship');
    const left = list.replace('[ ] write', '[x] write');
    const right = list.replace('write the parser', 'write the parser with tests');
    expect(merged(list, left, right)).toBe(lines('- [x] write the parser with tests', '- [ ] ship'));
  });

  it('take the further of two boxes and of two states', () => {
    const list = lines('- [ ] parser', '| parser | open |');
    const left = lines('- [x] parser', '| parser | in progress |');
    const right = lines('- [~] parser', '| parser | done |');
    expect(merged(list, left, right)).toBe(lines('- [x] parser', '| parser | done |'));
  });
});

describe('one line changed by both', () => {
  it('takes the later date, adds up counters, takes the larger version, and says so', () => {
    const base = lines('Updated: 2026-03-01', 'Tests: 100', 'Version: 1.2.3');
    const left = lines('Updated: 2026-03-04', 'Tests: 110', 'Version: 1.2.10');
    const right = lines('Updated: 2026-03-03', 'Tests: 105', 'Version: 1.2.9');
    expect(merged(base, left, right)).toBe(lines('Updated: 2026-03-04', 'Tests: 115', 'Version: 1.2.10'));
    expect(merge(base, left, right).notes).toEqual([
      'took the later of two dates in line 1',
      'added up two changes of a counter in line 2',
      'took the larger of two numbers in line 3',
    ]);
  });

  it('takes a hash from the side with the later date', () => {
    const base = lines('commit: 0151ff9e', 'at: 2026-03-01T10:00:00Z');
    const left = lines('commit: 63c60e6a', 'at: 2026-03-02T10:00:00Z');
    const right = lines('commit: 6acc2cf2', 'at: 2026-03-01T11:00:00Z');
    expect(merged(base, left, right)).toBe(left);
  });

  it('merges prose by words where the changes do not collide', () => {
    const base = lines('Run the tests before you push to main.');
    const left = lines('Run all the tests before you push to main.');
    const right = lines('Run the tests before you push to the main branch.');
    expect(merged(base, left, right)).toBe(lines('Run all the tests before you push to the main branch.'));
  });

  it('takes both additions to an enumeration', () => {
    const base = lines('tags: [a, b]');
    expect(merged(base, lines('tags: [a, b, c]'), lines('tags: [a, b, d]'))).toBe(
      lines('tags: [a, b, c, d]'),
    );
  });

  it('takes the side that has more of the same change', () => {
    const base = lines('Ask ann.');
    expect(merged(base, lines('Ask ann or bob.'), lines('Ask ann or bob, or eve.'))).toBe(
      lines('Ask ann or bob, or eve.'),
    );
  });

  it('is left to a person when both wrote other words for the same', () => {
    const base = lines('# Rules', '', 'Use the old parser.');
    const left = base.replace('old', 'quick');
    const right = base.replace('old', 'careful');
    const outcome = merge(base, left, right, 'NOTES.md', 0);
    expect(outcome).toMatchObject({ settled: false, losers: [1] });
    expect(textOf(outcome)).toBe(left);
    expect(merge(base, left, right, 'NOTES.md', 1)).toMatchObject({
      losers: [0],
      content: encodeUtf8(right),
    });
    expect(textOf(merge(base, left, right))).toBe(right);
  });
});

describe('deletions', () => {
  const base = lines('# Log', '', '- one', '- two', '- three', '', 'End.');

  it('are honoured', () => {
    const left = lines('# Log', '', '- two', '- three', '', 'End.');
    const right = lines('# Log', '', '- one', '- two', '- three', '- four', '', 'End.');
    expect(merged(base, left, right)).toBe(lines('# Log', '', '- two', '- three', '- four', '', 'End.'));
  });

  it('keep what the other side edited, and only that', () => {
    const left = lines('# Log', '', 'End.');
    const right = base.replace('- two', '- two, done');
    const outcome = merge(base, left, right);
    expect(textOf(outcome)).toContain('- two, done');
    expect(textOf(outcome)).not.toContain('- one');
    expect(outcome.notes[0]).toMatch(/^kept an edit of what was deleted/);
  });
});

describe('documents', () => {
  const paragraphs = (word: string) =>
    Array.from({ length: 30 }, (_, index) => `${word} says thing ${index}.`);
  const base = lines('# State', ...paragraphs('alpha'));

  it('that were written anew are never mixed', () => {
    const left = lines('# State', ...paragraphs('bravo'));
    const right = base.replace('thing 3.', 'another thing 3.').replace('# State', '# State of things');
    const outcome = merge(base, left, right, 'STATE.md', 0);
    expect(outcome).toMatchObject({ settled: false, losers: [1], content: encodeUtf8(left) });
    expect(merge(base, left, right, 'STATE.md', 1)).toMatchObject({
      losers: [0],
      content: encodeUtf8(right),
    });
  });

  it('that have no common version are united when they are alike, else one is kept', () => {
    const left = lines(...paragraphs('alpha'), 'ours');
    const right = lines(...paragraphs('alpha'), 'theirs');
    expect(merged(null, left, right).match(/alpha says thing 3\./g)).toHaveLength(1);
    expect(merge(null, left, lines(...paragraphs('bravo'))).settled).toBe(false);
  });

  it('whose lines of both do not fit together stay whole', () => {
    const open = lines('a', '```', 'code', '```', 'b');
    const left = lines('a', 'new', 'b');
    const right = lines('a', '```', 'code of right', '```', 'b');
    const result = textOf(merge(open, left, right));
    expect((result.match(/```/g) ?? []).length % 2).toBe(0);
  });

  it('keep one front matter with each name once', () => {
    const head = (...fields: string[]) => lines('---', 'title: x', ...fields, '---', '', 'Text.');
    const result = merge(head(), head('owner: ann'), head('owner: bob'), 'x.md', 0);
    expect(textOf(result).match(/owner:/g)).toHaveLength(1);
    expect(result).toMatchObject({ settled: false, losers: [1] });
  });

  it('lose a section that each side added at its own place', () => {
    const doc = lines('# A', '', 'one', '', '# B', '', 'two', '', '# C', '', 'three');
    const section = '## A section that both sides added\n\nIts only sentence.\n\n';
    const left = doc.replace('# B', `${section}# B`);
    const right = doc.replace('# C', `${section}# C`);
    expect(merged(doc, left, right).match(/both sides added/g)).toHaveLength(1);
  });
});

describe('line endings, marks and ends', () => {
  const base = lines('one', 'two', 'three', 'four', 'five');

  it('follow the side that changed them, with the other side’s words', () => {
    const left = base.replaceAll('\n', '\r\n');
    const right = base.replace('four', 'vier');
    expect(merged(base, left, right)).toBe(base.replace('four', 'vier').replaceAll('\n', '\r\n'));
  });

  it('that are mixed stay as they are where nobody touched them', () => {
    const mixed = 'one\r\ntwo\nthree\nfour\r\nfive\n';
    expect(merged(mixed, mixed.replace('one', 'eins'), mixed.replace('five', 'fünf'))).toBe(
      mixed.replace('one', 'eins').replace('five', 'fünf'),
    );
  });

  it('keep a byte order mark, and a final newline that one side gave', () => {
    const bare = base.slice(0, -1);
    expect(merged(`\ufeff${bare}`, `\ufeff${bare.replace('one', 'eins')}`, `\ufeff${base}`)).toBe(
      `\ufeff${base.replace('one', 'eins')}`,
    );
  });

  it('work on empty files', () => {
    expect(merged('', 'left\n', 'left\n')).toBe('left\n');
    expect(merged('a\n', '', 'a\n')).toBe('');
    expect(merged('', '- left\n', '- right\n')).toBe('- left\n- right\n');
    expect(merged(null, '', '- right\n')).toBe('- right\n');
  });
});

describe('what is no text to merge', () => {
  it('is kept whole: bytes that are not UTF-8', () => {
    const bytes = (...all: number[]) => new Uint8Array(all);
    const versions = [bytes(0xff, 1, 2), bytes(0xff, 3, 4, 5)];
    expect(mergeVersions(bytes(0xff), versions, { path: 'x.md' })).toMatchObject({
      content: versions[1],
      settled: false,
      losers: [0],
      notes: ['no text: kept one version whole'],
    });
  });

  it('is kept whole: a file over the limit', () => {
    const large = encodeUtf8('x'.repeat(limits.trackedFileBytes + 1));
    const outcome = mergeVersions(encodeUtf8('a'), [large, encodeUtf8('b')], { path: 'x.md', keep: 1 });
    expect(outcome).toMatchObject({ settled: false, losers: [0], content: encodeUtf8('b') });
  });

  it('is kept whole: a line too long to read, changed twice', () => {
    const long = 'word '.repeat(limits.mergeLineCharacters);
    const outcome = merge(`${long}\n`, `a ${long}\n`, `${long} b\n`);
    expect(outcome.settled).toBe(false);
  });
});

describe('three versions and more', () => {
  it('are all taken in', () => {
    const base = lines('# To do', '', '- [ ] one');
    const versions = ['ann', 'bob', 'eve'].map((name) => encodeUtf8(`${base}- [ ] ask ${name}\n`));
    const outcome = mergeVersions(encodeUtf8(base), versions, { path: 'TODO.md' });
    expect(outcome.settled).toBe(true);
    expect(textOf(outcome)).toBe(`${base}- [ ] ask ann\n- [ ] ask bob\n- [ ] ask eve\n`);
  });

  it('name every loser, also of equal contents', () => {
    const base = lines('Use the old parser.');
    const versions = ['quick', 'careful', 'careful', 'clever'].map((word) =>
      encodeUtf8(base.replace('old', word)),
    );
    const outcome = mergeVersions(encodeUtf8(base), versions, { path: 'x.md', keep: 1 });
    expect(outcome).toMatchObject({ settled: false, losers: [0, 3], content: versions[1] });
  });

  it('are nothing to merge when none changed', () => {
    const bytes = encodeUtf8('a\n');
    expect(mergeVersions(bytes, [bytes, bytes], { path: 'x.md' })).toEqual({
      content: bytes,
      settled: true,
      losers: [],
      notes: [],
    });
  });
});

describe('structure', () => {
  it('is not mixed with prose by words', () => {
    const base = lines(
      '# Plan',
      '',
      'See the table below for all.',
      '',
      '| a | b |',
      '|---|---|',
      '| 1 | 2 |',
    );
    const left = lines('# Plan', '', 'See **AGENTS.md** for all of it, do not restate it here.');
    const right = lines(
      '# Plan',
      '',
      'See the table for all.',
      '',
      '| a | b | c |',
      '|---|---|---|',
      '| 1 | 2 | 3 |',
    );
    const result = textOf(merge(base, left, right)).split('\n');
    const known = new Set([base, left, right].flatMap((text) => text.split('\n')));
    expect(result.filter((line) => !known.has(line))).toEqual([]);
  });

  it('takes no line of code for a heading when a section stands twice', () => {
    const doc = lines('# A', '', 'one', '', '# B', '', 'two', '', '# C', '', 'three');
    const section =
      '## Both sides added this section\n\n```bash\n# run them all at once, please\nnpm test\n```\n\n';
    const left = doc.replace('# B', `${section}# B`);
    const right = doc.replace('# C', `${section}# C`);
    const result = merged(doc, left, right);
    expect(result.match(/run them all/g)).toHaveLength(1);
    expect(result.match(/```/g)).toHaveLength(2);
  });
});

describe('items under one heading that both sides added', () => {
  it('stay whole, though their details have a line in common', () => {
    const base = lines('# Log', '', '## 2026-03-01', '', '- old');
    const day = (name: string) => [`- **${name}**: built`, `  - Tests: all of ${name}`, '  - Status: done'];
    const entry = (name: string) =>
      `# Log\n\n## 2026-03-02\n\n${day(name).join('\n')}\n\n## 2026-03-01\n\n- old\n`;
    expect(merged(base, entry('parser'), entry('lexer'))).toBe(
      lines(
        '# Log',
        '',
        '## 2026-03-02',
        '',
        ...day('lexer'),
        ...day('parser'),
        '',
        '## 2026-03-01',
        '',
        '- old',
      ),
    );
  });
});
