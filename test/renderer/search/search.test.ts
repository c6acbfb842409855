import { describe, expect, it } from 'vitest';
import { exampleFiles, exampleIn, findExamples } from '../../../renderer/src/search/example-questions.ts';
import { isNarrowed, meantPattern, searchInput } from '../../../renderer/src/search/search-ask.ts';
import { behindWords, closenessWords, ordinal, whyWords } from '../../../renderer/src/search/search-words.ts';
import { shownExcerpt } from '../../../renderer/src/search/shown-excerpt.ts';
import { dayOf } from '../../../renderer/src/words/time.ts';
import type { TrackedFileJson } from '../../../shared/contracts/shapes.ts';
import { compilePattern, matchesPath } from '../../../shared/domain/path-pattern.ts';
import { limits } from '../../../shared/limits.ts';

const nowMs = Date.UTC(2026, 10, 26, 12);

describe('what is asked of the engine', () => {
  it('is nothing while nothing is typed', () => {
    expect(searchInput({}, nowMs)).toBeUndefined();
    expect(searchInput({ text: '  ', agent: 'human' }, nowMs)).toBeUndefined();
  });

  it('keeps the space behind a word, which says that the word is whole', () => {
    expect(searchInput({ text: 'tide ' }, nowMs)).toMatchObject({ q: 'tide ', since_ms: undefined });
  });

  it('counts days from the beginning of the first, today included', () => {
    const today = searchInput({ text: 'tide', days: 1 }, nowMs)?.since_ms ?? 0;
    expect(dayOf(today)).toBe(dayOf(nowMs));
    expect(dayOf(today - 1)).not.toBe(dayOf(nowMs));
    const week = searchInput({ text: 'tide', days: 7 }, nowMs)?.since_ms ?? 0;
    expect(dayOf(week)).toBe(dayOf(nowMs - 6 * 86_400_000));
  });

  it('is the same all day, so that an answer is found again', () => {
    const ask = { text: 'tide', days: 30 };
    expect(searchInput(ask, nowMs + 1_000)).toEqual(searchInput(ask, nowMs));
  });

  it('is narrowed by anything but the words', () => {
    expect(isNarrowed({ text: 'tide' })).toBe(false);
    expect(isNarrowed({ text: 'tide', by: undefined })).toBe(false);
    expect(isNarrowed({ by: 'words' })).toBe(true);
    expect(isNarrowed({ days: 7 })).toBe(true);
  });
});

describe('the files that are meant', () => {
  const paths = ['docs/plan.md', 'docs/odd [1]/{a,b}*.md', 'AGENTS.md', '!now.md', 'back\\slash.md'];

  it.each([
    ['', undefined],
    ['  ', undefined],
    ['docs', 'docs/**'],
    ['./docs/', 'docs/**'],
    ['docs/plan.md', 'docs/plan.md'],
    ['**/*.md', '**/*.md'],
    ['elsewhere', 'elsewhere'],
  ])('%j is %j', (typed, pattern) => {
    expect(meantPattern(typed, paths)).toBe(pattern);
  });

  it.each(paths)('a file means itself, whatever its name: %s', (path) => {
    const compiled = compilePattern(meantPattern(path, paths) ?? '');
    const matching = compiled.ok
      ? paths.filter((it) => compiled.value.some((one) => matchesPath(one, it)))
      : [];
    expect(matching).toEqual([path]);
  });
});

