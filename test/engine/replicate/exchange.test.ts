/** Exchanging with one other side: what is asked, what is given, what happens when it fails, and when it is tried again. */
import { describe, expect, test } from 'vitest';
import { joinVectors } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ProblemError } from '../../../shared/result.ts';
import { allRights } from '../../support/memory-network.ts';
import { full, here, setUp, there, unreachable } from './exchange-fixture.ts';

describe('an exchange', () => {
  test('asks for what we lack, a page at a time, then gives what the other side lacks', async () => {
    const it = setUp({ ours: 25, theirs: 15 });
    expect(await it.exchange.run()).toMatchObject({ ok: true, value: { pulled: 15, pushed: 25 } });
    expect(it.asked).toEqual([
      `changes ${here}:25`,
      `changes ${here}:25,${there}:10`,
      'push 10',
      'push 10',
      'push 5',
    ]);
    expect(it.theirs).toEqual({ [here]: 25, [there]: 15 });
    expect(it.exchange.state).toMatchObject({
      failures: 0,
      node: there,
      clockOffsetMs: 5_000,
      pulled: 15,
      pushed: 25,
    });
  });

  test('takes nothing from whom may not write, and gives nothing to whom may not read', async () => {
    const it = setUp({ ours: 3, theirs: 3 });
    it.rights = { ...allRights, write: false, read: false };
    await it.exchange.run();
    expect(it.asked).toEqual([]);
  });

  test('asks again for what of the last page could not be taken with it', async () => {
    const it = setUp({ theirs: 8 });
    it.takenAtOnce = 3;
    await it.exchange.run();
    expect(it.ours[there]).toBe(8);
    expect(it.asked).toEqual(['changes 0', `changes ${there}:3`, `changes ${there}:6`]);
  });

  test('that brings nothing new ends, whatever the other side promises', async () => {
    const it = setUp({ theirs: 5 });
    it.ours[there] = 5;
    await it.exchange.run();
    expect(it.asked).toHaveLength(1);
  });

  test('tells what was refused, and forgets it when it is over', async () => {
    const it = setUp({ theirs: 1 });
    it.problems = [unreachable];
    await it.exchange.run();
    expect(it.exchange.state.problem).toEqual(unreachable);
    it.problems = [];
    await it.exchange.run();
    expect(it.exchange.state.problem).toBeUndefined();
  });
});

describe('rights', () => {
  test('to write that are taken away while a page is on its way: nothing of it is taken', async () => {
    const it = setUp({ theirs: 55 });
    let held: number | undefined;
    it.during = (question) => {
      if (question !== `changes ${there}:30`) return;
      it.rights = { ...allRights, write: false };
      held = it.ours[there];
    };
    await it.exchange.run();
    expect(held).toBeGreaterThanOrEqual(10);
    expect(it.ours[there]).toBe(held);
  });

  test('to read that are taken away between two pages: no other is given', async () => {
    const it = setUp({ ours: 25 });
    it.during = (question) => {
      if (question === 'push 10') it.rights = { ...allRights, read: false };
    };
    await it.exchange.run();
    expect(it.theirs[here]).toBe(10);
  });
});

describe('contents that did not come along', () => {
  const hashes = Array.from({ length: limits.contentsAsked + 50 }, (_, index) => String(index));

  test('are all asked for, so many at once', async () => {
    const it = setUp();
    it.awaited = hashes;
    await it.exchange.run();
    expect(it.asked.slice(1)).toEqual(['contents 200', 'got 200 contents', 'contents 50', 'got 50 contents']);
  });

  test('are asked for again when an answer left them out for its size, and not when it left out all', async () => {
    const it = setUp();
    it.awaited = hashes.slice(0, 3);
    it.contents = ([first]) => ({
      contents: first === '2' || first === undefined ? [] : [{ hash: first, body: null }],
    });
    await it.exchange.run();
    expect(it.asked.filter((question) => question.startsWith('contents'))).toEqual([
      'contents 3',
      'contents 2',
      'contents 1',
    ]);
  });
});

