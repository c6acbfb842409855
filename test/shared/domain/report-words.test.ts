import { describe, expect, it } from 'vitest';
import {
  countText,
  type PluralForms,
  type ReportWords,
  reportLocales,
  reportWords,
} from '../../../shared/domain/report-words.ts';
import { settingsShape } from '../../../shared/domain/settings.ts';

const isForms = (value: string | PluralForms): value is PluralForms => typeof value !== 'string';
const phrases = (words: ReportWords) => Object.values(words).filter(isForms);
const labels = (words: ReportWords) => Object.values(words).filter((value) => typeof value === 'string');

describe('the languages of reports', () => {
  it('are those of the settings', () => {
    expect(settingsShape.shape.locale.unwrap().options.toSorted()).toEqual([...reportLocales].toSorted());
  });

  it('have sections of different names, so that one file may hold several', () => {
    expect(new Set(reportLocales.map((locale) => reportWords[locale].section)).size).toBe(
      reportLocales.length,
    );
  });

  it('leave no word empty and none that Markdown would take for markup', () => {
    for (const locale of reportLocales) {
      for (const label of labels(reportWords[locale])) {
        expect(label).not.toBe('');
        expect(label).not.toMatch(/[*_`<>[\]\\\n]/);
      }
    }
  });

  it('put the number into every form of every phrase exactly once', () => {
    for (const locale of reportLocales) {
      for (const form of phrases(reportWords[locale]).flatMap((forms) => Object.values(forms))) {
        expect(form.match(/#/g)).toHaveLength(1);
      }
    }
  });
});

describe('counting', () => {
  const forms: PluralForms = { one: '# one', few: '# few', many: '# many', other: '# other' };

  it('follows the rules of each language', () => {
    const categories = (locale: (typeof reportLocales)[number]) =>
      [0, 1, 2, 4, 5, 11, 12, 21, 22, 25, 101, 111].map(
        (count) => countText(count, forms, locale).split(' ')[1],
      );
    const other = 'other';
    expect(categories('en')).toEqual([other, 'one', ...Array.from({ length: 10 }, () => other)]);
    expect(categories('fr')).toEqual(['one', 'one', ...Array.from({ length: 10 }, () => other)]);
    expect(categories('ru')).toEqual([
      'many',
      'one',
      'few',
      'few',
      'many',
      'many',
      'many',
      'one',
      'few',
      'many',
      'one',
      'many',
    ]);
  });

  it('answers with `other` where a language has a form that a phrase lacks', () => {
    expect(countText(1_000_000, { one: '# one', other: '# other' }, 'fr')).toBe('1000000 other');
    expect(countText(5, { one: 'в # файле', other: 'в # файлах' }, 'ru')).toBe('в 5 файлах');
  });
});
