/** Two runs have one node id for a while: a consolidation folds the same changes on every replica all the same. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { recordConsolidation } from '../../../electron/engine/consolidate/record.ts';
import { forkNode } from '../../../electron/engine/log/fork.ts';
import { createFindCovered } from '../../../electron/engine/replicate/covered-runs.ts';
import { type Row, rowShape } from '../../../shared/contracts/peer-protocol.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const path = 'HANDOFF.md';

/** The same machine twice: of four changes the first two are the same, the last two were written later in the second life. */
function twoLives(): { earlier: LogFixture; later: LogFixture } {
  const [earlier, later] = [createLogFixture(1), createLogFixture(1)];
  for (const text of ['one', 'two']) for (const log of [earlier, later]) log.write(path, text);
  later.clock.jump(60_000);
  for (const text of ['three', 'four']) earlier.write(path, `${text} of the first life`);
  for (const text of ['three', 'four']) later.write(path, `${text} of the second life`);
  return { earlier, later };
}

/** A log of its own with all that the other one holds. */
function readerOf(other: LogFixture, seed: number): LogFixture {
  const log = createLogFixture(seed);
  log.clock.jump(120_000);
  log.take(other.page({}).changes);
  return log;
}

function consolidate(log: LogFixture): Row {
  recordConsolidation(log, { type: 'manual', conditions: {} }, defaultSettings);
  const row = log.page({}).changes.find(({ kind }) => kind === 'consolidated');
  if (row === undefined) throw new Error('nothing was pending');
  return rowShape.parse(row);
}

const foldedIn = ({ sql }: LogFixture): (string | null)[] =>
  sql
    .prepare<{ text: string; folded: string | null }>(
      'SELECT l.stamp AS text, k.stamp AS folded FROM log l LEFT JOIN log k ON k.position = l.consolidation WHERE l.path IS NOT NULL ORDER BY l.stamp',
    )
    .all()
    .map(({ folded }) => folded);

describe('a consolidation of the later run', () => {
  function met() {
    const { earlier, later } = twoLives();
    const [ofFirst, ofSecond] = [readerOf(earlier, 2), readerOf(later, 3)];
    const row = consolidate(ofSecond);
    return { ofFirst, ofSecond, row };
  }

  test('is not taken for one of the earlier: it waits for what it folds', () => {
    const { ofFirst, row } = met();
    expect(ofFirst.take([row])).toMatchObject({ rows: 0, problems: [{ code: 'sequence-gap' }] });
    expect(foldedIn(ofFirst)).toEqual([null, null, null, null]);
  });

  test('folds the changes that it means, whichever id they have by then', () => {
    const { ofFirst, ofSecond, row } = met();
    ofSecond.take(ofFirst.page({}).changes);
    ofFirst.take(ofSecond.page(ofFirst.vector()).changes.filter(({ kind }) => kind !== 'consolidated'));
    expect(ofFirst.take([row])).toMatchObject({ rows: 1, problems: [] });
    const folded = [row.hlc, row.hlc, null, null, row.hlc, row.hlc];
    expect(foldedIn(ofFirst)).toEqual(folded);
    expect(foldedIn(ofSecond)).toEqual(folded);
  });

  test('and is told by its new names to whoever has not heard of two runs', () => {
    const { ofFirst, ofSecond } = met();
    const third = readerOf(twoLives().later, 4);
    ofSecond.take(ofFirst.page({}).changes);
    const told = ofSecond.page({}).changes.find(({ kind }) => kind === 'consolidated') as Row;
    const hlc = third.page({}).changes[2]?.hlc ?? '';
    expect(told).toMatchObject({ payload: { covers: { [forkNode(nodeCodec, hlc)]: [[1, 2]] } } });
    expect(third.take([told])).toMatchObject({ rows: 1, problems: [] });
    expect(foldedIn(third)).toEqual([told.hlc, told.hlc, told.hlc, told.hlc]);
  });
});

test('an older Skein tells no ends: its sequences mean what they mean here', () => {
  const log = createLogFixture(1);
  log.write(path, 'one');
  const findCovered = createFindCovered(log.sql);
  expect(findCovered({ covers: { [log.node()]: [[1, 1]] } })).toEqual({ [log.node()]: [[1, 1]] });
  expect(findCovered({ covers: { [log.node()]: [[1, 2]] } })).toBeUndefined();
});

test('a run that is longer than what there is of it is not here', () => {
  const log = createLogFixture(1);
  const { stamp } = log.write(path, 'one');
  const findCovered = createFindCovered(log.sql);
  expect(findCovered({ covers: { other: [[1, 3]] }, ends: { other: [stamp] } })).toBeUndefined();
});
