/** How far a peer is apart, as its card says it. */
import { expect, test } from 'vitest';
import { distanceOf } from '../../../renderer/src/peers/peer-words.ts';

test.each([
  [{ behind: 0, ahead: 0, behind_bytes: 0, ahead_bytes: 0 }, 'Nothing left to exchange'],
  [{ behind: 1, ahead: 0, behind_bytes: 3_500_000, ahead_bytes: 0 }, '1 change (3.3 MiB) to get'],
  [
    { behind: 1_200, ahead: 2, behind_bytes: 40_000, ahead_bytes: 0 },
    '1,200 changes (39 KiB) to get, 2 changes to give',
  ],
  [{ behind: 0, ahead: 3 }, '3 changes to give'],
])('%j is told in words', (apart, words) => {
  expect(distanceOf(apart)).toBe(words);
});
