import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { piecesText, stretchesOf } from '../../../../shared/domain/knowledge/sign-pairs.ts';
import { anyRun } from './made-up-runs.ts';

describe('the pieces of a text', () => {
  test.each([
    ['今日の会議', '今日 日の の会 会議 議'],
    ['주간회의를 했다', '주간 간회 회의 의를 를 했다 다'],
    ['ประชุม', 'ปร ระ ะช ชุ ุม ม'],
    ['ប្រជុំ', 'ប្ ្រ រជ ជុ ុំ ំ'],
    ['锁', '锁'],
    ['API設計とv2', 'api 設計 計と と v2'],
    ['2026年11月', '2026 年 11 月'],
    ['𠮷野家', '𠮷野 野家 家'],
    ['Überプラン', 'uber プラ ラン ン'],
  ])('of %s are %s', (text, pieces) => expect(piecesText(text)).toBe(pieces));

  test.each([
    '',
    'Nothing but words, 2 of them.',
    'журнал σύστημα हिन्दी naïve',
    '🧭 – “quoted” … ¹',
    '。「」・〜',
  ])('of a text without such signs are none: %s', (text) => expect(piecesText(text)).toBe(''));

  test.each([
    ['ｶﾞｲﾄﾞ', 'ガイド'],
    ['カ\u3099イト\u3099', 'ガイド'],
    ['ＡＰＩ設計', 'API設計'],
    ['\u1112\u116c\u110b\u1174', '회의'],
    ['葛\u{e0100}城', '葛城'],
    ['ប្រ\u200bជុំ', 'ប្រជុំ'],
    ['㍿', '株式会社'],
    ['\u2f47本', '日本'],
  ])('of another form of the same signs are the same: %s as %s', (one, other) => {
    expect(piecesText(one)).toBe(piecesText(other));
    expect(piecesText(one)).not.toBe('');
  });

  test('of letters as wide as signs are plain words', () => {
    expect(piecesText('ＡＰＩ　ｖ２')).toBe('api v2');
  });

  test('say where in the text they stand', () => {
    const text = 'The ｶﾞｲﾄﾞ of 𠮷野家v2.';
    const shown = stretchesOf(text).map(({ from, to, pieces }) => [
      text.slice(from, to),
      ...pieces.map((it) => `${text.slice(it.from, it.firstTo)}|${text.slice(it.firstTo, it.to)}`),
    ]);
    expect(shown).toEqual([
      ['ｶﾞｲﾄﾞ', 'ｶﾞ|ｲ', 'ｲ|ﾄﾞ', 'ﾄﾞ|'],
      ['𠮷野家v2', '𠮷|野', '野|家', '家|', 'v2|'],
    ]);
  });

  test('of a run that is cut out of a text are among those of the text', () => {
    fc.assert(
      fc.property(anyRun(1, 30), fc.string(), fc.string(), (run, before, after) => {
        const own = new Set(piecesText(`${before} ${run.text} ${after}`).split(' '));
        const [pieces = []] = stretchesOf(run.cut).map((it) =>
          it.pieces.filter(({ kind }) => kind === 'pair'),
        );
        expect(pieces.length).toBeGreaterThan(0);
        expect(pieces.filter(({ text }) => !own.has(text))).toEqual([]);
      }),
    );
  });
});

const scripts =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Bopo}\p{sc=Hang}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** Every character that is a letter, digit or mark of these scripts. */
function everySign(): string[] {
  const all: string[] = [];
  for (let code = 0x80; code < 0x110000; code += 1) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    if (scripts.test(character) && /[\p{L}\p{N}\p{M}]/u.test(character)) all.push(character);
  }
  return all;
}

test('every sign has pieces, and the full-text index keeps each of them whole', () => {
  const database = new Database(':memory:');
  database.exec(
    `CREATE VIRTUAL TABLE pieces USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'ascii');
     CREATE VIRTUAL TABLE terms USING fts5vocab (pieces, 'row')`,
  );
  const put = database.prepare('INSERT INTO pieces (text) VALUES (?)');
  const wanted = new Set<string>();
  const without: string[] = [];
  database.transaction(() => {
    for (const sign of everySign()) {
      const pieces = piecesText(`字${sign}`);
      if (pieces.split(' ').length < 2) without.push(sign);
      for (const piece of pieces.split(' ')) wanted.add(piece);
      put.run(pieces);
    }
  })();
  const kept = new Set(database.prepare('SELECT term FROM terms').pluck().all() as string[]);
  database.close();
  expect(wanted.size).toBeGreaterThan(100_000);
  expect(without).toEqual([]);
  expect([...wanted].filter((piece) => !kept.has(piece))).toEqual([]);
});

test('what becomes a sign in its plain form is looked at', () => {
  const missed: string[] = [];
  for (let code = 0x80; code < 0x110000; code += 1) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    const plain = [...character.normalize('NFKC')];
    if (plain.some((it) => scripts.test(it) && /[\p{L}\p{N}]/u.test(it)) && piecesText(character) === '')
      missed.push(code.toString(16));
  }
  expect(missed).toEqual([]);
});
