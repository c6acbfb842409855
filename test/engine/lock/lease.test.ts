/** Who holds the lock for too long loses it, is told so, and harms nobody. */
import { describe, expect, test } from 'vitest';
import { createRepositoryLock } from '../../../electron/engine/lock/repository-lock.ts';
import { limits } from '../../../shared/limits.ts';
import { createLockFixture, follow, heldBy, request } from './lock-fixture.ts';

const lease = limits.lockLeaseMs;

describe('a holder over its lease', () => {
  test('loses the lock, with a warning, and its late writes fail', async () => {
    const { process, clock, warnings } = createLockFixture();
    const lock = process();
    const late = heldBy(await lock.acquire(request('pull', { agent: 'claude-code' })));
    const next = follow(lock.acquire(request('note')));
    await clock.advance(lease - 1);
    expect(late.check().ok).toBe(true);
    expect(next.held).toBeUndefined();
    await clock.advance(1);
    expect(next.held?.token).toBe(late.token + 1);
    expect(late.isValid()).toBe(false);
    const outcome = late.check();
    expect(outcome).toMatchObject({ ok: false, error: { code: 'lock-lost', subject: '/site' } });
    expect(warnings).toEqual([
      '“pull” held the lock of /site for more than 300 s without renewing it, and lost it. ' +
        'What it wrote before stays; look at `git status`, then start the operation again.',
    ]);
    late.release();
    expect(next.held?.isValid()).toBe(true);
  });

  test('that renews keeps it, as often as it likes', async () => {
    const { process, clock, warnings, world } = createLockFixture();
    const held = heldBy(await process().acquire(request('pull')));
    for (let times = 0; times < 5; times += 1) {
      await clock.advance(lease - 1);
      expect(held.renew().ok).toBe(true);
    }
    expect(world.open().look()).toMatchObject({ value: { holders: [{ facts: { renewals: 5 } }] } });
    await clock.advance(lease);
    expect(held.renew()).toMatchObject({ ok: false, error: { code: 'lock-lost' } });
    expect(warnings).toHaveLength(1);
  });

  test('knows it by the clock when its process was stopped, before its timer runs', async () => {
    const { clock, world } = createLockFixture();
    let stoppedMs = 0;
    const machine = { ...clock, monotonicMs: () => clock.monotonicMs() + stoppedMs };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const lock = createRepositoryLock({ clock: machine, log, os: world.open(), repository: '/site' });
    const late = heldBy(await lock.acquire(request('pull')));
    stoppedMs = lease;
    expect(late.isValid()).toBe(false);
    expect(world.uses).toMatchObject([{ heldMs: lease }]);
  });

  test('is not one because somebody sets the wall clock', async () => {
    const { process, clock } = createLockFixture();
    const [one, other] = [process(1), process(2)];
    const held = heldBy(await one.acquire(request('pull')));
    const waiting = follow(other.acquire(request('note')));
    clock.jump(10 * lease);
    await clock.advance(lease / 2);
    clock.jump(-20 * lease);
    await clock.advance(lease / 4);
    expect(held.isValid()).toBe(true);
    expect(waiting.held).toBeUndefined();
  });
});

describe('a holder that hangs in another process', () => {
  const patience = lease + limits.lockGraceMs + limits.lockLookMs;

  /** A process that holds the lock and whose timers never run. */
  function hang(world: ReturnType<typeof createLockFixture>['world'], pid: number) {
    const turn = world.open('laptop', pid).stand({
      agent: 'codex-local',
      operation: 'task',
      mode: 'exclusive',
      sinceMs: 0,
    });
    const taken = turn.ok ? turn.value.take() : undefined;
    if (!taken?.ok || taken.value === undefined) throw new Error('The lock is not free.');
    return taken.value;
  }

  test('loses it to whoever waits for a whole lease and some more', async () => {
    const { process, clock, world, warnings } = createLockFixture();
    const hanging = hang(world, 9);
    const waiting = follow(process(1).acquire(request('note')));
    await clock.advance(lease);
    expect(waiting.held).toBeUndefined();
    expect(hanging.isOurs()).toBe(true);
    await clock.advance(patience - lease + limits.lockLookMs);
    expect(waiting.held?.isValid()).toBe(true);
    expect(hanging.isOurs()).toBe(false);
    expect(warnings).toEqual([
      'The lock of /site was taken from codex-local on laptop (process 9), for “task”: it was not renewed in time.',
    ]);
  });

  test('keeps it when it renews after all', async () => {
    const { process, clock, world } = createLockFixture();
    const slow = hang(world, 9);
    const waiting = follow(process(1).acquire(request('note')));
    await clock.advance(lease);
    slow.renew(1);
    await clock.advance(lease);
    expect(slow.isOurs()).toBe(true);
    expect(waiting.held).toBeUndefined();
  });
});

describe('a lock that somebody broke', () => {
  test('is lost, which the holder sees before its next write, and who waited has it', async () => {
    const { process, clock, world, warnings } = createLockFixture();
    const lock = process(1);
    const held = heldBy(await lock.acquire(request('pull')));
    const waiting = follow(process(2).acquire(request('note')));
    const line = lock.look();
    const ids = line.ok ? line.value.holders.map(({ id }) => id) : [];
    expect(process(3).breakOff(ids).ok).toBe(true);
    await clock.advance(limits.lockPollLongestMs);
    expect(waiting.held?.token).toBe(2);
    expect(held.check()).toMatchObject({
      error: {
        code: 'lock-lost',
        message: 'The lock of /site was taken from “pull”: somebody broke it, or removed its file.',
      },
    });
    held.release();
    expect(waiting.held?.isValid()).toBe(true);
    expect(world.uses).toHaveLength(1);
    expect(warnings).toEqual([]);
  });
});
