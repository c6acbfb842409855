/** One suite for the lock of the operating system and for the fake of it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openOsLock } from '../../electron/adapters/os-lock.ts';
import type { LockTurn, OsLock, TakenLock } from '../../electron/engine/lock/lock-ports.ts';
import type { LockMode, LockUse } from '../../shared/domain/lock.ts';
import type { Result } from '../../shared/result.ts';
import { createFakeLockWorld } from '../support/fake-os-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const subjects: [string, () => () => OsLock][] = [
  [
    'the operating system',
    () => {
      const folder = temporaryFolder();
      const place = { file: join(folder, '.kb_operations.lock'), folder: join(folder, 'line') };
      return () => openOsLock(place, 'laptop');
    },
  ],
  [
    'the fake',
    () => {
      const world = createFakeLockWorld();
      return () => world.open();
    },
  ],
];

const use: LockUse = {
  agent: 'human',
  operation: 'pull',
  mode: 'exclusive',
  token: 1,
  endMs: 5,
  waitedMs: 0,
  heldMs: 1,
  contended: false,
};

function valueIn<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const stand = (os: OsLock, operation = 'pull', mode: LockMode = 'exclusive'): LockTurn =>
  valueIn(os.stand({ agent: 'human', operation, mode, sinceMs: 1_000 }));

function take(turn: LockTurn): TakenLock {
  const taken = valueIn(turn.take());
  if (taken === undefined) throw new Error('The lock is not free.');
  return taken;
}

const waits = (turn: LockTurn) => valueIn(turn.take()) === undefined;

describe.each(subjects)('%s', (_name, make) => {
  test('gives the lock to one at a time, in the order of coming', () => {
    const open = make();
    const [first, second, third] = [stand(open()), stand(open()), stand(open())];
    const held = take(first);
    expect(waits(third)).toBe(true);
    expect(waits(second)).toBe(true);
    held.release(use);
    expect(waits(third)).toBe(true);
    const next = take(second);
    expect(waits(third)).toBe(true);
    next.release(use);
    take(third).release(use);
  });

  test('lets those who only read in together, but not past one who came before to write', () => {
    const open = make();
    const readers = [stand(open(), 'read', 'shared'), stand(open(), 'read', 'shared')].map(take);
    const writer = stand(open());
    const later = stand(open(), 'read', 'shared');
    expect(waits(writer)).toBe(true);
    expect(waits(later)).toBe(true);
    readers[0]?.release(use);
    expect(waits(writer)).toBe(true);
    readers[1]?.release(use);
    const held = take(writer);
    expect(waits(later)).toBe(true);
    held.release(use);
    take(later).release(use);
  });

  test('gives each writer a higher token, and readers that of the last', () => {
    const open = make();
    const tokens = (['exclusive', 'shared', 'exclusive', 'shared'] as const).map((mode) => {
      const held = take(stand(open(), 'work', mode));
      held.release(use);
      return held.token;
    });
    expect(tokens).toEqual([1, 1, 2, 2]);
  });

  test('forgets who leaves', () => {
    const open = make();
    const held = take(stand(open()));
    const second = stand(open());
    const third = stand(open());
    held.release(use);
    second.leave();
    expect(valueIn(open().look()).waiting.map(({ id }) => id)).toEqual([third.id]);
    take(third).release(use);
  });

  test('says who holds it and who waits', () => {
    const open = make();
    expect(valueIn(open().look())).toEqual({ holders: [], waiting: [] });
    const [first, second] = [stand(open(), 'pull'), stand(open(), 'note', 'shared')];
    const held = take(first);
    const { holders, waiting } = valueIn(open().look());
    expect(holders).toMatchObject([
      {
        id: first.id,
        mode: 'exclusive',
        facts: { agent: 'human', operation: 'pull', device: 'laptop', token: 1 },
      },
    ]);
    expect(waiting).toMatchObject([
      { id: second.id, mode: 'shared', facts: { operation: 'note', sinceMs: 1_000, renewals: 0 } },
    ]);
    held.renew(3);
    expect(valueIn(open().look()).holders[0]?.facts?.renewals).toBe(3);
    held.release(use);
    expect(valueIn(open().look()).holders).toEqual([]);
  });

  test('can be broken, which the holder sees and who is next profits from', () => {
    const open = make();
    const [first, second] = [stand(open()), stand(open())];
    const held = take(first);
    expect(held.isOurs()).toBe(true);
    expect(open().breakOff(['somebody-else'])).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile' },
    });
    expect(held.isOurs()).toBe(true);
    expect(open().breakOff([first.id]).ok).toBe(true);
    expect(held.isOurs()).toBe(false);
    const next = take(second);
    expect(next.isOurs()).toBe(true);
    expect(next.token).toBe(2);
    held.release(use);
    expect(next.isOurs()).toBe(true);
    expect(valueIn(open().look()).holders.map(({ id }) => id)).toEqual([second.id]);
    next.release(use);
  });

  test('is past who was passed by, who stands where it stood when it tries again', () => {
    const open = make();
    const [first, second, third] = [stand(open()), stand(open()), stand(open())];
    expect(waits(second)).toBe(true);
    expect(open().passBy(first.id).ok).toBe(true);
    expect(valueIn(open().look()).waiting.map(({ id }) => id)).toEqual([second.id, third.id]);
    const held = take(second);
    expect(waits(first)).toBe(true);
    expect(valueIn(open().look()).waiting.map(({ id }) => id)).toEqual([first.id, third.id]);
    held.release(use);
    expect(waits(third)).toBe(true);
    take(first).release(use);
    take(third).release(use);
    expect(open().passBy('nobody').ok).toBe(true);
  });

  test('that nobody holds cannot be broken', () => {
    expect(make()().breakOff([])).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
  });
});
