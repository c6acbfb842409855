/** Records of several replicas do the same everywhere, in whatever order they come. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInbox } from '../../../electron/engine/replicate/inbox.ts';
import type { Row } from '../../../shared/contracts/peer-protocol.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { createLogFixture } from './log-fixture.ts';

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
