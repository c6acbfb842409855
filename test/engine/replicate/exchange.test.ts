/** Exchanging with one other side: what is asked, what is given, what happens when it fails, and when it is tried again. */
import { describe, expect, test } from 'vitest';
import {
  createExchange,
  type HomeSide,
  type LinkState,
} from '../../../electron/engine/replicate/exchange.ts';
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import type { Contents, Page, Push, Row } from '../../../shared/contracts/peer-protocol.ts';
import { formatVector, joinVectors, parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../shared/result.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { allRights } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const [here, there] = ['a'.repeat(16), 'b'.repeat(16)] as const;
const unreachable = problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.');
const full = problem('disk-full', 'the log', 'The disk is full.', 'Make room.');

const rowsOf = (node: string, from: number, to: number): Row[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    node,
    sequence: from + index + 1,
    hlc: String(from + index + 1).padStart(32, '0'),
    kind: 'hidden' as const,
  }));

const vectorOf = (text: string): Vector => {
  const parsed = parseVector(text);
  return parsed.ok ? parsed.value : {};
};

const nothingHidden: Pick<HomeSide, 'scope' | 'at' | 'unasked' | 'noteHidden'> = {
  scope: () => '',
  at: () => expect.unreachable('nothing is hidden'),
  unasked: () => [],
  noteHidden: () => undefined,
};

/** Both sides as numbers of rows; each question to the other side is noted and may be answered differently. */
function setUp(options: { batchSize?: number; mostRows?: number; ours?: number; theirs?: number } = {}) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const it = {
    clock,
    asked,
    ours: { [here]: options.ours ?? 0 } as Record<string, number>,
    theirs: { [there]: options.theirs ?? 0 } as Record<string, number>,
    awaited: [] as string[],
    /** Rows of one page that we take; the rest is cut off. */
    takenAtOnce: Number.POSITIVE_INFINITY,
    answers: new Map<string, Result<never>>(),
    rights: { ...allRights },
    problems: [] as Problem[],
    /** Nodes of which a page shows another run than ours. */
    parted: (): string[] => [],
    /** Runs in the middle of a question. */
    during: (_question: string): void => undefined,
    changed: (_state: LinkState): void => undefined,
    /** What the other side says that it holds after a push. */
    pushed: (): Vector => it.theirs,
    contents: (hashes: readonly string[]): Contents => ({
      contents: hashes.map((hash) => ({ hash, body: null })),
    }),
  };
  const said = (vector: Vector) => ({
    node_id: there,
    vector: formatVector(vector),
    now_ms: clock.nowMs() + 5_000,
  });
  const pageOf = (from: Vector, node: string, since: Vector, limit: number): Page => {
    const rows = rowsOf(node, since[node] ?? 0, Math.min(from[node] ?? 0, (since[node] ?? 0) + limit));
    const reached = (since[node] ?? 0) + rows.length;
    return { ...said(from), changes: rows, watermark: '', has_more: reached < (from[node] ?? 0) };
  };
  const home: HomeSide = {
    vector: () => ({ ...it.ours }),
    offered: () => ({ ...it.ours }),
    page: (_, since, limit) => pageOf(it.ours, here, since, limit),
    turn: async () => undefined,
    parted: () => [],
    ahead: () => ({ changes: 0, bytes: 0 }),
    ...nothingHidden,
    async take({ changes }) {
      const before = it.ours[there] ?? 0;
      const rows = changes.slice(0, it.takenAtOnce);
      it.ours[there] = Math.max(before, ...rows.map(({ sequence }) => sequence));
      return ok({
        conflicts: 0,
        problems: it.problems,
        parted: it.parted(),
        cut: rows.length < changes.length,
      });
    },
    awaited: () => it.awaited,
    contents: (_, hashes) => hashes.map((hash) => ({ hash, body: null })),
    async takeContents({ contents }) {
      asked.push(`got ${contents.length} contents`);
      return ok(null);
    },
  };
  const answer = <Value>(question: string, value: () => Value): Result<Value> => {
    asked.push(question);
    const failure = it.answers.get(question.split(' ')[0] ?? '');
    if (failure !== undefined) return failure;
    const answered = ok(value());
    it.during(question);
    return answered;
  };
  const link: PeerLink = {
    id: 'b',
    name: 'B',
    rights: () => it.rights,
    watermark: async () => err(unreachable),
    changes: async (since, limit) =>
      answer(`changes ${since}`, () => pageOf(it.theirs, there, vectorOf(since), limit)),
    push: async (push: Push) =>
      answer(`push ${push.changes.length}`, () => {
        it.theirs[here] = Math.max(it.theirs[here] ?? 0, ...push.changes.map(({ sequence }) => sequence));
        return {
          accepted: true,
          conflicts: [],
          new_watermark: '',
          vector: formatVector(it.pushed()),
          problems: [],
        };
      }),
    hidden: async () => err(unreachable),
    contents: async (hashes) => answer(`contents ${hashes.length}`, () => it.contents(hashes)),
  };
  const exchange = createExchange(
    {
      clock,
      random: createSeededRandom(1),
      home,
      settings: () => ({
        intervalMs: 60_000,
        batchSize: options.batchSize ?? 10,
        mostRows: options.mostRows ?? 1_000,
        retries: 3,
      }),
      changed: (state) => it.changed(state),
    },
    link,
    {},
  );
  return Object.assign(it, { exchange });
}

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

