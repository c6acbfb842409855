/** How what the words and the signs of a question come to is put together. */
import { describe, expect, test } from 'vitest';
import { notesFound, openWordIndex } from '../../support/stores/word-suite.ts';
import { contentsOf, strayRows } from './index-fixture.ts';

const many = (count: number, text: (nth: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, nth) => [`many/${nth}.md`, text(nth)]));

describe('of words and signs', () => {
  test('a passage that holds both comes first', async () => {
    const { search } = await openWordIndex(
      { 'word.md': 'The API of lamps.', 'sign.md': '索引の設計。', 'both.md': '設計 of the API.' },
      undefined,
    );
    expect(notesFound(await search('API 設計'))[0]).toBe('both.md');
    expect(notesFound(await search('API 設計')).toSorted()).toEqual(['both.md', 'sign.md', 'word.md']);
  });

  test('a sign that one passage of many holds counts more than a word that many hold', async () => {
    const lamps = many(240, (nth) => `The ${nth % 3 === 0 ? 'API' : 'light'} of lamp ${nth}.`);
    const { search } = await openWordIndex({ ...lamps, 'sign.md': '索引の設計。' }, undefined);
    expect(notesFound(await search('API 設計'))[0]).toBe('sign.md');
  });

  test('a word that touches signs is found as a word, also by its beginning', async () => {
    const { search } = await openWordIndex({ 'ja.md': 'deployする前に', 'en.md': 'A lamp.' }, undefined);
    expect(notesFound(await search('deploy '))).toEqual(['ja.md']);
    expect(notesFound(await search('depl'))).toEqual(['ja.md']);
    expect(notesFound(await search('depl '))).toEqual([]);
  });

  test('what holds a run as it was typed comes before what holds its pairs', async () => {
    const { search } = await openWordIndex(
      { 'pairs.md': '京都の東京、東京と京都。', 'run.md': '昨日は東京都に行った。' },
      undefined,
    );
    expect(notesFound(await search('東京都'))).toEqual(['run.md', 'pairs.md']);
  });

  test('what a heading says counts more', async () => {
    const { search } = await openWordIndex(
      { 'text.md': '# 議事\n\n会議は金曜日にある。', 'title.md': '# 会議\n\n議事は金曜日にある。' },
      undefined,
    );
    expect(notesFound(await search('会議'))).toEqual(['title.md', 'text.md']);
  });
});

describe('pieces', () => {
  const rowsOf = ({ sql }: Awaited<ReturnType<typeof openWordIndex>>): number =>
    sql.prepare<{ rows: number }>('SELECT count(*) AS rows FROM pieces').get()?.rows ?? -1;

  test('are stored of passages with signs alone, and go with them', async () => {
    const opened = await openWordIndex({ ...many(5, (nth) => `Lamp ${nth}.`), 'ja.md': '会議。' }, undefined);
    expect(rowsOf(opened)).toBe(1);
    await opened.write({ 'ja.md': '設計。' });
    expect(rowsOf(opened)).toBe(1);
    expect(notesFound(await opened.search('会議'))).toEqual([]);
    await opened.write({ 'ja.md': 'Lamps.' });
    expect(rowsOf(opened)).toBe(0);
    expect(strayRows(opened.sql)).toBe(0);
    expect(contentsOf(opened.sql)).toHaveLength(6);
  });
});
