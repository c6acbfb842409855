/** One event after another, whatever they do. */
import { describe, expect, test } from 'vitest';
import { createLoop, toProblem } from '../../electron/engine/loop.ts';
import { ProblemError, problem } from '../../shared/result.ts';

type Gate = { promise: Promise<void>; resolve: () => void };
const gate = (): Gate => Promise.withResolvers<void>();

function createRecordingLoop(work: (event: string) => Promise<void> | void = () => undefined) {
  const story: string[] = [];
  const loop = createLoop<string>(
    async (event) => {
      story.push(`begin ${event}`);
      await work(event);
      story.push(`end ${event}`);
    },
    (event, failure) => story.push(`${event} failed: ${failure.code} ${failure.message}`),
  );
  return { loop, story };
}

describe('the loop', () => {
  test('never runs two events at once, and keeps their order', async () => {
    const { loop, story } = createRecordingLoop(() => new Promise(setImmediate));
    for (const event of ['a', 'b', 'c']) loop.push(event);
    expect(story).toEqual([]);
    await loop.idle();
    expect(story).toEqual(['begin a', 'end a', 'begin b', 'end b', 'begin c', 'end c']);
  });

  test('what an event enqueues runs after what waited before it', async () => {
    const { loop, story } = createRecordingLoop((event) => {
      if (event === 'a') loop.push('child of a');
    });
    loop.push('a');
    loop.push('b');
    await loop.idle();
    expect(story.filter((line) => line.startsWith('begin'))).toEqual([
      'begin a',
      'begin b',
      'begin child of a',
    ]);
  });

  test('an event that fails is told, and the next one runs', async () => {
    const { loop, story } = createRecordingLoop((event) => {
      if (event === 'bad')
        throw new ProblemError(problem('disk-full', 'x', 'The disk is full.', 'Free some space.'));
      if (event === 'worse') throw 'a text';
    });
    for (const event of ['bad', 'worse', 'good']) loop.push(event);
    await loop.idle();
    expect(story).toContain('bad failed: disk-full The disk is full.');
    expect(story).toContain('worse failed: internal Something went wrong inside Skein: a text');
    expect(story.slice(-2)).toEqual(['begin good', 'end good']);
  });

  test('wakes up again after it was idle', async () => {
    const { loop, story } = createRecordingLoop();
    loop.push('a');
    await loop.idle();
    loop.push('b');
    await loop.idle();
    expect(story.at(-1)).toBe('end b');
  });

  test('idle waits for events that came while it waited', async () => {
    const { loop, story } = createRecordingLoop((event) => {
      if (event !== 'ddd') loop.push(`${event}d`);
    });
    loop.push('d');
    await loop.idle();
    expect(story.at(-1)).toBe('end ddd');
  });
});

describe('stopping', () => {
  test('lets the running event finish and returns the others', async () => {
    const held = gate();
    const { loop, story } = createRecordingLoop((event) => (event === 'a' ? held.promise : undefined));
    for (const event of ['a', 'b', 'c']) loop.push(event);
    await new Promise(setImmediate);
    const stopping = loop.stop();
    held.resolve();
    expect(await stopping).toEqual(['b', 'c']);
    expect(story).toEqual(['begin a', 'end a']);
  });

  test('takes nothing afterwards, not even from the event that was running', async () => {
    const held = gate();
    const { loop, story } = createRecordingLoop(async () => {
      await held.promise;
      loop.push('too late');
    });
    loop.push('a');
    await new Promise(setImmediate);
    const stopping = loop.stop();
    held.resolve();
    await stopping;
    loop.push('later still');
    await loop.idle();
    expect(story).toEqual(['begin a', 'end a']);
  });

  test('of an idle loop is at once, and twice is harmless', async () => {
    const { loop } = createRecordingLoop();
    expect(await loop.stop()).toEqual([]);
    expect(await loop.stop()).toEqual([]);
  });
});

test('anything thrown becomes a problem that a person can read', () => {
  const full = problem('disk-full', 'x', 'The disk is full.', 'Free some space.');
  expect(toProblem(new ProblemError(full))).toBe(full);
  expect(toProblem(new Error('boom'))).toMatchObject({
    code: 'internal',
    message: expect.stringContaining('boom'),
  });
  expect(toProblem(undefined).message).toContain('undefined');
});
