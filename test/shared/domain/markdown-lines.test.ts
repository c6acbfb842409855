import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { contentStart, hasTitle, isBlank, markdownLines } from '../../../shared/domain/markdown-lines.ts';

const headings = (text: string) =>
  markdownLines(text).flatMap((line, index) => (line.heading > 0 ? [`${index}:${line.heading}`] : []));
const fenced = (text: string) => markdownLines(text).flatMap((line, index) => (line.fenced ? [index] : []));

const markdown = new MarkdownIt();
/** Headings outside of lists and quotes, as CommonMark has them. */
const referenceHeadings = (text: string) =>
  markdown
    .parse(text, {})
    .filter((token) => token.type === 'heading_open' && token.level === 0)
    .map((token) => `${token.map?.[0]}:${token.tag.slice(1)}`);

describe('lines', () => {
  it('are all of the text, in order, whatever their endings', () => {
    const piece = fc.constantFrom('a', '# b', '\n', '\r\n', '\r', '\ufeff', '```', ' ');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const lines = markdownLines(text);
        const joined = lines.map((line) => text.slice(line.start, line.end)).join('');
        expect(text.slice(0, contentStart(text)) + joined).toBe(text);
        for (const line of lines) expect(line.text).not.toMatch(/\n|\r$/);
      }),
    );
  });

  it('leave out a byte order mark in either form', () => {
    for (const mark of ['\ufeff', '\u00ef\u00bb\u00bf']) {
      expect(contentStart(`${mark}# a`)).toBe(mark.length);
      expect(headings(`${mark}# a`)).toEqual(['0:1']);
    }
    expect(contentStart('# a')).toBe(0);
    expect(markdownLines('')).toEqual([]);
  });
});

describe('headings', () => {
  it('are found in both forms', () => {
    expect(headings('# a\n## b ##\n   ### c\n#### d\n##### e\n###### f\n')).toEqual([
      '0:1',
      '1:2',
      '2:3',
      '3:4',
      '4:5',
      '5:6',
    ]);
    expect(headings('Title\n===\n\nTwo\nlines\n-----\n')).toEqual(['0:1', '3:2']);
    expect(headings('#\n')).toEqual(['0:1']);
  });

  it('are not what only looks like one', () => {
    for (const text of [
      '#a\n',
      '    # a\n',
      '\t# a\n',
      '####### a\n',
      '- a\n----\n',
      '> a\n====\n',
      '\n----\n',
      '| a |\n----\n',
    ]) {
      expect(headings(text)).toEqual([]);
    }
  });

  it('are not text above a rule of three dashes', () => {
    expect(headings('**Status**: done\n---\n')).toEqual([]);
    expect(headings('---\ntitle: x\n---\n# a\n')).toEqual(['3:1']);
  });

  it('are those of CommonMark where nothing is indented', () => {
    const line = fc.constantFrom(
      '# one',
      '## two ##',
      '#not',
      'text',
      'more text',
      '- item',
      '* item',
      '> quote',
      '===',
      '-----',
      '***',
      '_ _ _',
      '- - -',
      '',
      '',
      '```',
      '~~~',
      '````',
      '```js',
      '**bold** text',
      '1. one',
      '   ',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n');
        const open = markdown
          .parse(text, {})
          .some((token) => token.type === 'fence' && isOpen(token.map, lines, token.markup));
        fc.pre(!open && !markdown.parse(text, {}).some((token) => token.type === 'fence' && token.level > 0));
        expect(headings(text)).toEqual(referenceHeadings(text));
      }),
      { numRuns: 2000 },
    );
  });
});

/** True when the fence goes to the end of the text because nothing closes it. */
function isOpen(map: [number, number] | null, lines: string[], markup: string): boolean {
  const last = lines[(map?.[1] ?? 1) - 1]?.trim() ?? '';
  const lineCount = (map?.[1] ?? 0) - (map?.[0] ?? 0);
  return lineCount < 2 || !last.startsWith(markup) || !/^[`~]+$/.test(last);
}

describe('fences', () => {
  it('are closed by as many of the same marks, alone', () => {
    expect(fenced('a\n```\n# b\n```\nc\n')).toEqual([1, 2, 3]);
    expect(fenced('````\n```\n~~~~\n`````  \nx\n')).toEqual([0, 1, 2, 3]);
    expect(fenced('~~~ js `x`\n~~~ js\n~~~\n')).toEqual([0, 1, 2]);
    expect(fenced('   ```\na\n  ```\n')).toEqual([0, 1, 2]);
  });

  it('are not what only looks like one', () => {
    for (const text of ['``\na\n``\n', '    ```\na\n    ```\n', '``` `x`\na\n'])
      expect(fenced(text)).toEqual([]);
  });

  it('count as text when nobody closes them', () => {
    expect(fenced('```\n# a\n')).toEqual([]);
    expect(headings('```\n# a\n')).toEqual(['1:1']);
    expect(fenced('````\n```\n# a\n```\n')).toEqual([1, 2, 3]);
  });

  it('cost little when a hundred thousand stay open', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `\`\`\`js ${index}\n~~~~ text`).join('\n');
    expect(fenced(text)).toEqual([]);
  });
});

describe('titles', () => {
  const titled = (text: string, level = 2) =>
    markdownLines(text).map((line) => hasTitle(line, level, 'Status'));

  it('are compared without what Markdown ignores', () => {
    expect(titled('## Status\n')).toEqual([true]);
    expect(titled('  ##\t Status  \n## Status ##\n## Status #### \r\n')).toEqual([true, true, true]);
  });

  it('are compared with all the rest', () => {
    expect(
      titled('# Status\n### Status\n## Status!\n## Status#\n## My Status\n## status\n##Status\n'),
    ).not.toContain(true);
    expect(titled('Status\n-----\n')).not.toContain(true);
  });

  it('leave bytes of letters alone', () => {
    expect(isBlank(' \t')).toBe(true);
    expect(isBlank('')).toBe(true);
    expect(isBlank('\u00a0')).toBe(false);
  });
});
