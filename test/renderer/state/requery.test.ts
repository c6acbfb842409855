import { describe, expect, it } from 'vitest';
import { createRequery } from '../../../renderer/src/state/requery.ts';
import { ManualTimers, settled } from '../manual-timers.ts';

function start() {
  const timers = new ManualTimers();
  const questions: { signal: AbortSignal; answer: () => void }[] = [];
  const requery = createRequery(
    timers,
    (signal) => new Promise((resolve) => questions.push({ signal, answer: resolve })),
  );
  const answer = async (index: number) => {
    questions[index]!.answer();
    await settled();
  };
  return { timers, questions, requery, answer };
}

describe('asking again', () => {
  it('asks once at a time, and once more for all that came meanwhile', async () => {
    const { timers, questions, requery, answer } = start();
    requery.request();
    requery.request();
    requery.request();
    expect(questions).toHaveLength(1);
    await answer(0);
    await timers.pass(100);
    expect(questions).toHaveLength(2);
    await answer(1);
    await timers.pass(1_000);
    expect(questions).toHaveLength(2);
  });

  it('rests longer after a slow answer', async () => {
    const { timers, questions, requery, answer } = start();
    requery.request();
    await timers.pass(200);
    await answer(0);
    requery.request();
    await timers.pass(599);
    expect(questions).toHaveLength(1);
    await timers.pass(1);
    expect(questions).toHaveLength(2);
  });

  it('drops the old question for a new input', async () => {
    const { timers, questions, requery, answer } = start();
    requery.request();
    requery.restart();
    expect(questions).toHaveLength(2);
    expect(questions[0]!.signal.aborted).toBe(true);
    await answer(0);
    requery.request();
    expect(questions).toHaveLength(2);
    await answer(1);
    await timers.pass(100);
    expect(questions).toHaveLength(3);
  });

  it('asks nothing after it was stopped', async () => {
    const { timers, questions, requery, answer } = start();
    requery.request();
    requery.request();
    requery.stop();
    await answer(0);
    await timers.pass(5_000);
    expect(questions).toHaveLength(1);
    expect(timers.waiting).toBe(0);
  });
});
