import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { inlineText } from '../../../shared/domain/inline-markdown.ts';

const markdown = new MarkdownIt({ html: true });
/** What a reader sees of one run of Markdown, and the kinds of things in it. */
function rendered(source: string): { text: string; kinds: string[] } {
  const tokens = markdown.parse(`before ${source} after`, {}).flatMap((token) => token.children ?? []);
  const text = tokens.map((token) => token.content).join('');
  return { text: text.slice('before '.length, -' after'.length), kinds: tokens.map((token) => token.type) };
}

describe('a name as Markdown', () => {
  it('is the documented names letter for letter', () => {
    for (const name of [
      'AGENT_SYNC_CLAUDE.md',
      'docs/passation_claude.md',
      'docs/architecture/00-Overview.md',
      '.github/copilot-instructions.md',
      '.cursor/rules/style.mdc',
      'memory-bank/activeContext.md',
      'claude-code',
      'Журнал_задач.md',
      'family 👨‍👩‍👧.md',
    ]) {
      expect(inlineText(name)).toBe(name);
    }
  });

  it('escapes what would mean something', () => {
    expect(inlineText('**a**')).toBe('\\*\\*a\\*\\*');
    expect(inlineText('`a`')).toBe('\\`a\\`');
    expect(inlineText('[a](b)')).toBe('\\[a\\](b)');
    expect(inlineText('<!-- x -->')).toBe('&lt;!-- x --&gt;');
    expect(inlineText('&amp;')).toBe('&amp;amp;');
    expect(inlineText('a\\b')).toBe('a\\\\b');
  });

  it('escapes an underscore only where it could open emphasis', () => {
    expect(inlineText('a_b')).toBe('a_b');
    expect(inlineText('_a_')).toBe('\\_a\\_');
    expect(inlineText('a__b')).toBe('a\\_\\_b');
    expect(inlineText('é_é')).toBe('é_é');
  });

  it('keeps space at its ends from closing marks around it', () => {
    expect(inlineText(' a ')).toBe('&#32;a&#32;');
    expect(inlineText('a b')).toBe('a b');
    expect(inlineText(' ')).toBe('&#32;');
    expect(inlineText('\u3000a')).toBe('&#12288;a');
  });

  it('names what nobody sees', () => {
    expect(inlineText('a\nb\r\tc')).toBe('a⟨U+000A⟩b⟨U+000D⟩⟨U+0009⟩c');
    expect(inlineText('\u202egpj.md')).toBe('⟨U+202E⟩gpj.md');
    expect(inlineText('a\u200bb\ufeff')).toBe('a⟨U+200B⟩b⟨U+FEFF⟩');
    expect(inlineText('a\u2028b\u0085')).toBe('a⟨U+2028⟩b⟨U+0085⟩');
    expect(inlineText('\udc00')).toBe('⟨U+DC00⟩');
  });

  const seen = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(...'*_`[]()<>&\\!~|$#-+. "\'ab:;'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
      ),
      maxLength: 20,
    })
    .filter((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text));

  it('reads as it was, and is nothing but text', () => {
    fc.assert(
      fc.property(seen, (name) => {
        const { text, kinds } = rendered(inlineText(name));
        expect(text).toBe(name);
        for (const kind of kinds) expect(['text', 'text_special']).toContain(kind);
      }),
      { numRuns: 2000 },
    );
  });

  it('stays on one line and holds no HTML, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(inlineText(name)).not.toMatch(/[\p{Cc}<>]/u);
      }),
    );
  });

  it('is different for different names', () => {
    fc.assert(
      fc.property(seen, seen, (one, other) => {
        expect(inlineText(one) === inlineText(other)).toBe(one === other);
      }),
    );
  });
});
