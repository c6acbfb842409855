import { expect, test } from 'vitest';
import { openSql } from '../../../../electron/adapters/better-sqlite.ts';
import { openIndexLedger } from '../../../../electron/engine/knowledge/exchange/index-ledger.ts';
import { limits } from '../../../../shared/limits.ts';

const file = (path: string, md5: string) => ({ path, md5, size: 1, facts: `facts of ${md5}` });
const files = (...all: ReturnType<typeof file>[]) => new Map(all.map((it) => [it.path, it]));

function open() {
  const ledger = openIndexLedger(openSql(':memory:'));
  ledger.begin('folder');
  return ledger;
}

test('deleted is what was seen and is not there; what comes back is not deleted any more', () => {
  const ledger = open();
  ledger.replace(files(file('a', '1'), file('b', '1')));
  ledger.replace(files(file('b', '2')));
  expect(ledger.wasDeleted('a', '1')).toBe(true);
  expect(ledger.wasDeleted('a', '2')).toBe(false);
  expect(ledger.wasDeleted('b', '1')).toBe(false);
  ledger.put(file('a', '3'));
  expect(ledger.wasDeleted('a', '1')).toBe(false);
  ledger.drop('a');
  expect(ledger.wasDeleted('a', '1')).toBe(true);
  expect(ledger.wasDeleted('a', '3')).toBe(true);
  expect([...ledger.files().keys()]).toEqual(['b']);
});

test('of one path only the newest versions are remembered', () => {
  const ledger = open();
  for (let version = 0; version <= limits.indexVersionsSeen; version += 1)
    ledger.put(file('a', String(version)));
  ledger.drop('a');
  expect(ledger.wasDeleted('a', '0')).toBe(false);
  expect(ledger.wasDeleted('a', '1')).toBe(true);
  expect(ledger.wasDeleted('a', String(limits.indexVersionsSeen))).toBe(true);
});

test('an agreement is with one peer, and the next one takes its place; none is not an empty one', () => {
  const ledger = open();
  expect(ledger.with('b')).toBeUndefined();
  ledger.agree('b', new Map());
  expect(ledger.with('b')).toEqual(new Map());
  ledger.agree(
    'b',
    new Map([
      ['a', '1'],
      ['c', '2'],
    ]),
  );
  ledger.agree('b', new Map([['a', '2']]));
  expect(ledger.with('b')).toEqual(new Map([['a', '2']]));
  expect(ledger.with('c')).toBeUndefined();
});

test('another folder has no past', () => {
  const ledger = open();
  ledger.replace(files(file('a', '1')));
  expect(ledger.count()).toBe(1);
  ledger.agree('b', new Map([['a', '1']]));
  ledger.begin('folder');
  expect(ledger.files().size).toBe(1);
  ledger.begin('another');
  expect(ledger.files().size).toBe(0);
  expect(ledger.wasDeleted('a', '1')).toBe(false);
  expect(ledger.with('b')).toBeUndefined();
});
