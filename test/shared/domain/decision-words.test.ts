import { expect, test } from 'vitest';
import { writeDecision } from '../../../shared/domain/decision-words.ts';

const also = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

test.each([
  ['approve', 1, 0, 'Approved 1 change'],
  ['approve', 3, 2, 'Approved 1 change, and 2 more that it stands on'],
  ['approve', 4, 1, 'Approved 3 changes, and 1 more that they stand on'],
  ['reject', 2, 0, 'Rejected 2 changes'],
  ['reject', 2, 1, 'Rejected 1 change, and 1 more that stands on it'],
  ['reject', 5, 2, 'Rejected 3 changes, and 2 more that stand on them'],
] as const)('%s of %i changes, %i of them along', (verdict, decided, along, words) => {
  expect(writeDecision(verdict, { decided, also: also(along) })).toBe(words);
});
