import { applyPatch, parsePatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffShape } from '../../../shared/contracts/shapes.ts';
import { type DiffLine, diffTexts, unifiedDiff } from '../../../shared/domain/line-diff.ts';
import { encodeUtf8, joinBytes } from '../../../shared/domain/utf8.ts';
import { limits } from '../../../shared/limits.ts';

const bytes = (text: string | null) => (text === null ? null : encodeUtf8(text));
const diff = (before: string | null, after: string | null, context = 3) =>
  diffTexts(bytes(before), bytes(after), { context });
const signs = { same: ' ', removed: '-', added: '+' };
const lineText = (line: DiffLine) => line.runs.map((run) => run.text).join('');
const shown = (lines: readonly DiffLine[]) => lines.map((line) => signs[line.kind] + lineText(line));
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('a diff for people', () => {
  it('has hunks with context and line numbers from 1', () => {
    const before = numbered(30);
    const after = before.replace('line 10\n', 'line ten\n').replace('line 25\n', 'line 25\nnew\n');
    const result = diff(before, after, 2);
    expect(result.hunks.map((hunk) => [hunk.old_start, hunk.new_start])).toEqual([
      [8, 8],
      [24, 24],
    ]);
    expect(shown(result.hunks[0]!.lines)).toEqual([
      ' line 8',
      ' line 9',
      '-line 10',
      '+line ten',
      ' line 11',
      ' line 12',
    ]);
    expect(result.hunks[1]!.lines.map((line) => [line.old_line, line.new_line])).toEqual([
      [24, 24],
      [25, 25],
      [null, 26],
      [26, 27],
      [27, 28],
    ]);
    expect(result).toMatchObject({ added: 2, removed: 1, notes: [], coarse: false });
  });

  it('joins hunks whose context touches, and no others', () => {
    const change = (gap: number) => {
      const lines = ['a', ...Array.from({ length: gap }, (_, index) => `same ${index}`), 'z'];
      const text = lines.join('\n');
      return diff(text, text.replace('a\n', 'b\n').replace('\nz', '\ny'), 3).hunks.length;
    };
    expect(change(6)).toBe(1);
    expect(change(7)).toBe(2);
    expect(diff('a\n1\nb\n', 'x\n1\ny\n', 0).hunks).toHaveLength(2);
  });

  it('marks words in paired lines, and leaves others whole', () => {
    const { hunks } = diff(
      '- [ ] Ship it today\nold words entirely\n',
      '- [x] Ship it today\nsomething else\n',
    );
    expect(hunks[0]!.lines.map((line) => line.runs.length)).toEqual([3, 1, 3, 1]);
    expect(hunks[0]!.lines[2]!.runs[1]).toEqual({ text: 'x', changed: true });
    expect(hunks[0]!.lines[1]!.runs).toEqual([{ text: 'old words entirely', changed: false }]);
  });

  it('shows a created and a deleted file whole', () => {
    expect(shown(diff(null, 'a\n\nb\n').hunks[0]!.lines)).toEqual(['+a', '+', '+b']);
    expect(shown(diff('a\nb', null).hunks[0]!.lines)).toEqual(['-a', '-b']);
    expect(diff(null, 'a\n')).toMatchObject({ added: 1, removed: 0 });
    expect(diff(null, null)).toEqual({ hunks: [], added: 0, removed: 0, notes: [], coarse: false });
  });

  it('compares lines without their endings, which are a note', () => {
    const result = diff('a\r\nb\r\n', 'a\nc\n');
    expect(shown(result.hunks[0]!.lines)).toEqual([' a', '-b', '+c']);
    expect(result.notes).toEqual(['Line endings changed from CRLF to LF.']);
    expect(diff('a\n', '\ufeffa')).toMatchObject({
      hunks: [],
      notes: ['A byte order mark was added.', 'The final newline was removed.'],
    });
  });

  it('says of a binary file that it is one', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0);
    for (const [before, after] of [
      [null, png],
      [png, null],
      [encodeUtf8('text\n'), png],
    ] as const) {
      const result = diffTexts(before, after, { context: 3 });
      expect(result).toMatchObject({ hunks: [], added: 0, removed: 0, coarse: false });
      expect(result.notes[0]).toMatch(/not text/);
    }
  });

  it('shows what can be read of a text that is not UTF-8', () => {
    const latin = joinBytes([encodeUtf8('same\n'), Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a)]);
    const result = diffTexts(encodeUtf8('same\ncafé\n'), latin, { context: 3 });
    expect(shown(result.hunks[0]!.lines)).toEqual([' same', '-café', '+caf\ufffd']);
    expect(result.notes[0]).toMatch(/^The new version is not valid UTF-8/);
  });
});

