import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchAnyWord } from '../../../../shared/domain/knowledge/match-words.ts';

test('a question is its words, of which one is enough; the one being typed may go on', () => {
  expect(matchAnyWord('why do we')).toBe('"why" OR "do" OR "we" OR "we" *');
  expect(matchAnyWord('why do we ')).toBe('"why" OR "do" OR "we"');
  expect(matchAnyWord('why?')).toBe('"why"');
  expect(matchAnyWord('  ?!" ')).toBeUndefined();
});

test('nothing that is typed breaks the query or is read as an operator', () => {
  const database = new Database(':memory:');
  database.exec("CREATE VIRTUAL TABLE words USING fts5 (text); INSERT INTO words VALUES ('a b not near')");
  const search = database.prepare('SELECT count(*) FROM words WHERE words MATCH ?');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const match = matchAnyWord(`${text} NOT "x" NEAR(a b) ^ * { : -`);
      expect(() => search.get(match)).not.toThrow();
    }),
  );
  database.close();
});
