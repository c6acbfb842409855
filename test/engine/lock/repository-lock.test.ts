/** The queue of one process, and several processes in one line. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { createLockFixture, follow, heldBy, request } from './lock-fixture.ts';

const wish = { agent: 'human', operation: 'pull', mode: 'exclusive', sinceMs: 0 } as const;

describe('in one process', () => {
  test('a free lock is taken in the same turn, and has waited for nobody', async () => {
    const { process, world } = createLockFixture();
    const held = heldBy(await process().acquire(request('pull')));
    expect(held).toMatchObject({ token: 1, mode: 'exclusive', waitedMs: 0 });
    expect(held.isValid()).toBe(true);
    held.release();
    expect(world.uses).toMatchObject([{ operation: 'pull', agent: 'human', contended: false, token: 1 }]);
  });

  test('those who wait are served in the order in which they came, at once when it is free', async () => {
    const { process, clock } = createLockFixture();
    const lock = process();
    const first = heldBy(await lock.acquire(request('first')));
    const [second, third] = [follow(lock.acquire(request('second'))), follow(lock.acquire(request('third')))];
    await clock.advance(500);
    expect([second.held, third.held]).toEqual([undefined, undefined]);
    first.release();
    await clock.settle();
    expect(second.held?.waitedMs).toBe(500);
    expect(third.held).toBeUndefined();
    second.held?.release();
    await clock.settle();
    expect(third.held?.token).toBe(3);
  });

  test('readers are in together, and do not starve a writer', async () => {
    const { process, clock } = createLockFixture();
    const lock = process();
    const reading = () => follow(lock.acquire(request('read', { mode: 'shared' })));
    const [one, other] = [reading(), reading()];
    const writer = follow(lock.acquire(request('write')));
    const late = reading();
    await clock.advance(1_000);
    expect([one.held?.mode, other.held?.mode, writer.held, late.held]).toEqual([
      'shared',
      'shared',
      undefined,
      undefined,
    ]);
    one.held?.release();
    await clock.settle();
    expect(writer.held).toBeUndefined();
    other.held?.release();
    await clock.settle();
    expect(writer.held?.isValid()).toBe(true);
    writer.held?.release();
    await clock.settle();
    expect(late.held?.isValid()).toBe(true);
  });

  test('letting go twice is harmless to who is next', async () => {
    const { process, clock } = createLockFixture();
    const lock = process();
    const first = heldBy(await lock.acquire(request('first')));
    first.release();
    const second = heldBy(await lock.acquire(request('second')));
    first.release();
    await clock.settle();
    expect(second.isValid()).toBe(true);
    expect(first.check()).toMatchObject({ ok: false, error: { code: 'lock-lost' } });
    expect(first.renew().ok).toBe(false);
  });
});

test('names that drive a terminal, or have no end, are told on one line and cut, wherever they are told', async () => {
  const { process, clock, warnings, world } = createLockFixture();
  const lock = process();
  const hostile = { agent: `\u001b]0;mine\u0007${'x'.repeat(1_000_000)}`, operation: 'one\n\u202etwo' };
  void lock.acquire({ ...request('pull'), ...hostile });
  const late = follow(lock.acquire(request('note', { waitMs: 1_000 })));
  await clock.advance(limits.lockLeaseMs);
  const told = [late.problem?.message ?? '', ...warnings, ...world.uses.map(({ agent }) => agent)];
  expect(told).toHaveLength(3);
  for (const text of told) {
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text.length).toBeLessThan(3 * limits.lockNameCharacters);
  }
  expect(world.uses[0]?.operation).toBe('one⟨U+000A⟩⟨U+202E⟩two');
});

describe('who will not wait for ever', () => {
  test('is told who is in the way, and nobody behind suffers', async () => {
    const { process, clock } = createLockFixture();
    const lock = process(7);
    const first = heldBy(await lock.acquire(request('consolidation', { agent: 'skein' })));
    const impatient = follow(lock.acquire(request('pull', { waitMs: 2_000 })));
    const patient = follow(lock.acquire(request('note')));
    await clock.advance(2_000);
    expect(impatient.problem).toEqual(
      problem(
        'lock-busy',
        '/site',
        'The lock of /site was not free within 2 s: held by skein on laptop (process 7), for “consolidation”.',
        'Try again later, or wait longer; `skein lock status` shows who holds it and who waits.',
      ),
    );
    first.release();
    await clock.settle();
    expect(patient.held?.isValid()).toBe(true);
  });

  test('may ask for now or not at all', async () => {
    const { process, clock } = createLockFixture();
    const lock = process();
    const held = heldBy(await lock.acquire(request('first', { waitMs: 0 })));
    const outcome = follow(lock.acquire(request('second', { waitMs: 0 })));
    await clock.advance(0);
    expect(outcome.problem?.code).toBe('lock-busy');
    expect(held.isValid()).toBe(true);
  });

  test('may stop waiting, or never begin', async () => {
    const { process, clock, world } = createLockFixture();
    const lock = process();
    const first = heldBy(await lock.acquire(request('first')));
    const stop = new AbortController();
    const waiting = follow(lock.acquire(request('second', { signal: stop.signal, waitMs: 9_000 })));
    const behind = follow(lock.acquire(request('third')));
    await clock.advance(50);
    stop.abort();
    await clock.settle();
    expect(waiting.problem?.code).toBe('stopping');
    expect(await lock.acquire(request('fourth', { signal: stop.signal }))).toMatchObject({ ok: false });
    first.release();
    await clock.settle();
    expect(behind.held?.isValid()).toBe(true);
    behind.held?.release();
    expect(clock.nextDueMs()).toBeUndefined();
    expect(world.open().look()).toEqual(ok({ holders: [], waiting: [] }));
  });
});

describe('several processes', () => {
  test('are served in the order in which they came, whatever each has in its own queue', async () => {
    const { process, clock } = createLockFixture();
    const [one, other] = [process(1), process(2)];
    const first = heldBy(await one.acquire(request('first')));
    const served: string[] = [];
    const queue = (lock: typeof one, operation: string) =>
      lock.during(request(operation), async () => {
        served.push(operation);
        return ok(undefined);
      });
    const all = [queue(other, 'second'), queue(one, 'third'), queue(other, 'fourth'), queue(one, 'fifth')];
    first.release();
    await clock.advance(1_000);
    await Promise.all(all);
    expect(served).toEqual(['second', 'third', 'fourth', 'fifth']);
  });

  test('one that dies leaves nothing behind, neither its lock nor its places', async () => {
    const { process, clock, world } = createLockFixture();
    const [one, other] = [process(1), process(2)];
    heldBy(await one.acquire(request('first')));
    follow(one.acquire(request('second')));
    const waiting = follow(other.acquire(request('third')));
    await clock.advance(100);
    expect(waiting.held).toBeUndefined();
    world.kill(1);
    await clock.advance(limits.lockPollLongestMs);
    expect(waiting.held?.isValid()).toBe(true);
  });

  test('a program that knows nothing of the line is waited for', async () => {
    const { process, clock, world } = createLockFixture();
    world.setForeign(true);
    const waiting = follow(process().acquire(request('pull')));
    await clock.advance(10 * limits.lockLeaseMs);
    expect(waiting.held).toBeUndefined();
    world.setForeign(false);
    await clock.advance(limits.lockPollLongestMs);
    expect(waiting.held?.isValid()).toBe(true);
    expect(world.uses).toEqual([]);
    waiting.held?.release();
    expect(world.uses).toMatchObject([{ contended: true, operation: 'pull' }]);
  });

  test('who is stopped in front of a free lock is passed by, and stands where it stood when it goes on', async () => {
    const { process, clock, world } = createLockFixture();
    const first = heldBy(await process(1).acquire(request('first')));
    const stopped = world.open('laptop', 2).stand({ ...wish, operation: 'stopped' });
    const waiting = follow(process(3).acquire(request('pull')));
    await clock.advance(3 * limits.lockStallMs);
    expect(world.open().look()).toMatchObject({
      value: { waiting: [{ facts: { operation: 'stopped' } }, {}] },
    });
    first.release();
    await clock.advance(limits.lockStallMs);
    expect(waiting.held).toBeUndefined();
    await clock.advance(2 * limits.lockLookMs);
    expect(waiting.held?.isValid()).toBe(true);
    const last = follow(process(4).acquire(request('last')));
    expect(stopped.ok && stopped.value.take()).toEqual(ok(undefined));
    waiting.held?.release();
    await clock.advance(limits.lockPollLongestMs);
    expect(last.held).toBeUndefined();
    expect(stopped.ok && stopped.value.take()).toMatchObject({ ok: true, value: { token: 3 } });
  });

  test('the tries of a waiter become fewer, and never stop', async () => {
    const { process, clock, world } = createLockFixture();
    world.setForeign(true);
    void process().acquire(request('pull'));
    const waitsMs: number[] = [];
    for (let tries = 0; tries < 60; tries += 1) {
      const dueMs = (clock.nextDueMs() ?? Number.NaN) - clock.monotonicMs();
      waitsMs.push(dueMs);
      await clock.advance(dueMs);
    }
    expect(waitsMs[0]).toBe(limits.lockPollShortestMs);
    expect(waitsMs.at(-1)).toBe(limits.lockPollLongestMs);
    expect(waitsMs).toEqual(waitsMs.toSorted((left, right) => left - right));
  });
});

describe('what cannot be done', () => {
  const full = problem('disk-full', '/site', 'The disk is full.', 'Make room.');

  test('is told to who comes, and to who waits', async () => {
    const { process, clock, world } = createLockFixture();
    const lock = process();
    world.setForeign(true);
    const waiting = follow(lock.acquire(request('pull')));
    world.failWith(full);
    expect(await lock.acquire(request('note'))).toEqual(err(full));
    await clock.advance(limits.lockPollLongestMs);
    expect(waiting.problem).toEqual(full);
    expect(clock.nextDueMs()).toBeUndefined();
  });
});

describe('work under the lock', () => {
  test('is given what it holds, and the lock is let go of with its answer', async () => {
    const { process, world } = createLockFixture();
    const lock = process();
    const answer = await lock.during(request('note'), async (held) => ok(held.token));
    expect(answer).toEqual(ok(1));
    expect(world.uses).toHaveLength(1);
  });

  test('lets go of the lock when it fails or throws', async () => {
    const { process, world } = createLockFixture();
    const lock = process();
    const failed = err(problem('internal', 'x', 'No.', 'Wait.'));
    expect(await lock.during(request('note'), async () => failed)).toEqual(failed);
    const throwing = lock.during(request('note'), async () => {
      throw new Error('broken');
    });
    await expect(throwing).rejects.toThrow('broken');
    expect(world.uses).toHaveLength(2);
    expect(heldBy(await lock.acquire(request('next'))).isValid()).toBe(true);
  });

  test('does not begin without the lock', async () => {
    const { process, clock, world } = createLockFixture();
    world.setForeign(true);
    let begun = false;
    const outcome = process().during(request('note', { waitMs: 10 }), async () => {
      begun = true;
      return ok(undefined);
    });
    await clock.advance(10);
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'lock-busy' } });
    expect(begun).toBe(false);
  });
});
