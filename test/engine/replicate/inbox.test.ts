/** The inbox counts and lists the same conflicts, whichever record of them came first. */
import { expect, test } from 'vitest';
import { createInbox } from '../../../electron/engine/replicate/inbox.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { createLogFixture } from './log-fixture.ts';

const [winner, loser, decided] = [1_000, 2_000, 3_000].map((millis) =>
  formatStamp({ millis, counter: 0, node: 'aa'.repeat(8) }),
) as [string, string, string];
const conflict = { path: 'ROADMAP.md', winner, loser, base: null, atMs: 2_500 };

test('a conflict that was opened again before it came is neither listed nor counted until it comes', () => {
  const inbox = createInbox(createLogFixture(1).sql);
  inbox.settle({ path: conflict.path, loser, state: 'open' }, decided);
  expect([inbox.openCount(), inbox.list('all')]).toEqual([0, []]);
  expect(inbox.find(conflict.path, loser)).toBeUndefined();
  expect(inbox.open(conflict)).toBe(true);
  expect(inbox.openCount()).toBe(1);
  expect(inbox.list('open')).toMatchObject([{ ...conflict, state: 'open' }]);
});

test('a version that lost is entered once, and stays as it was decided', () => {
  const inbox = createInbox(createLogFixture(1).sql);
  expect([inbox.open(conflict), inbox.open({ ...conflict, winner: decided })]).toEqual([true, false]);
  inbox.settle({ path: conflict.path, loser, state: 'dismissed' }, decided);
  expect(inbox.open(conflict)).toBe(false);
  expect(inbox.list('all')).toMatchObject([{ ...conflict, state: 'dismissed' }]);
  expect([inbox.openCount(), inbox.list('open')]).toEqual([0, []]);
});
