import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from '../../../shared/domain/visible-text.ts';

test.each([
  ['docs/AGENTS.md', 'docs/AGENTS.md'],
  ['100% #hash? a:b \\ <b>.md', '100% #hash? a:b \\ <b>.md'],
  ['family 👨‍👩‍👧 👩🏽‍🚀 🏳️‍🌈.md', 'family 👨‍👩‍👧 👩🏽‍🚀 🏳️‍🌈.md'],
  ['a\u200db', 'a⟨U+200D⟩b'],
  ['👨\u200d', '👨⟨U+200D⟩'],
  ['line\nbreak\t.md', 'line⟨U+000A⟩break⟨U+0009⟩.md'],
  ['rtl\u202edm.md', 'rtl⟨U+202E⟩dm.md'],
  ['\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
  ['a\u2028b\u0085c\ufeff', 'a⟨U+2028⟩b⟨U+0085⟩c⟨U+FEFF⟩'],
  ['\u{e0061}', '⟨U+E0061⟩'],
])('%j reads %s', (text, visible) => {
  expect(visibleText(text)).toBe(visible);
});

test('whatever comes, it stays on one line, and reading it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const visible = visibleText(text);
      expect(visible).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      expect(visibleText(visible)).toBe(visible);
    }),
  );
});
