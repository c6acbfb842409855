/** An exchange ends, and fills no memory, whatever the other side says. */
import { describe, expect, test } from 'vitest';
import { formatVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { here, setUp, there } from './exchange-fixture.ts';

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
