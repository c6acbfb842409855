import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  marksOf,
  matchAnySign,
  matchAnyWord,
  matchWithoutPieces,
  wantedWords,
} from '../../../../shared/domain/knowledge/match-words.ts';
import { anyRun } from './made-up-runs.ts';

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

test('what begins with a letter or two is half of everything', () => {
  expect(match('queue lo')).toBe('"queue" OR "lo"');
});

const signs = (text: string): string | undefined => {
  const wanted = wantedWords(text);
  return wanted && matchAnySign(wanted.signs);
};

describe('of scripts without spaces', () => {
  test('a question is its pairs, and together as they were typed', () => {
    expect(signs('会議')).toBe('"会議"');
    expect(signs('会議室')).toBe('"会議" OR "議室" OR "会議 議室" *');
    expect(signs('주간 회의실')).toBe('"주간" OR "회의" OR "의실" OR "회의 의실" *');
    expect(match('会議室')).toBe('');
  });

  test('a sign that stands alone may be followed by any other', () => {
    expect(signs('锁')).toBe('"锁" *');
    expect(signs('11月')).toBe('"11 月" * OR "月" *');
  });

  test('pairs with hiragana are mostly grammar: they count where nothing else is there', () => {
    expect(signs('会議の部屋')).toBe('"会議" OR "部屋" OR "会議 議の の部 部屋" *');
    expect(signs('動く 会議')).toBe('"動く" OR "会議"');
    expect(signs('です')).toBe('"です"');
    expect(signs('API の 設計')).toBe('"設計"');
    expect(signs('の')).toBe('"の" *');
    expect(signs('API の')).toBe('');
  });

  test('words that touch them are words, as wide as they may be', () => {
    expect(match('API設計 ')).toBe('"api"');
    expect(match('ＡＰＩ ')).toBe('"api"');
    expect(match('設計doc')).toBe('"doc" OR "doc" *');
    expect(signs('API設計')).toBe('"設計" OR "api 設計" *');
  });

  test('an index that has no pairs is asked for what begins as was typed', () => {
    const wanted = wantedWords('lock 会議室');
    expect(wanted && matchWithoutPieces(wanted)).toBe('"lock" OR "会議室" *');
  });
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
    fc.property(fc.string({ unit: 'binary' }), anyRun(), (text, { cut }) => {
      const wanted = wantedWords(`${cut}${text}${cut} NOT "x" NEAR(a b) ^ * { : -`);
      fc.pre(wanted !== undefined);
      for (const query of [matchAnyWord(wanted), matchAnySign(wanted.signs), matchWithoutPieces(wanted)])
        expect(() => search.get(query)).not.toThrow();
    }),
  );
  database.close();
});

test.each(['\u0000', '"', '”', ' '])(
  'a mark of a script without spaces behind %j takes nothing of it along',
  (before) => {
    const text = `${before}\u0e31\u0e01`;
    const wanted = wantedWords(text);
    expect(wanted).toMatchObject({ stretches: ['\u0e31\u0e01'], signs: { pairs: ['\u0e31\u0e01'] } });
    if (wanted === undefined) return;
    expect(marksOf(text, wanted)).toEqual([[before.length, text.length]]);
    const database = openWords();
    expect(() =>
      database.prepare('SELECT count(*) FROM words WHERE words MATCH ?').get(matchWithoutPieces(wanted)),
    ).not.toThrow();
    database.close();
  },
);

test('a text is marked as the full-text index itself would mark it', () => {
  const database = openWords();
  const put = database.prepare('INSERT OR REPLACE INTO words (rowid, text) VALUES (1, ?)');
  const highlight = database
    .prepare("SELECT highlight(words, 0, '<', '>') FROM words WHERE words MATCH ? AND rowid = 1")
    .pluck();
  const piece = fc.constantFrom(
    ...['lamp', 'Lampe', 'LAMP', 'café', 'cafe\u0301', 'Café', 'über', 'uber', 'straße', 'журнал', 'Журнал'],
    ...['queue_lock', 'v1.2', 'naïve', 'n\u0303', '🙂', '`code`', '\n', '-', 'ab', 'abc'],
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

const marked = (text: string, question: string): string[] => {
  const wanted = wantedWords(question);
  return wanted === undefined ? [] : marksOf(text, wanted).map(([from, to]) => text.slice(from, to));
};

describe('marks in scripts without spaces', () => {
  test.each([
    ['今日の会議は十時です', '会議', ['会議']],
    ['주간회의를 했다', '회의', ['회의']],
    ['会議室と会議', '会議室', ['会議室', '会議']],
    ['死锁与锁定', '锁', ['锁', '锁']],
    ['今日の会議の部屋です。会議です', '会議の部屋', ['会議の部屋', '会議']],
    ['API設計とapi', 'API 設計', ['API設計', 'api']],
    ['ＡＰＩ設計', 'api', ['ＡＰＩ']],
    ['ｶﾞｲﾄﾞを読む', 'ガイド', ['ｶﾞｲﾄﾞ']],
    ['ガイドを読む', 'ｶﾞｲﾄﾞ', ['ガイド']],
    ['𠮷野家の𠮷野', '𠮷野', ['𠮷野', '𠮷野']],
    ['11月27日', '11月', ['11月']],
    ['2026年11月末', '11月', ['11月']],
    ['การประชุมทีม', 'ประชุม', ['ประชุม']],
    ['the lamp', '会議', []],
  ])('%s, asked for %s', (text, question, expected) => expect(marked(text, question)).toEqual(expected));

  test('hold what was asked for, wherever it was cut out, in order and apart', () => {
    fc.assert(
      fc.property(anyRun(), fc.string(), fc.string(), (run, before, after) => {
        const text = `${before} ${run.text} ${after}`;
        const wanted = wantedWords(run.cut);
        const marks = wanted === undefined ? [] : marksOf(text, wanted);
        const at = `${before} `.length + run.text.indexOf(run.cut);
        expect(marks.some(([from, to]) => from <= at && to >= at + run.cut.length)).toBe(true);
        for (const [nth, [from, to]] of marks.entries()) {
          expect(from).toBeGreaterThan(marks[nth - 1]?.[1] ?? -1);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
