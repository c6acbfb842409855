/** The parts of the lock that only the real one has: its calls, its history, its files, and Linux's own list. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tryLockFile } from '../../electron/adapters/file-lock.ts';
import { readForeignLocks } from '../../electron/adapters/foreign-locks.ts';
import { findLockCalls } from '../../electron/adapters/lock-calls.ts';
import { appendUse, followHistory } from '../../electron/adapters/lock-history.ts';
import { openOsLock } from '../../electron/adapters/os-lock.ts';
import type { LockUse } from '../../shared/domain/lock.ts';
import { limits } from '../../shared/limits.ts';
import { asOrdinaryUser, permissionBitsMissing, temporaryFolder } from '../support/temporary-folder.ts';

const use = (token: number): LockUse => ({
  agent: 'human',
  operation: 'pull',
  mode: 'exclusive',
  token,
  endMs: 5,
  waitedMs: 0,
  heldMs: 1,
  contended: false,
});

const wish = { agent: 'human', operation: 'pull', mode: 'exclusive', sinceMs: 0 } as const;

function makePlace() {
  const folder = temporaryFolder();
  return { file: join(folder, '.kb_operations.lock'), folder: join(folder, 'line') };
}

describe('the calls of the system', () => {
  test('say so where their library cannot be loaded, instead of locking nothing', () => {
    expect(() => findLockCalls(undefined)).toThrow(/koffi.* does not load here.*Install Skein anew/);
  });

  test('lock the file that has the name now, not one that had it', () => {
    const { file } = makePlace();
    const first = tryLockFile(file, 'exclusive', true);
    expect(tryLockFile(file, 'shared', true)).toBeUndefined();
    renameSync(file, `${file}.aside`);
    expect(first?.isInPlace()).toBe(false);
    const second = tryLockFile(file, 'exclusive', true);
    expect(second?.isInPlace()).toBe(true);
    first?.release();
    expect(tryLockFile(file, 'exclusive', true)).toBeUndefined();
    second?.release();
    tryLockFile(file, 'exclusive', true)?.release();
  });

  test('make no file unless told', () => {
    const { file } = makePlace();
    expect(tryLockFile(file, 'exclusive', false)).toBeUndefined();
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });

  test.skipIf(permissionBitsMissing)('need no right to write the file', async () => {
    const { file } = makePlace();
    writeFileSync(file, 'of somebody else');
    chmodSync(file, 0o444);
    chmodSync(join(file, '..'), 0o755);
    await asOrdinaryUser(() => {
      const lock = tryLockFile(file, 'exclusive', true);
      expect(lock?.isInPlace()).toBe(true);
      lock?.release();
    });
    expect(readFileSync(file, 'utf8')).toBe('of somebody else');
  });
});

describe('a lock file that is none', () => {
  test('a link is not followed, and nothing is made where it leads', () => {
    const place = makePlace();
    const target = join(temporaryFolder(), 'target');
    symlinkSync(target, place.file);
    const turn = openOsLock(place, 'laptop').stand(wish);
    const taken = turn.ok ? turn.value.take() : turn;
    expect(taken).toMatchObject({ ok: false, error: { code: 'hostile-path', subject: place.file } });
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('a folder is refused', () => {
    const place = makePlace();
    mkdirSync(place.file);
    const turn = openOsLock(place, 'laptop').stand(wish);
    expect(turn.ok ? turn.value.take() : turn).toMatchObject({ error: { code: 'changed-meanwhile' } });
  });

  test.skipIf(permissionBitsMissing)('where nothing can be written, the problem says so', async () => {
    const place = makePlace();
    chmodSync(join(place.file, '..'), 0o555);
    const outcome = await asOrdinaryUser(() => openOsLock(place, 'laptop').stand(wish));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'no-permission', subject: place.folder } });
  });
});

test.skipIf(permissionBitsMissing)('what another user left behind keeps nobody from looking', async () => {
  const place = makePlace();
  const left = join(place.folder, '0000000001-0123456789ab.waiting');
  mkdirSync(place.folder);
  writeFileSync(left, 'left by a crash');
  for (const [path, mode] of [
    [left, 0o644],
    [place.folder, 0o755],
    [join(place.file, '..'), 0o755],
  ] as const)
    chmodSync(path, mode);
  await asOrdinaryUser(() => {
    const os = openOsLock(place, 'laptop');
    expect(os.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
    expect(os.stand(wish)).toMatchObject({
      error: { code: 'no-permission', subject: expect.stringContaining(place.folder) },
    });
    // Nothing of it stays open, or locked.
    const free = tryLockFile(left, 'exclusive', false);
    expect(free?.isInPlace()).toBe(true);
    free?.release();
  });
});

test.skipIf(permissionBitsMissing)(
  'a disk that cannot be written any more keeps nobody from letting go',
  async () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    const [first, second] = [os.stand(wish), os.stand(wish)];
    const taken = first.ok ? first.value.take() : first;
    if (!taken.ok || taken.value === undefined || !second.ok) throw new Error('It was free.');
    const { renew, release, isOurs } = taken.value;
    for (const name of readdirSync(place.folder)) chmodSync(join(place.folder, name), 0o444);
    for (const [folder, mode] of [
      [place.folder, 0o555],
      [join(place.file, '..'), 0o755],
    ] as const)
      chmodSync(folder, mode);
    await asOrdinaryUser(() => {
      renew(1);
      expect(isOurs()).toBe(true);
      release(use(1));
      second.value.leave();
      expect(os.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
    });
    chmodSync(place.folder, 0o755);
    expect(tryLockFile(place.file, 'exclusive', false)?.isInPlace()).toBe(true);
  },
);

describe('the line', () => {
  test('overlooks files that are no records, and removes those of the dead', () => {
    const place = makePlace();
    mkdirSync(place.folder);
    writeFileSync(join(place.folder, 'notes.txt'), 'mine');
    writeFileSync(join(place.folder, '0000000001-0123456789ab.waiting'), 'left by a crash');
    writeFileSync(join(place.folder, '0000000002-0123456789ab.holding'), 'left by a crash');
    const os = openOsLock(place, 'laptop');
    expect(os.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
    expect(readdirSync(place.folder)).toEqual(['notes.txt']);
  });

  test('keeps the order past names that a person cannot have meant', () => {
    const os = openOsLock(makePlace(), 'd'.repeat(1_000));
    const turn = os.stand({ ...wish, agent: '\u0000'.repeat(500), operation: '"é😀'.repeat(500) });
    if (!turn.ok) throw new Error(turn.error.message);
    const line = os.look();
    const facts = line.ok ? line.value.waiting[0]?.facts : undefined;
    expect(facts?.agent).toHaveLength(limits.lockNameCharacters);
    expect(facts?.device).toHaveLength(limits.lockNameCharacters);
    turn.value.leave();
  });

  test('a holder whose record was removed still has the lock', () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    const turn = os.stand(wish);
    rmSync(place.folder, { recursive: true });
    mkdirSync(place.folder);
    const taken = turn.ok ? turn.value.take() : turn;
    if (!taken.ok || taken.value === undefined) throw new Error('It was free.');
    taken.value.renew(1);
    expect(taken.value.isOurs()).toBe(true);
    taken.value.release(use(1));
  });

  test('a lock that cannot be begun is free for the next', () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    mkdirSync(join(place.folder, 'token'), { recursive: true });
    const turn = os.stand(wish);
    if (!turn.ok) throw new Error(turn.error.message);
    expect(turn.value.take()).toMatchObject({ error: { subject: join(place.folder, 'token') } });
    turn.value.leave();
    expect(os.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
    const next = tryLockFile(place.file, 'exclusive', false);
    expect(next?.isInPlace()).toBe(true);
    next?.release();
  });

  test('what another process wrote of itself drives no terminal', () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    const turn = os.stand(wish);
    const [name = ''] = readdirSync(place.folder);
    const said = { ...wish, agent: '\u001b[2J', device: 'here', pid: 1, renewals: 0 };
    writeFileSync(join(place.folder, name), ` ${JSON.stringify(said)}`);
    expect(os.look()).toMatchObject({ value: { waiting: [{ facts: { agent: '⟨U+001B⟩[2J' } }] } });
    if (turn.ok) turn.value.leave();
  });

  test('one whose place was removed stands there again, and is served', () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    const [first, second, third] = [os.stand(wish), os.stand(wish), os.stand(wish)].map((turn) => {
      if (!turn.ok) throw new Error(turn.error.message);
      return turn.value;
    });
    const held = first?.take();
    rmSync(place.folder, { recursive: true });
    expect([third?.take(), second?.take()]).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
    expect(os.look()).toMatchObject({ value: { waiting: [{ id: second?.id }, { id: third?.id }] } });
    if (held?.ok) held.value?.release(use(1));
    expect(third?.take()).toEqual({ ok: true, value: undefined });
    expect(second?.take()).toMatchObject({ ok: true, value: { token: 1 } });
  });

  test('the token goes on after a number that is damaged, and never back by itself', () => {
    const place = makePlace();
    const os = openOsLock(place, 'laptop');
    const takeOnce = () => {
      const turn = os.stand(wish);
      const taken = turn.ok ? turn.value.take() : turn;
      if (!taken.ok || taken.value === undefined) throw new Error('It was free.');
      taken.value.release(use(1));
      return taken.value.token;
    };
    expect([takeOnce(), takeOnce()]).toEqual([1, 2]);
    writeFileSync(join(place.folder, 'token'), '0000000000000041\n');
    expect(takeOnce()).toBe(42);
  });
});

describe('the history', () => {
  test('tells each reader what came since it began, once', () => {
    const folder = temporaryFolder();
    appendUse(folder, use(1));
    const [one, other] = [followHistory(folder), followHistory(folder)];
    expect(one.news()).toEqual([]);
    appendUse(folder, use(2));
    appendUse(folder, use(3));
    expect(one.news()).toEqual([use(2), use(3)]);
    expect(one.news()).toEqual([]);
    expect(other.news()).toEqual([use(2), use(3)]);
  });

  test('begins with a lock that nobody had held', () => {
    const folder = temporaryFolder();
    const reader = followHistory(folder);
    appendUse(folder, use(1));
    expect(reader.news()).toEqual([use(1)]);
  });

  test('stays small, and a reader loses nothing when it begins anew', () => {
    const folder = temporaryFolder();
    appendUse(folder, use(0));
    const reader = followHistory(folder);
    const count = Math.ceil((1.5 * limits.lockHistoryBytes) / JSON.stringify(use(1)).length);
    const uses = Array.from({ length: count }, (_, index) => use(index));
    for (const it of uses) appendUse(folder, it);
    expect(readdirSync(folder).toSorted()).toEqual(['history', 'history.former']);
    const news = reader.news();
    expect(news).toHaveLength(count);
    expect(news.map(({ token }) => token)).toEqual(uses.map(({ token }) => token));
    for (const name of readdirSync(folder))
      expect(statSync(join(folder, name)).size).toBeLessThan(1.1 * limits.lockHistoryBytes);
  });

  test('overlooks what is no line of ours, and a line that is not whole yet', () => {
    const folder = temporaryFolder();
    appendUse(folder, use(0));
    const reader = followHistory(folder);
    const line = JSON.stringify(use(2));
    writeFileSync(join(folder, 'history'), `not json\n{"token":1}\n${line.slice(0, 9)}`, { flag: 'a' });
    expect(reader.news()).toEqual([]);
    writeFileSync(join(folder, 'history'), `${line.slice(9)}\n`, { flag: 'a' });
    expect(reader.news()).toEqual([use(2)]);
  });

  test('that cannot be written keeps nobody from letting go', () => {
    expect(() => appendUse(join(temporaryFolder(), 'nothing'), use(1))).not.toThrow();
  });
});

describe("Linux's list of locks", () => {
  const list = (text: string) => {
    const file = join(temporaryFolder(), 'locks');
    writeFileSync(file, text);
    return file;
  };

  test('names holders and waiters of this very file', () => {
    const { file } = makePlace();
    writeFileSync(file, '');
    const { ino, dev } = statSync(file);
    const hex = (number: number) => number.toString(16).padStart(2, '0');
    // As the C library packs small device numbers.
    const device = `${hex((dev >> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >> 12) & ~0xff))}`;
    const locks = list(
      [
        `1: POSIX  ADVISORY  WRITE 11 ${device}:${ino} 0 EOF`,
        `2: FLOCK  ADVISORY  WRITE 0 ${device}:${ino} 0 EOF`,
        `2: -> FLOCK  ADVISORY  READ ${process.pid} ${device}:${ino} 0 EOF`,
        `3: FLOCK  ADVISORY  WRITE 12 ff:ff:${ino} 0 EOF`,
        `4: FLOCK  ADVISORY  WRITE 13 ${device}:${ino + 1} 0 EOF`,
        'what nobody expects',
      ].join('\n'),
    );
    expect(readForeignLocks(file, locks)).toMatchObject([
      { pid: undefined, program: undefined, mode: 'exclusive', waits: false },
      { pid: process.pid, mode: 'shared', waits: true },
    ]);
  });

  test.skipIf(!existsSync('/proc/self/mountinfo'))(
    'calls a file as its mount does, where each folder has a device of its own',
    () => {
      const { file } = makePlace();
      writeFileSync(file, '');
      const opened = openSync(file, 'r');
      const facts = readFileSync(`/proc/self/fdinfo/${opened}`, 'utf8');
      const { ino } = fstatSync(opened);
      closeSync(opened);
      const mount = /^mnt_id:\s*(\d+)$/m.exec(facts)?.[1];
      const mounts = list(`9${mount} 1 0:99 / / rw - btrfs x rw\n${mount} 1 0:171 / / rw - btrfs x rw\n`);
      const locks = list(
        [
          `1: FLOCK  ADVISORY  WRITE 0 00:ab:${ino} 0 EOF`,
          `2: FLOCK  ADVISORY  WRITE 0 00:63:${ino} 0 EOF`,
        ].join('\n'),
      );
      expect(readForeignLocks(file, locks, mounts)).toEqual([
        { pid: undefined, program: undefined, mode: 'exclusive', waits: false },
      ]);
    },
  );

  test('may name one process twice, or none of several: each has an id of its own', () => {
    const place = makePlace();
    writeFileSync(place.file, '');
    const { ino, dev } = statSync(place.file);
    const hex = (number: number) => number.toString(16).padStart(2, '0');
    const device = `${hex((dev >> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >> 12) & ~0xff))}`;
    const lock = (order: string, mode: string, pid: number) =>
      `${order} FLOCK  ADVISORY  ${mode} ${pid} ${device}:${ino} 0 EOF`;
    const locks = list(
      [
        lock('1:', 'READ', process.pid),
        lock('2:', 'READ', process.pid),
        lock('3:', 'READ', 0),
        lock('4:', 'READ', 0),
        lock('4: ->', 'WRITE', 0),
      ].join('\n'),
    );
    const line = openOsLock(place, 'laptop', locks).look();
    if (!line.ok) throw new Error(line.error.message);
    const ids = [...line.value.holders, ...line.value.waiting].map(({ id }) => id);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(5);
    expect(ids).toContain(`process-${process.pid}`);
  });

  test('is not there on other systems; then a try tells that somebody has the lock', () => {
    const place = makePlace();
    const missing = join(temporaryFolder(), 'locks');
    expect(readForeignLocks(place.file, missing)).toEqual([]);
    const os = openOsLock(place, 'laptop', missing);
    expect(os.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
    const other = tryLockFile(place.file, 'exclusive', true);
    expect(readForeignLocks(place.file, missing)).toBeUndefined();
    const stranger = { id: 'another-program', facts: undefined, mode: 'exclusive' };
    expect(os.look()).toMatchObject({ value: { holders: [stranger] } });
    expect(os.breakOff(['another-program']).ok).toBe(true);
    expect(other?.isInPlace()).toBe(false);
    other?.release();
  });
});
