import { expect, test } from 'vitest';
import { fitText, padText, plainText, textWidth } from '../../../electron/cli/text-width.ts';

test.each([
  ['', 0],
  ['AGENTS.md', 9],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['한글', 4],
  ['🤖', 2],
  ['👩‍💻', 2],
  ['✔️', 2],
])('%j takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('text that fits stays as it is', () => {
  expect(fitText('AGENTS.md', 9, 'end')).toBe('AGENTS.md');
});

test('text that does not fit keeps the wanted side', () => {
  expect(fitText('docs/architecture/10-Memoire.md', 14, 'end')).toBe('…10-Memoire.md');
  expect(fitText('docs/architecture/10-Memoire.md', 14, 'start')).toBe('docs/architec…');
});

test('a wide letter is never cut in two', () => {
  expect(fitText('日本語', 4, 'start')).toBe('日…');
  expect(textWidth(fitText('日本語', 4, 'end'))).toBe(3);
});

test('padding counts columns, not characters', () => {
  expect(padText('日', 4, 'left')).toBe('日  ');
  expect(padText('7', 3, 'right')).toBe('  7');
  expect(padText('long', 2, 'left')).toBe('long');
});

test('text from outside cannot drive the terminal or break a line', () => {
  expect(plainText('a\u001b[31mb\nc\u202ed')).toBe('a�[31mb�c�d');
  expect(plainText('👩‍💻')).toBe('👩‍💻');
});
