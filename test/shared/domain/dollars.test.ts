import { expect, test } from 'vitest';
import { dollars } from '../../../shared/domain/dollars.ts';

test.each([
  [0, '$0.00'],
  [0.000_3, 'under $0.01'],
  [0.01, '$0.01'],
  [1.005, '$1.00'],
  [12_345.678, '$12345.68'],
])('%d dollars read as %s', (amount, words) => {
  expect(dollars(amount)).toBe(words);
});