describe('what the other side is known to have', () => {
  test('is not forgotten over an older answer', async () => {
    const it = setUp({ ours: 4 });
    it.theirs[here] = 4;
    // It took our rows by itself while its answer, from before that, was on its way.
    it.during = (question) => {
      if (question.startsWith('changes')) it.exchange.answered({}, { [here]: 4 });
    };
    const { changes } = { changes: it.theirs };
    delete changes[here];
    await it.exchange.run();
    expect(it.exchange.state.vector).toMatchObject({ [here]: 4 });
    expect(it.asked.filter((question) => question.startsWith('push'))).toEqual([]);
  });

  test('is not forgotten over the answer to a push', async () => {
    const it = setUp({ ours: 1 });
    it.during = (question) => {
      if (question.startsWith('push')) it.exchange.hear({ node_id: there, vector: `${there}:9`, now_ms: 0 });
    };
    await it.exchange.run();
    expect(it.exchange.state.vector).toEqual({ [here]: 1, [there]: 9 });
  });

  test('is forgotten when it is another log by now', () => {
    const it = setUp();
    it.exchange.hear({ node_id: there, vector: `${here}:9`, now_ms: 0 });
    it.exchange.hear({ node_id: 'c'.repeat(16), vector: `${here}:2`, now_ms: 0 });
    expect(it.exchange.state.vector).toEqual({ [here]: 2 });
  });

  test('is forgotten when it went back in time: what it lost is given again, though it never asks', async () => {
    const it = setUp({ ours: 3 });
    await it.exchange.run();
    expect(it.theirs[here]).toBe(3);
    it.theirs[here] = 1;
    await it.exchange.run();
    expect(it.theirs[here]).toBe(3);
  });

  test('is what it says when it asks: what it lost is given again', () => {
    const it = setUp();
    it.exchange.hear({ node_id: there, vector: `${here}:9`, now_ms: 0 });
    it.exchange.answered({ [here]: 2 }, { [here]: 3 });
    expect(it.exchange.state.vector).toEqual({ [here]: 3 });
  });

  test('a vector that cannot be read changes nothing', () => {
    const it = setUp();
    it.exchange.hear({ node_id: there, vector: `${here}:9`, now_ms: 0 });
    it.exchange.hear({ node_id: there, vector: 'nonsense', now_ms: 0 });
    expect(it.exchange.state.vector).toEqual({ [here]: 9 });
  });

  test('one that takes by itself is given nothing besides', async () => {
    const it = setUp({ ours: 30, batchSize: 10 });
    it.during = (question) => {
      if (question.startsWith('push'))
        it.exchange.answered(it.theirs, joinVectors(it.theirs, { [here]: 20 }));
    };
    await it.exchange.run();
    expect(it.asked.filter((question) => question.startsWith('push'))).toEqual(['push 10']);
  });
});

test('one that is in the middle of taking is given nothing by the next exchange either, unless it falls silent', async () => {
  const it = setUp({ ours: 30 });
  it.exchange.answered({}, { [here]: 10 });
  it.exchange.wake('give');
  await it.clock.advance(0);
  expect(it.asked).toEqual([]);
  it.exchange.answered({ [here]: 10 }, { [here]: 30 });
  it.ours[here] = 31;
  it.exchange.wake('give');
  await it.clock.advance(0);
  expect(it.asked).toEqual(['push 1']);
  it.ours[here] = 60;
  it.exchange.answered({ [here]: 31 }, { [here]: 40 });
  await it.clock.advance(limits.takingMs);
  it.exchange.wake('give');
  await it.clock.advance(0);
  expect(it.asked).toEqual(['push 1', 'push 10', 'push 10']);
});

