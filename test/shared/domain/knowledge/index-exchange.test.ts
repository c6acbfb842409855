import { expect, test } from 'vitest';
import {
  checkIndexPath,
  cleanMd5,
  createSpellings,
  driftBetween,
  type ExchangeStep,
  type Sides,
  stepOf,
} from '../../../../shared/domain/knowledge/index-exchange.ts';
import { limits } from '../../../../shared/limits.ts';

const met: Sides = {
  ours: undefined,
  theirs: undefined,
  agreed: undefined,
  wasDeletedHere: false,
  isSaidRemoved: false,
  isFirst: false,
  knowsDeletions: false,
};

const cases: [string, Partial<Sides>, ExchangeStep][] = [
  ['alike', { ours: 'a', theirs: 'a' }, 'none'],
  ['nowhere', { agreed: 'a' }, 'none'],
  ['only theirs', { theirs: 'a' }, 'take'],
  ['only ours', { ours: 'a' }, 'give'],
  ['only ours, and they say it of all that they lack', { ours: 'a', isSaidRemoved: true }, 'give'],
  ['shared, and they deleted it', { ours: 'a', agreed: 'a', isSaidRemoved: true }, 'remove-here'],
  ['shared, and they do not say that they deleted it', { ours: 'a', agreed: 'a' }, 'give'],
  ['we changed it, they deleted it', { ours: 'b', agreed: 'a', isSaidRemoved: true }, 'give'],
  ['shared, and we deleted it', { theirs: 'a', agreed: 'a', wasDeletedHere: true }, 'remove-there'],
  ['shared, and it never lay in this folder', { theirs: 'a', agreed: 'a' }, 'take'],
  ['they changed it, we deleted it', { theirs: 'b', agreed: 'a', wasDeletedHere: false }, 'take'],
  ['we deleted it and they made it again', { theirs: 'a', wasDeletedHere: true }, 'take'],
  ['first meeting, deleted here', { theirs: 'a', wasDeletedHere: true, isFirst: true }, 'remove-there'],
  ['first meeting, they lack it', { ours: 'a', isSaidRemoved: true, isFirst: true }, 'give'],
  [
    'first meeting, deleted there',
    { ours: 'a', isSaidRemoved: true, isFirst: true, knowsDeletions: true },
    'remove-here',
  ],
  [
    'made again here after both had deleted it',
    { ours: 'a', isSaidRemoved: true, knowsDeletions: true },
    'give',
  ],
  ['ours is newer', { ours: 'b', theirs: 'a', agreed: 'a' }, 'give'],
  ['theirs is newer', { ours: 'a', theirs: 'b', agreed: 'a' }, 'take'],
  ['both changed', { ours: 'b', theirs: 'c', agreed: 'a' }, 'take'],
];

test.each(cases)('%s', (_, sides, step) => {
  expect(stepOf({ ...met, ...sides })).toBe(step);
});

test('a path from another machine is plain, relative and the same everywhere, or refused', () => {
  for (const path of ['faiss.index', 'catalog/faiss.index', 'каталог/индекс.faiss', 'a/.b/c d'])
    expect(checkIndexPath(path)).toEqual({ ok: true, value: path });
  expect(checkIndexPath('cafe\u0301.index')).toEqual({ ok: true, value: 'caf\u00e9.index' });
  const hostile = [
    '',
    '/etc/passwd',
    '../a',
    'a/../../b',
    'a/..',
    '.',
    'a//b',
    'a/',
    'a\\..\\b',
    'C:\\a',
    'C:/a',
    'a\0b',
    'a:stream',
    'CON',
    'aux.index',
    'a/NUL.txt',
    'com1',
    'a.',
    'a ',
    '.git/config',
    'a/.GIT/hooks/x',
    'a\nb',
    '\u202ea',
    '\ud800',
    '.skein-1.tmp',
    'a/.skein-x.TMP',
    `${'a/'.repeat(limits.folderDepth)}b`,
    'x'.repeat(limits.pathCharacters + 1),
  ];
  for (const path of hostile)
    expect(checkIndexPath(path), JSON.stringify(path)).toMatchObject({ error: { code: 'hostile-path' } });
});

test('names that are one on some disk cannot stand beside each other', () => {
  const taken = (...paths: string[]) => {
    const spellings = createSpellings();
    return paths.map((path) => spellings.take(path));
  };
  expect(taken('a.index', 'b.index', 'c/a.index', 'c/b.index')).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(taken('a.index', 'A.index')).toEqual([undefined, 'a.index']);
  expect(taken('Catalog/a', 'catalog/b')).toEqual([undefined, 'Catalog']);
  expect(taken('a', 'a/b')).toEqual([undefined, 'a']);
  expect(taken('a/b', 'a')).toEqual([undefined, 'a']);
  expect(taken('stra\u00dfe', 'STRASSE')).toEqual([undefined, 'stra\u00dfe']);
});

test('drift is the part of all paths that differs', () => {
  const ours = new Map([
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]);
  expect(driftBetween(ours, ours)).toBe(0);
  expect(driftBetween(new Map(), new Map())).toBe(0);
  expect(driftBetween(ours, new Map())).toBe(1);
  expect(
    driftBetween(
      ours,
      new Map([
        ['a', '1'],
        ['b', 'x'],
        ['d', '4'],
      ]),
    ),
  ).toBe(3 / 4);
});

test('an MD5 is 32 hexadecimal digits', () => {
  expect(cleanMd5('D41D8CD98F00B204E9800998ECF8427E')).toEqual({
    ok: true,
    value: 'd41d8cd98f00b204e9800998ecf8427e',
  });
  for (const text of ['', 'd41d', 'g'.repeat(32), ' '.repeat(32), 'a'.repeat(33)])
    expect(cleanMd5(text)).toMatchObject({ error: { code: 'bad-input' } });
});
