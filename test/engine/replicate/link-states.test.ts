/** What is known of a peer outlives a restart, and is forgotten only with the peer. */
import { expect, test } from 'vitest';
import type { LinkState } from '../../../electron/engine/replicate/exchange.ts';
import { createLinkStates } from '../../../electron/engine/replicate/link-states.ts';
import { problem } from '../../../shared/result.ts';
import { createLogFixture } from './log-fixture.ts';

const state: LinkState = {
  running: true,
  node: 'bb'.repeat(8),
  vector: { ['bb'.repeat(8)]: 7 },
  said: { ['bb'.repeat(8)]: 7 },
  toCome: { changes: 0, bytes: 0 },
  scope: '1.0',
  shown: { ['bb'.repeat(8)]: 3 },
  asking: true,
  told: '2.0',
  heardMs: 19,
  back: { atMs: 18, awayMs: 17 },
  askedMs: 20,
  clockOffsetMs: -3,
  problem: problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.'),
  failures: 2,
  pulled: 4,
  pushed: 5,
};

test('a peer that is met again is known since when, and how far it is; a failure in a row counts anew', () => {
  const { sql } = createLogFixture(1);
  expect(createLinkStates(sql).meet({ id: 'b', name: 'B' }, 10)).toMatchObject({ sinceMs: 10 });
  createLinkStates(sql).save('b', state);
  const { running, asking, toCome, failures, said, ...kept } = state;
  expect(createLinkStates(sql).meet({ id: 'b', name: 'B, renamed' }, 99)).toEqual({
    sinceMs: 10,
    state: kept,
  });
});

test('what is not known stays so, and a vector that nobody can read is none', () => {
  const { sql } = createLogFixture(1);
  const states = createLinkStates(sql);
  states.meet({ id: 'b', name: 'B' }, 10);
  states.save('b', { ...state, askedMs: undefined, clockOffsetMs: undefined, problem: undefined });
  sql.prepare("UPDATE links SET vector = 'torn'").run();
  const { state: known } = states.meet({ id: 'b', name: 'B' }, 11);
  expect(known).toMatchObject({ vector: {}, pulled: 4 });
  expect([known.askedMs, known.clockOffsetMs, known.problem]).toEqual([undefined, undefined, undefined]);
});

test('a peer that was removed is a stranger, and saving what is over brings it not back', () => {
  const { sql } = createLogFixture(1);
  const states = createLinkStates(sql);
  states.meet({ id: 'b', name: 'B' }, 10);
  states.forget('b');
  states.save('b', state);
  expect(sql.prepare('SELECT * FROM links').all()).toEqual([]);
  expect(states.meet({ id: 'b', name: 'B' }, 30)).toMatchObject({
    sinceMs: 30,
    state: { vector: {}, pulled: 0 },
  });
});