describe('much, when two meet', () => {
  const pushes = ({ asked }: ReturnType<typeof setUp>) =>
    asked.filter((question) => question.startsWith('push'));

  test('is not given to one that asks for it at the same time', async () => {
    const it = setUp({ ours: limits.muchRows, batchSize: limits.muchRows });
    const run = it.exchange.run();
    await it.clock.advance(limits.meetingMs - 1);
    expect(pushes(it)).toEqual([]);
    it.exchange.answered({}, { [here]: limits.muchRows });
    expect(await run).toMatchObject({ ok: true, value: { pushed: 0 } });
    expect(pushes(it)).toEqual([]);
  });

  test('is given to one that does not ask, and the next time at once', async () => {
    const it = setUp({ ours: limits.muchRows, batchSize: limits.muchRows });
    const run = it.exchange.run();
    await it.clock.advance(limits.meetingMs);
    await run;
    expect(pushes(it)).toEqual([`push ${limits.muchRows}`]);
    it.ours[here] = 2 * limits.muchRows;
    await it.exchange.run();
    expect(pushes(it)).toHaveLength(2);
  });

  test('keeps nobody from stopping', async () => {
    const it = setUp({ ours: limits.muchRows });
    const run = it.exchange.run();
    await it.clock.advance(0);
    it.exchange.stop();
    expect(await run).toMatchObject({ ok: true, value: { pushed: 0 } });
  });
});

describe('when it is tried', () => {
  const pulls = ({ asked }: ReturnType<typeof setUp>): number =>
    asked.filter((it) => it.startsWith('changes')).length;

  test('news here are given at once, and nothing is asked', async () => {
    const it = setUp({ ours: 1 });
    it.exchange.wake('give');
    await it.clock.advance(0);
    expect(it.asked).toEqual(['push 1']);
  });

  test('nothing to give wakes nobody', async () => {
    const it = setUp();
    it.exchange.wake('give');
    await it.clock.advance(10);
    expect(it.asked).toEqual([]);
  });

  test('news that come meanwhile go right after', async () => {
    const it = setUp({ ours: 1 });
    it.during = () => {
      it.during = () => undefined;
      it.ours[here] = 2;
      it.exchange.wake('give');
    };
    it.exchange.wake('give');
    await it.clock.advance(1);
    expect(it.theirs[here]).toBe(2);
  });

  test('without news it asks once an interval', async () => {
    const it = setUp();
    await it.exchange.run();
    await it.clock.advance(59_999);
    expect(pulls(it)).toBe(1);
    await it.clock.advance(1);
    expect(pulls(it)).toBe(2);
  });

  test('after failures it waits longer each time, whatever news come, and never longer than an interval', async () => {
    const it = setUp({ ours: 1 });
    it.answers.set('changes', err(unreachable));
    await it.exchange.run();
    expect(it.exchange.state).toMatchObject({ failures: 1, problem: unreachable });
    it.exchange.wake('give');
    await it.clock.advance(limits.retryFirstMs / 2 - 1);
    expect(pulls(it)).toBe(1);
    await it.clock.advance(limits.retryFirstMs / 2 + 1);
    expect(pulls(it)).toBe(2);
    await it.clock.advance(600_000);
    const before = pulls(it);
    await it.clock.advance(600_000);
    expect(pulls(it) - before).toBeGreaterThanOrEqual(9);
    expect(pulls(it) - before).toBeLessThanOrEqual(21);
  });

  test('and answers again, it counts no failures any more', async () => {
    const it = setUp();
    it.answers.set('changes', err(unreachable));
    await it.exchange.run();
    it.answers.clear();
    await it.clock.advance(limits.retryFirstMs);
    expect(it.exchange.state).toMatchObject({ failures: 0, problem: undefined });
  });

  test('it was stopped, it is not tried any more', async () => {
    const it = setUp({ ours: 1 });
    await it.exchange.run();
    it.exchange.stop();
    it.ours[here] = 2;
    it.exchange.wake('both');
    await it.clock.advance(600_000);
    expect(it.theirs[here]).toBe(1);
  });
});

describe('a fault on our side', () => {
  test('is a failure like any other: nobody waits for what a timer began, and it is tried again', async () => {
    const it = setUp();
    const breaks = () => {
      throw new ProblemError(full);
    };
    it.changed = breaks;
    expect(await it.exchange.run()).toEqual({ ok: false, error: full });
    await it.clock.advance(limits.retryFirstMs);
    expect(it.exchange.state).toMatchObject({ running: false, failures: 2, problem: full });
    it.changed = () => undefined;
    await it.clock.advance(2 * limits.retryFirstMs);
    expect(it.exchange.state).toMatchObject({ failures: 0, problem: undefined });
  });
});
