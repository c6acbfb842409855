import { expect, onTestFinished, test } from 'vitest';
import { openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import { createRareWords } from '../../../electron/engine/knowledge/rare-words.ts';
import { wantedWords } from '../../../shared/domain/knowledge/match-words.ts';
import { limits } from '../../../shared/limits.ts';
import { openIndexSql } from './index-fixture.ts';

/** Of as many passages as may be ranked and some more, each holds `agent`, every other one `Köder`, and one `lamp`. */
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
  const rareWords = createRareWords(sql);
  return (text: string) => {
    const wanted = wantedWords(text);
    return wanted && rareWords(wanted);
  };
}

test('of a question the rarest words are looked for, those in too many passages only where they are all there is', () => {
  const rare = openMany();
  expect(rare('agent lamp bait ')).toEqual({ words: ['lamp', 'bait'], beginning: undefined });
  expect(rare('agent Köder lamp ')?.words).toEqual(['Köder', 'lamp']);
  expect(rare('agent ')?.words).toEqual(['agent']);
  expect(rare('nothing lamp')).toEqual({ words: ['nothing', 'lamp'], beginning: 'lamp' });
});

test('a beginning that too many passages hold counts as the word that it is', () => {
  const rare = openMany();
  expect(rare('lamp age')).toEqual({ words: ['lamp', 'age'], beginning: undefined });
  expect(rare('agent lam')).toEqual({ words: ['lam'], beginning: 'lam' });
});
