import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../../shared/domain/shell-word.ts';

test.each([
  ['docs/AGENTS.md@latest~1', 'docs/AGENTS.md@latest~1'],
  ['r\u00e9sum\u00e9.md', 'r\u00e9sum\u00e9.md'],
  ['re\u0301sume\u0301.md', 're\u0301sume\u0301.md'],
  ['my notes.md', "'my notes.md'"],
  ['$(id).md', "'$(id).md'"],
  ["it's.md", "'it'\\''s.md'"],
  ['~/x', "'~/x'"],
  ['AGENTS.md@{2h}', "'AGENTS.md@{2h}'"],
  ['family 👨‍👩‍👧.md', "'family 👨‍👩‍👧.md'"],
  ['', "''"],
  ['line\nbreak\t1.md', "$'line\\nbreak\\t1.md'"],
  ['rtl\u202e7.md', "$'rtl\\342\\200\\2567.md'"],
  ["it's\r\\.md", "$'it\\'s\\r\\\\.md'"],
])('%j is %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('bash reads every word back as the text, in any locale, and shows nothing that cannot be seen', () => {
  const name = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(...'\'"\\`$!*?[]{}()<>|&;#~ \n\t\r\u0007\u001b\u007f\u0085\u2028\u202e\ufeff07aF'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 12,
    })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  const names = fc.sample(name, { numRuns: 500, seed: 7 });
  const command = `printf '%s\\0' ${names.map(shellWord).join(' ')}`;
  expect(command).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|(?!\u200d)\p{Cf}/u);
  for (const LC_ALL of ['C', 'C.UTF-8']) {
    const printed = execFileSync('bash', ['-c', command], { env: { LC_ALL }, encoding: 'utf8' });
    expect(printed.split('\0').slice(0, -1)).toEqual(names);
  }
});