describe('an other side that lies', () => {
  const nodesFrom = (first: number, count: number): Vector =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [(first + index).toString(16).padStart(16, '0'), 1]),
    );

  test('by making up new changes at each question keeps no exchange running', async () => {
    const it = setUp({ theirs: 25 });
    it.during = (question) => {
      if (question.startsWith('changes')) it.theirs[there] = (it.theirs[there] ?? 0) + 10;
      if (it.asked.length > 20) it.exchange.stop();
    };
    await it.exchange.run();
    expect(it.ours[there]).toBeGreaterThanOrEqual(25);
    expect(it.asked.length).toBeLessThan(6);
    const before = it.ours[there] ?? 0;
    await it.exchange.run();
    expect(it.ours[there]).toBeGreaterThan(before);
  });

  test('or by holding more than anybody could write is taken in parts', async () => {
    const it = setUp({ theirs: 1_000_000_000_000, mostRows: 30 });
    it.during = () => {
      if (it.asked.length > 20) it.exchange.stop();
    };
    for (const taken of [30, 60]) {
      await it.exchange.run();
      expect(it.ours[there]).toBe(taken);
    }
  });

  test('by another run at each question keeps no exchange running', async () => {
    const it = setUp({ theirs: 5 });
    it.takenAtOnce = 0;
    let runs = 0;
    it.parted = () => {
      runs += 1;
      if (runs > 1_000) it.exchange.stop();
      return [runs.toString(16).padStart(16, '0')];
    };
    await it.exchange.run();
    expect(runs).toBeLessThan(100);
  });

  test('by new changes in the middle of a comparison keeps none running', async () => {
    const it = setUp({ theirs: 25 });
    it.parted = () => [here];
    it.during = (question) => {
      if (question.startsWith('changes')) it.theirs[there] = (it.theirs[there] ?? 0) + 10;
      if (it.asked.length > 100) it.exchange.stop();
    };
    await it.exchange.run();
    expect(it.asked.length).toBeLessThan(20);
  });

  test('about what it holds after each push is not given the same page for ever', async () => {
    const it = setUp({ ours: 3 });
    let pushes = 0;
    it.pushed = () => {
      pushes += 1;
      if (pushes > 20) it.exchange.stop();
      return nodesFrom(pushes * 1_000, 1_000);
    };
    await it.exchange.run();
    expect(pushes).toBeLessThan(3);
  });

  test('and holds other nodes each time that it says something fills no memory', () => {
    const it = setUp();
    for (let said = 0; said < 20; said++) {
      const vector = formatVector(nodesFrom(said * limits.vectorNodes, limits.vectorNodes));
      it.exchange.hear({ node_id: there, vector, now_ms: 0 });
    }
    expect(Object.keys(it.exchange.state.vector).length).toBeLessThanOrEqual(limits.vectorNodes);
    expect(Object.keys(it.exchange.state.said).length).toBeLessThanOrEqual(limits.vectorNodes);
  });
});

describe('rights', () => {
  test('to write that are taken away while a page is on its way: nothing of it is taken', async () => {
    const it = setUp({ theirs: 25 });
    it.during = (question) => {
      if (question === `changes ${there}:10`) it.rights = { ...allRights, write: false };
    };
    await it.exchange.run();
    expect(it.ours[there]).toBe(10);
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