describe('why a passage is there', () => {
  it.each([
    [{ words: 3, meaning: 1, cosine: 0.8 }, '3rd by words, 1st by meaning'],
    [{ words: 2, meaning: null, cosine: null }, '2nd by words'],
    [{ words: null, meaning: 4, cosine: 0.1 }, '4th by meaning'],
  ])('%j', (why, words) => {
    expect(whyWords(why)).toBe(words);
  });

  it.each([
    [1, '1st'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [22, '22nd'],
    [50, '50th'],
  ])('%i is the %s', (number, words) => {
    expect(ordinal(number)).toBe(words);
  });

  it('is how near it is, among similar ones', () => {
    expect(closenessWords({ words: null, meaning: 1, cosine: 0.876 })).toBe('Closeness 0.88 of 1');
    expect(closenessWords({ words: null, meaning: 1, cosine: -0.1 })).toBe('Closeness 0.00 of 1');
    expect(closenessWords({ words: null, meaning: 1, cosine: null })).toBe('');
  });

  it('counts what is not indexed yet', () => {
    expect(behindWords(1)).toBe('1 note is not indexed yet');
    expect(behindWords(2)).toBe('2 notes are not indexed yet');
  });
});

describe('the part of a passage that is shown', () => {
  const read = (text: string, marked: string) => {
    const at = text.indexOf(marked);
    const marks: [number, number][] = marked === '' ? [] : [[at, at + marked.length]];
    const { segments, linesBefore } = shownExcerpt({ text, marks });
    return {
      shown: segments.map((it) => it.text).join(''),
      marked: segments.filter((it) => it.marked).map((it) => it.text),
      linesBefore,
    };
  };
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);

  it('is all of a short one', () => {
    expect(read('One.\nTwo.', 'Two')).toEqual({ shown: 'One.\nTwo.', marked: ['Two'], linesBefore: 0 });
  });

  it('has the line before the mark and some after it, and says how many stand above', () => {
    const { shown, marked, linesBefore } = read(lines(40).join('\n'), 'line 20');
    expect(shown.split('\n')).toEqual(lines(40).slice(18, 26));
    expect(marked).toEqual(['line 20']);
    expect(linesBefore).toBe(18);
  });

  it('begins with no blank line', () => {
    const text = [...lines(20), '', 'the mark', ...lines(20)].join('\n');
    expect(read(text, 'the mark')).toMatchObject({ linesBefore: 21, marked: ['the mark'] });
  });

  it('is the beginning where nothing is marked', () => {
    expect(read(lines(40).join('\n'), '')).toMatchObject({ shown: lines(8).join('\n'), linesBefore: 0 });
  });

  it('cuts a long line around its mark, and shows that it did', () => {
    const text = `${'before '.repeat(150)}the mark${' after'.repeat(150)}`;
    const { shown, marked } = read(text, 'the mark');
    expect(marked).toEqual(['the mark']);
    expect(shown).toMatch(/^….*….?$/);
    expect(shown.length).toBe(limits.excerptCharacters + 2);
    expect(read(text.slice(0, 700), '').shown).toMatch(/^before.*…$/);
  });
});

describe('example questions', () => {
  it.each([
    ['# Roadmap\n\n## A wooden case\n', 'A wooden case'],
    ['# The harbour at night\n\n## Monday\n', 'The harbour at night'],
    ['## 2026-11-21 standup\n### The **driver** [draws](x.md) ##\n', 'The driver draws'],
    ['# Roadmap\n\nNo heading of words.\n', undefined],
    [`# ${'very '.repeat(20)}long\n`, undefined],
  ])('%j asks for %j', (text, example) => {
    expect(exampleIn(text)).toBe(example);
  });

  const file = (path: string, more: Partial<TrackedFileJson> = {}) =>
    ({ file_path: path, deleted: false, size: 100, last_modified_ms: 0, ...more }) as TrackedFileJson;

  it('come from the newest text files', () => {
    const files = [
      file('old.md', { last_modified_ms: 1 }),
      file('new.md', { last_modified_ms: 9 }),
      file('gone.md', { deleted: true }),
      file('huge.md', { size: 9_000_000 }),
      file('rules.json'),
    ];
    expect(exampleFiles(files)).toEqual(['new.md', 'old.md']);
  });

  it('are two that differ, and no file is read after that', async () => {
    const texts: Record<string, string> = {
      a: '# The tide',
      b: '# The tide',
      d: '# The case',
      e: '# The clock',
    };
    const asked: string[] = [];
    const read = async (path: string) => {
      asked.push(path);
      return texts[path];
    };
    expect(await findExamples(['a', 'b', 'c', 'd', 'e'], read)).toEqual([
      { text: 'The tide', path: 'a' },
      { text: 'The case', path: 'd' },
    ]);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
  });
});
