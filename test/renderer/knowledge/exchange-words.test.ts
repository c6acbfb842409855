import { expect, it } from 'vitest';
import { driftOf, movedWords } from '../../../renderer/src/knowledge/exchange-words.ts';
import type { IndexPeerJson } from '../../../shared/contracts/knowledge-api.ts';

const peer = (more: Partial<IndexPeerJson>): IndexPeerJson => ({
  peer: 'http://10.0.0.5:7421/',
  last_run_ms: 1,
  last_success_ms: 1,
  taken: 0,
  given: 0,
  removed_here: 0,
  removed_there: 0,
  refused: [],
  drift: 0,
  drift_limit: 0.01,
  problem: null,
  failures: 0,
  ...more,
});

it.each<[number | null, string, string]>([
  [null, 'Not compared yet', 'neutral'],
  [0, 'No drift', 'good'],
  [0.01, '1.0 % drift', 'good'],
  [0.034, '3.4 % drift, over 1 %', 'warn'],
])('a drift of %j is %s', (drift, label, tone) => {
  expect(driftOf(peer({ drift }))).toEqual({ label, tone });
});

it.each<[Partial<IndexPeerJson>, string]>([
  [{}, '0 files pulled, 0 pushed'],
  [{ taken: 1, given: 2 }, '1 file pulled, 2 pushed'],
  [
    { removed_here: 1, removed_there: 3, refused: [{ path: 'x', reason: 'y' }] },
    '0 files pulled, 0 pushed, 1 removed here, 3 removed there, 1 refused',
  ],
])('what moved: %j', (more, words) => {
  expect(movedWords(peer(more))).toBe(words);
});
