/** Do two replicas mean the same changes by the same sequences? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRunEnds, findParting } from '../../../electron/engine/replicate/run-ends.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { createLogFixture } from './log-fixture.ts';

describe('the ends of runs', () => {
  test('are named where both hold a node, at the last sequence of both', () => {
    const log = createLogFixture(1);
    const [first, second] = [log.write('a.md', 'one'), log.write('a.md', 'two')];
    const ends = createRunEnds(log.sql);
    const between = (sequence: number) => ends.between({ [log.node()]: sequence }, log.vector());
    expect(between(1)).toEqual([{ node: log.node(), sequence: 1, hlc: first.stamp }]);
    expect(between(9)).toEqual([{ node: log.node(), sequence: 2, hlc: second.stamp }]);
    expect(ends.between({}, log.vector())).toEqual([]);
    expect(ends.between({ other: 3 }, log.vector())).toEqual([]);
  });

  test('that are ours, or of what we lack, tell of nothing; another stamp in a place that we hold does', () => {
    const log = createLogFixture(1);
    const { stamp } = log.write('a.md', 'one');
    const { parted } = createRunEnds(log.sql);
    const end = { node: log.node(), sequence: 1, hlc: stamp };
    expect(parted([end])).toEqual([]);
    expect(parted([{ ...end, sequence: 2, hlc: 'f'.repeat(32) }])).toEqual([]);
    expect(parted([{ ...end, hlc: 'f'.repeat(32) }])).toEqual([log.node()]);
  });
});

describe('the place where two runs part', () => {
  test('is found, whatever it is, with few questions', async () => {
    const place = fc
      .integer({ min: 1, max: 100_000 })
      .chain((last) => fc.tuple(fc.constant(last), fc.nat(last - 1)));
    await fc.assert(
      fc.asyncProperty(place, async ([last, agreed]) => {
        let asked = 0;
        const found = await findParting(last, async (sequence) => {
          asked += 1;
          return ok(sequence <= agreed);
        });
        expect(found).toEqual({ ok: true, value: agreed });
        expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(last)));
      }),
    );
  });

  test('is not found when the other side does not answer', async () => {
    const gone = problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.');
    expect(await findParting(10, async () => err(gone))).toEqual({ ok: false, error: gone });
  });
});