describe('limits', () => {
  const shuffled = (count: number, step: number) =>
    Array.from({ length: count }, (_, index) => `line ${(index * step) % count}\n`).join('');

  it('give both sides whole when the texts are too far apart', () => {
    const count = 4 * limits.diffEdits + 1;
    const result = diff(`first\n${shuffled(count, 1)}`, `first\n${shuffled(count, 5)}`);
    expect(result).toMatchObject({ coarse: true, hunks: [{ old_start: 1 }] });
    expect(result.added).toBe(result.removed);
    expect(shown(result.hunks[0]!.lines).slice(0, 2)).toEqual([' first', ' line 0']);
  });

  it('do not call texts far apart that share nothing', () => {
    const text = (prefix: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${prefix} ${index}\n`).join('');
    expect(diff(text('old'), text('new'))).toMatchObject({ coarse: false, added: 20_000, removed: 20_000 });
  });

  it('leave out word marks in large changes', () => {
    const lines = (count: number, end: string) =>
      Array.from({ length: count }, (_, index) => `entry ${index} ${end}\n`).join('');
    const runs = (count: number) =>
      diff(lines(count, 'open'), lines(count, 'done')).hunks[0]!.lines[0]!.runs.length;
    expect(runs(10)).toBe(2);
    expect(runs(limits.wordDiffLines + 1)).toBe(1);
  });
});

const word = fc.constantFrom(
  'alpha',
  'beta',
  '- [ ] task',
  '- [x] task',
  '',
  ' ',
  '# Title',
  'é 日本 🤖',
  'x\u2028y',
  'tab\t',
  '\r',
);
const texts = fc
  .tuple(
    fc.array(fc.tuple(word, fc.constantFrom('\n', '\n', '\r\n')), { maxLength: 20 }),
    fc.constantFrom('', 'end', '\ufeff'),
  )
  .map(([lines, end]) => lines.flat().join('') + end);
const maybeText = fc.option(texts, { freq: 8 });
const linesOf = (text: string | null) => {
  const lines = (text ?? '').replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

describe('any two texts', () => {
  it('are told apart without loss', () => {
    fc.assert(
      fc.property(maybeText, maybeText, (before, after) => {
        const result = diff(before, after, Number.POSITIVE_INFINITY);
        const lines = result.hunks.flatMap((hunk) => hunk.lines);
        const side = (leaveOut: string) => lines.filter((line) => line.kind !== leaveOut).map(lineText);
        if (result.hunks.length === 0) expect(linesOf(before)).toEqual(linesOf(after));
        else {
          expect(side('removed')).toEqual(linesOf(after));
          expect(side('added')).toEqual(linesOf(before));
        }
        expect(diffShape.parse(result)).toEqual(result);
      }),
    );
  });

  it('differ in lines or in a note, if they differ', () => {
    fc.assert(
      fc.property(maybeText, maybeText, (before, after) => {
        const result = diff(before, after);
        const silent = result.hunks.length === 0 && result.notes.length === 0;
        if (before !== null && after !== null) expect(silent).toBe(before === after);
      }),
    );
  });

  it('have hunks whose numbers count the lines', () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(4), (before, after, context) => {
        for (const hunk of diff(before, after, context).hunks) {
          const numbers = (key: 'old_line' | 'new_line') => hunk.lines.flatMap((line) => line[key] ?? []);
          expect(numbers('old_line')).toEqual(numbers('old_line').map((_, index) => hunk.old_start + index));
          expect(numbers('new_line')).toEqual(numbers('new_line').map((_, index) => hunk.new_start + index));
          for (const line of hunk.lines) {
            if (line.old_line !== null) expect(linesOf(before)[line.old_line - 1]).toBe(lineText(line));
            if (line.new_line !== null) expect(linesOf(after)[line.new_line - 1]).toBe(lineText(line));
          }
        }
      }),
    );
  });

  it('have no more context than asked for', () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(3), (before, after, context) => {
        for (const hunk of diff(before, after, context).hunks) {
          const kinds = hunk.lines.map((line) => line.kind);
          const first = kinds.findIndex((kind) => kind !== 'same');
          const last = kinds.findLastIndex((kind) => kind !== 'same');
          expect(first).toBeGreaterThanOrEqual(0);
          expect(first).toBeLessThanOrEqual(context);
          expect(kinds.length - 1 - last).toBeLessThanOrEqual(context);
        }
      }),
    );
  });

  it('count what was added and removed', () => {
    fc.assert(
      fc.property(maybeText, maybeText, (before, after) => {
        const result = diff(before, after, 1);
        const count = (kind: string) =>
          result.hunks.flatMap((hunk) => hunk.lines).filter((line) => line.kind === kind).length;
        expect([count('added'), count('removed')]).toEqual([result.added, result.removed]);
      }),
    );
  });
});

describe('a unified diff', () => {
  const unified = (before: string | null, after: string | null, path = 'docs/a.md') =>
    unifiedDiff(path, bytes(before), bytes(after));

  it('is the standard format', () => {
    expect(unified('a\nb\nc\nd\ne\n', 'a\nb\nC\nd\ne\n')).toBe(
      '--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1,5 +1,5 @@\n a\n b\n-c\n+C\n d\n e\n',
    );
    expect(unified('a', 'a\n')).toBe(
      '--- a/docs/a.md\n+++ b/docs/a.md\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n',
    );
  });

  it('names no file on the side that has none', () => {
    expect(unified(null, 'a\n')).toBe('--- /dev/null\n+++ b/docs/a.md\n@@ -0,0 +1,1 @@\n+a\n');
    expect(unified('a\n', null)).toBe('--- a/docs/a.md\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n');
  });

  it('quotes names as git does', () => {
    expect(unified('a\n', 'b\n', 'é"\n.md')).toMatch(/^--- "a\/\\303\\251\\"\\n\.md"\n/);
  });

  it('is empty when nothing changed', () => {
    expect(unified('a\n', 'a\n')).toBe('');
    expect(unified(null, null)).toBe('');
  });

  it('shows a change of line endings, line by line', () => {
    expect(unified('a\r\n', 'a\n')).toContain('\n-a\r\n+a\n');
  });

  it('only says of other bytes that they differ', () => {
    const said = 'Binary files a/x and b/x differ\n';
    expect(unifiedDiff('x', Uint8Array.of(0), Uint8Array.of(1, 0))).toBe(said);
    expect(unifiedDiff('x', encodeUtf8('a\n'), Uint8Array.of(0xe9, 0x0a))).toBe(said);
    expect(unifiedDiff('x', null, Uint8Array.of(0))).toBe('Binary files /dev/null and b/x differ\n');
  });

  it('gives the new text when applied to the old one', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const patch = unified(before, after);
        if (before === after) expect(patch).toBe('');
        else expect(applyPatch(before, patch, { autoConvertLineEndings: false })).toBe(after);
      }),
    );
  });

  it('is read back as one file with its names', () => {
    const [file] = parsePatch(unified(numbered(30), numbered(20), 'with space.md'));
    expect(file).toMatchObject({ oldFileName: 'a/with space.md', newFileName: 'b/with space.md' });
    expect(file?.hunks).toHaveLength(1);
  });
});
