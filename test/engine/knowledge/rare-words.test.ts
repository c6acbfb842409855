import { expect, onTestFinished, test } from 'vitest';
import { openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import { rareWords } from '../../../electron/engine/knowledge/rare-words.ts';
import { createWordCounts } from '../../../electron/engine/knowledge/word-counts.ts';
import { wantedWords } from '../../../shared/domain/knowledge/match-words.ts';
import { limits } from '../../../shared/limits.ts';
import { openIndexSql } from './index-fixture.ts';

/**
 * Of as many passages as may be ranked and some more, each holds `agent`, every other one `Köder`, and one `lamp`; each
 * 会議, and one 部屋.
 */
function openMany() {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  openIndex(sql);
  sql
    .prepare(
      `WITH RECURSIVE numbers (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM numbers WHERE value < ?)
       INSERT INTO words (rowid, headings, text) SELECT value, '', iif(value % 2, 'agent', 'agent köder') || iif(value = 7, ' lamp lampshade', '')
       FROM numbers`,
    )
    .run(limits.matchedPassages + 10);
  sql.exec(
    `INSERT INTO pieces (rowid, headings, text) SELECT rowid, '', '会議 議' || iif(rowid = 7, ' 部屋 屋', '') FROM words`,
  );
  const counts = createWordCounts(sql);
  return (text: string) => {
    const wanted = wantedWords(text);
    return wanted && rareWords(wanted, counts).wanted;
  };
}

test('of a question the rarest words are looked for, those in too many passages only where they are all there is', () => {
  const rare = openMany();
  expect(rare('agent lamp bait ')).toMatchObject({ words: ['lamp', 'bait'], beginning: undefined });
  expect(rare('agent Köder lamp ')?.words).toEqual(['Köder', 'lamp']);
  expect(rare('agent ')?.words).toEqual(['agent']);
  expect(rare('nothing lamp')).toMatchObject({ words: ['nothing', 'lamp'], beginning: 'lamp' });
});

test('a beginning that too many passages hold counts as the word that it is', () => {
  const rare = openMany();
  expect(rare('lamp age')).toMatchObject({ words: ['lamp', 'age'], beginning: undefined });
  expect(rare('agent lam')).toMatchObject({ words: ['lam'], beginning: 'lam' });
});

test('of the signs those in too many passages are left out likewise, and a phrase that has only such', () => {
  const rare = openMany();
  expect(rare('会議の部屋')?.signs).toEqual({ pairs: ['部屋'], alone: [], phrases: ['会議 議の の部 部屋'] });
  expect(rare('lamp 会議')?.signs).toEqual({ pairs: [], alone: [], phrases: [] });
  expect(rare('lamp 会議の')?.signs).toEqual({ pairs: [], alone: [], phrases: [] });
  expect(rare('会議')?.signs.pairs).toEqual(['会議']);
  expect(rare('会')?.signs.alone).toEqual(['会']);
  expect(rare('部屋 会')?.signs).toEqual({ pairs: ['部屋'], alone: [], phrases: [] });
});
