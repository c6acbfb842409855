/** Records of several replicas do the same everywhere, in whatever order they come. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInbox } from '../../../electron/engine/replicate/inbox.ts';
import type { Row } from '../../../shared/contracts/peer-protocol.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const path = 'ROADMAP.md';
const loser = formatStamp({ millis: 1_000, counter: 1, node: 'ee'.repeat(8) });
const states = ['resolved', 'dismissed', 'open'] as const;

/** The decisions of one person each, and the conflict that they are about. */
function recordsOf(decisions: readonly { at: number; state: (typeof states)[number] }[]): Row[] {
  const rows: Row[] = decisions.map(({ at, state }, index) => {
    const node = index.toString(16).padStart(16, 'a');
    const hlc = formatStamp({ millis: 2_000 + at, counter: 0, node });
    return { kind: 'resolved', node, sequence: 1, hlc, payload: { path, loser, state } };
  });
  const node = 'bb'.repeat(8);
  const hlc = formatStamp({ millis: 1_500, counter: 0, node });
  return [
    ...rows,
    { kind: 'conflict', node, sequence: 1, hlc, payload: { path, winner: hlc, loser, base: null } },
  ];
}

test('of people who decide a conflict apart the latest counts, whichever is heard of first', () => {
  const decision = fc.record({ at: fc.integer({ min: 0, max: 3 }), state: fc.constantFrom(...states) });
  const ordered = fc
    .array(decision, { minLength: 1, maxLength: 5 })
    .map(recordsOf)
    .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
  fc.assert(
    fc.property(ordered, ([rows, shuffled]) => {
      const latest = rows
        .filter((row) => row.kind === 'resolved')
        .toSorted((a, b) => (a.hlc < b.hlc ? -1 : 1))
        .at(-1);
      const log = createLogFixture(1);
      for (const row of shuffled) expect(log.take([row]).problems).toEqual([]);
      expect(createInbox(log.sql).list('all')).toMatchObject([{ path, loser, state: latest?.payload.state }]);
    }),
  );
});

describe('a consolidation', () => {
  const other = 'cc'.repeat(8);
  const consolidated = (covers: Record<string, [number, number][]>, millis: number): Row => ({
    kind: 'consolidated',
    node: other,
    sequence: 1,
    hlc: formatStamp({ millis, counter: 0, node: other }),
    payload: {
      trigger_type: 'manual',
      conditions: {},
      covers,
      changes: 1,
      files: 1,
      agents: [],
      report: '',
      locale: 'en',
      report_file: null,
    },
  });
  const foldedOf = ({ sql }: LogFixture) =>
    sql
      .prepare<{ stamp: string | null }>(
        'SELECT k.stamp FROM log l LEFT JOIN log k ON k.position = l.consolidation WHERE l.path IS NOT NULL',
      )
      .all()
      .map(({ stamp }) => stamp);

  test('waits for the changes that it covers, and its withdrawal for it', () => {
    const [from, log] = [createLogFixture(1), createLogFixture(2)];
    from.write('HANDOFF.md', 'a note');
    const row = consolidated({ [from.node()]: [[1, 1]] }, from.clock.nowMs() + 10);
    expect(log.take([row])).toMatchObject({ rows: 0, problems: [{ code: 'sequence-gap' }] });
    const withdrawn: Row = {
      kind: 'withdrawn',
      node: 'dd'.repeat(8),
      sequence: 1,
      hlc: formatStamp({ millis: from.clock.nowMs() + 20, counter: 0, node: 'dd'.repeat(8) }),
      payload: { consolidation: row.hlc },
    };
    expect(log.take([withdrawn])).toMatchObject({ rows: 0, problems: [{ code: 'sequence-gap' }] });
    log.take(from.page({}).changes);
    log.take([row]);
    expect(foldedOf(log)).toEqual([row.hlc]);
    log.take([withdrawn]);
    expect(foldedOf(log)).toEqual([null]);
  });

  test('that names the whole log as often as a message can say it is taken like any other', () => {
    const log = createLogFixture(1);
    log.sql.transaction(() => {
      for (let count = 0; count < 1_500; count++) log.write('HANDOFF.md', `${count}`);
    });
    const covers = { [log.node()]: Array<[number, number]>(100_000).fill([1, 1_500]) };
    const row = consolidated(covers, log.clock.nowMs() + 10);
    expect(log.take([row])).toMatchObject({ rows: 1, problems: [] });
    expect(foldedOf(log)).toEqual(Array(1_500).fill(row.hlc));
  });

  test('that is withdrawn leaves its changes to a later one that covers them, too', () => {
    const log = createLogFixture(1);
    log.write('HANDOFF.md', 'a note');
    const covers: Record<string, [number, number][]> = { [log.node()]: [[1, 1]] };
    const later: Row = {
      ...consolidated(covers, log.clock.nowMs() + 20),
      node: 'dd'.repeat(8),
      hlc: formatStamp({ millis: log.clock.nowMs() + 20, counter: 0, node: 'dd'.repeat(8) }),
    };
    const earlier = consolidated(covers, log.clock.nowMs() + 10);
    log.take([later]);
    expect(foldedOf(log)).toEqual([later.hlc]);
    log.take([earlier]);
    expect(foldedOf(log)).toEqual([earlier.hlc]);
    log.take([
      {
        kind: 'withdrawn',
        node: other,
        sequence: 2,
        hlc: formatStamp({ millis: log.clock.nowMs() + 30, counter: 0, node: other }),
        payload: { consolidation: earlier.hlc },
      },
    ]);
    expect(foldedOf(log)).toEqual([later.hlc]);
  });
});
