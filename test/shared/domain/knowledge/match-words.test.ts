import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { marksOf, matchAnyWord, wantedWords } from '../../../../shared/domain/knowledge/match-words.ts';

const match = (text: string): string | undefined => {
  const wanted = wantedWords(text);
  return wanted && matchAnyWord(wanted);
};

test('a question is its words, of which one is enough; the one being typed may go on', () => {
  expect(match('queue lock')).toBe('"queue" OR "lock" OR "lock" *');
  expect(match('queue lock ')).toBe('"queue" OR "lock"');
  expect(match('lock?')).toBe('"lock"');
  expect(match('  ?!" ')).toBeUndefined();
});

test('what begins with a letter or two is half of everything, but two signs of Chinese are a word', () => {
  expect(match('queue lo')).toBe('"queue" OR "lo"');
  expect(match('锁')).toBe('"锁" OR "锁" *');
});

/** An index as ours is one. */
function openWords(): Database.Database {
  const database = new Database(':memory:');
  database.exec("CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2')");
  return database;
}

test('nothing that is typed breaks the query or is read as an operator', () => {
  const database = openWords();
  database.exec("INSERT INTO words VALUES ('a b not near')");
  const search = database.prepare('SELECT count(*) FROM words WHERE words MATCH ?');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(() => search.get(match(`${text} NOT "x" NEAR(a b) ^ * { : -`))).not.toThrow();
    }),
  );
  database.close();
});

test('a text is marked as the full-text index itself would mark it', () => {
  const database = openWords();
  const put = database.prepare('INSERT OR REPLACE INTO words (rowid, text) VALUES (1, ?)');
  const highlight = database
    .prepare("SELECT highlight(words, 0, '<', '>') FROM words WHERE words MATCH ? AND rowid = 1")
    .pluck();
  const piece = fc.constantFrom(
    ...['lamp', 'Lampe', 'LAMP', 'café', 'cafe\u0301', 'Café', 'über', 'uber', 'straße', 'журнал', 'Журнал'],
    ...['锁', '锁定', 'queue_lock', 'v1.2', 'naïve', 'n\u0303', '🙂', '`code`', '\n', '-', 'ab', 'abc'],
  );
  const line = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(line, line, (text, question) => {
      const wanted = wantedWords(question);
      fc.pre(wanted !== undefined);
      put.run(text);
      const marked = marksOf(text, wanted).map(([from, to]) => text.slice(from, to));
      const shown = (highlight.get(matchAnyWord(wanted)) as string | undefined) ?? text;
      expect(marked).toEqual([...shown.matchAll(/<([^>]*)>/g)].map(([, inside]) => inside));
    }),
    { numRuns: 500 },
  );
  database.close();
});
