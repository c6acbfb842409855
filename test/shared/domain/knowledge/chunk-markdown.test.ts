import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Chunk,
  chunkMarkdown,
  embeddedText,
} from '../../../../shared/domain/knowledge/chunk-markdown.ts';
import { noteLines } from '../../../../shared/domain/knowledge/note-lines.ts';
import { journalLine, madeUpJournal, madeUpNote, numbersFrom } from './made-up-notes.ts';

const texts = (note: string) => chunkMarkdown(note).map((chunk) => chunk.text);
const prose = (length: number, word = 'word') =>
  `${word} `.repeat(Math.ceil(length / (word.length + 1))).trim();

/** Of all positions of the note: is it inside some chunk? */
function covered(note: string, chunks: readonly Chunk[]): boolean[] {
  const inside = new Array<boolean>(note.length).fill(false);
  for (const chunk of chunks) inside.fill(true, chunk.from, chunk.to);
  return inside;
}

describe('any note', () => {
  it('is covered by its chunks, up to blank lines and space at cuts', () => {
    fc.assert(
      fc.property(madeUpNote, (note) => {
        const inside = covered(note, chunkMarkdown(note));
        const left = note.split('').filter((_, at) => !inside[at]);
        expect(left.join('').trim()).toBe('');
      }),
    );
  });

  it('has chunks that are slices of it, in order, not empty, of at most 2,000 characters', () => {
    fc.assert(
      fc.property(madeUpNote, (note) => {
        let before = -1;
        for (const chunk of chunkMarkdown(note)) {
          expect(chunk.text).toBe(note.slice(chunk.from, chunk.to));
          expect(chunk.text.trim()).not.toBe('');
          expect(chunk.text.length).toBeLessThanOrEqual(2_000);
          expect(chunk.from).toBeGreaterThan(before);
          before = chunk.from;
        }
      }),
    );
  });

  it('has chunks that know their lines', () => {
    fc.assert(
      fc.property(madeUpNote, (note) => {
        for (const chunk of chunkMarkdown(note)) {
          expect(chunk.line).toBe(note.slice(0, chunk.from).split('\n').length);
          expect(chunk.lastLine).toBe(note.slice(0, chunk.to).split('\n').length);
        }
      }),
    );
  });

  it('keeps fences and tables whole that are not too long', () => {
    fc.assert(
      fc.property(madeUpNote, (note) => {
        const lines = noteLines(note);
        const chunks = chunkMarkdown(note);
        for (const whole of new Set(lines.map((line) => line.whole))) {
          const own = lines.filter((line) => line.whole === whole);
          const [from, to] = [own[0]?.start ?? 0, own.at(-1)?.start ?? 0];
          if (whole === 0 || note.slice(from, own.at(-1)?.end).length > 1_800) continue;
          expect(chunks.some((chunk) => chunk.from <= from && chunk.to > to)).toBe(true);
        }
      }),
    );
  });

  it('is cut alike every time, and with Windows line ends', () => {
    fc.assert(
      fc.property(madeUpNote, (note) => {
        const expected = chunkMarkdown(note).map(embeddedText);
        expect(chunkMarkdown(note).map(embeddedText)).toEqual(expected);
        expect(chunkMarkdown(note.replaceAll('\n', '\r\n')).map(embeddedText)).toEqual(expected);
        expect(chunkMarkdown(`\ufeff${note}`).map(embeddedText)).toEqual(expected);
      }),
    );
  });

  it('never splits a character', () => {
    const wide = fc.array(fc.constantFrom('🙂', '𠮷', 'a', ' ', '。'), { maxLength: 4_000 });
    fc.assert(
      fc.property(wide, (characters) => {
        for (const text of texts(characters.join(''))) expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('what nobody writes by hand', () => {
  it('is cut in no time: a heading of a page is no heading of every passage below it', () => {
    const heading = 'word '.repeat(20_000);
    const body = `${'text '.repeat(20)}\n\n`.repeat(500);
    for (const note of [`# ${heading}\n\n${body}`, `${heading}\n===\n\n${body}`]) {
      const embedded = chunkMarkdown(note).reduce((sum, chunk) => sum + embeddedText(chunk).length, 0);
      expect(embedded).toBeLessThan(3 * note.length);
    }
  });

  it('is cut in time that grows with its length, whatever it nearly is', () => {
    const nearly = [`${'~'.repeat(60_000)}\``, `${' '.repeat(60_000)}x`, `# a${' '.repeat(60_000)}b`];
    for (const line of nearly) expect(chunkMarkdown(`a | b\n${line}\nc | d\n`).length).toBeGreaterThan(0);
  });
});

describe('what stays together', () => {
  it('is nothing of a note without words', () => {
    for (const note of ['', '\n', '\ufeff', ' \n\t\n', '\r\n\r\n']) expect(chunkMarkdown(note)).toEqual([]);
  });

  it('is a small note', () => {
    const note = '# Title\n\ntext\n\n## One\n\nmore\n';
    expect(chunkMarkdown(note)).toEqual([
      {
        text: note.trimEnd(),
        from: 0,
        to: note.length - 1,
        line: 1,
        lastLine: 7,
        headings: ['Title'],
      },
    ]);
  });

  it('is a section, which is cut off at its heading and knows its path', () => {
    const part = (title: string) => `## ${title}\n\n${prose(900, title)}`;
    const chunks = chunkMarkdown(`# Top\n\n${part('One')}\n\n${part('Two')}\n\n${part('Three')}\n`);
    expect(chunks.map((chunk) => chunk.headings)).toEqual([['Top'], ['Top', 'Two'], ['Top', 'Three']]);
    expect(chunks[1]?.text.startsWith('## Two\n')).toBe(true);
  });

  it('are small sections, under what they have in common', () => {
    const parts = Array.from({ length: 30 }, (_, at) => `### Step ${at}\n\n${prose(150)}`);
    const chunks = chunkMarkdown(`# Top\n\n## Steps\n\n${parts.join('\n\n')}\n`);
    expect(chunks.length).toBeLessThan(10);
    for (const chunk of chunks.slice(1)) expect(chunk.headings).toEqual(['Top', 'Steps']);
  });

  it('is a heading with what follows it', () => {
    const note = Array.from({ length: 40 }, (_, at) => `## ${at}\n\n${prose(300 + at * 30)}`).join('\n\n');
    for (const text of texts(note)) expect(text).not.toMatch(/(^|\n)## \d+\s*$/);
  });

  it('is an underlined heading, whose title is known', () => {
    const note = `Title\nof two lines\n===========\n\n${prose(1_200)}\n\n${prose(1_200)}\n`;
    const chunks = chunkMarkdown(note);
    expect(chunks.length).toBe(2);
    for (const chunk of chunks) expect(chunk.headings).toEqual(['Title of two lines']);
  });

  it('is front matter, in which nothing is a heading', () => {
    const note = `---\ntitle: x\n# comment\n\ntags: [a]\n---\n\n${prose(1_700)}\n\n${prose(900)}`;
    expect(texts(note)[0]).toMatch(/^---\ntitle: x\n# comment\n\ntags: \[a\]\n---/);
    expect(chunkMarkdown(note).flatMap((chunk) => chunk.headings)).toEqual([]);
  });

  it.each([
    ['of backticks', '```ts', '```', ''],
    ['of tildes, with backticks inside', '~~~\n```', '~~~', ''],
    ['below a list item', '    ```', '    ```', '- item\n\n'],
    ['in a list item', '- ```', '  ```', ''],
    ['in a quote', '> ```', '> ```', ''],
  ])('is a fence %s', (_, open, close, before) => {
    const body = Array.from({ length: 40 }, (_line, at) => `line ${at} ${prose(30)}`).join('\n\n');
    const fence = `${before}${open}\n${body}\n${close}`;
    const note = `${prose(1_000)}\n\n${fence}\n\n${prose(1_000)}`;
    expect(fence.length).toBeLessThan(1_800);
    expect(texts(note).some((text) => text.includes(`${open}\n${body}\n${close}`))).toBe(true);
  });

  it('is nothing of a fence that is never closed: it is plain text', () => {
    const note = `\`\`\`\n# Heading\n\n${Array.from({ length: 40 }, (_, at) => `${at} ${prose(90)}`).join('\n\n')}`;
    expect(texts(note).length).toBeGreaterThan(2);
    expect(chunkMarkdown(note).at(-1)?.headings).toEqual(['Heading']);
  });

  it('are two fences that touch, each by itself', () => {
    const fence = (word: string) => `\`\`\`\n${prose(1_000, word)}\n\`\`\``;
    expect(texts(`${fence('one')}\n${fence('two')}`)).toEqual([fence('one'), fence('two')]);
  });

  it('is a table, also one without outer bars', () => {
    const rows = Array.from({ length: 40 }, (_, at) => `${at} | ${prose(30)}`).join('\n');
    const table = `a | b\n--- | ---\n${rows}`;
    expect(texts(`${prose(900)}\n\n${table}\n\n${prose(900)}`).some((text) => text.includes(table))).toBe(
      true,
    );
  });
});

describe('what is too long', () => {
  it('is cut between lines when it is a fence or a table', () => {
    const rows = Array.from({ length: 100 }, (_, at) => `| ${at} | ${prose(60)} |`);
    for (const note of [`\`\`\`\n${rows.join('\n')}\n\`\`\``, `| a | b |\n|---|---|\n${rows.join('\n')}`]) {
      const chunks = chunkMarkdown(note);
      expect(chunks.length).toBeGreaterThan(3);
      expect(chunks.map((chunk) => chunk.text).join('\n')).toBe(note);
    }
  });

  it('is cut after sentences when it is one line', () => {
    const note = Array.from({ length: 60 }, (_, at) => `Sentence ${at} says ${prose(60)}.`).join(' ');
    for (const text of texts(note)) expect(text).toMatch(/^Sentence .*\.$/s);
  });

  it('is cut anywhere when nothing else is left, a megabyte of one letter too', () => {
    const note = 'x'.repeat(1_000_000);
    const chunks = chunkMarkdown(note);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(note);
    for (const chunk of chunks) expect([chunk.line, chunk.lastLine]).toEqual([1, 1]);
  });

  it('is cut between records when it is JSON lines', () => {
    const records = Array.from({ length: 100 }, (_, id) => JSON.stringify({ id, text: prose(80) }));
    const core = texts(records.join('\n')).flatMap((text) => text.split('\n'));
    expect(new Set(core)).toEqual(new Set(records));
  });
});

describe('overlap', () => {
  it('repeats the end of the chunk before within a section, at the start of a line', () => {
    const note = Array.from({ length: 60 }, (_, at) => `- ${at} ${prose(80)}`).join('\n');
    const chunks = chunkMarkdown(note);
    for (const [index, chunk] of chunks.entries()) {
      const before = chunks[index - 1];
      if (before === undefined) continue;
      expect(before.to - chunk.from).toBeGreaterThan(80);
      expect(before.to - chunk.from).toBeLessThanOrEqual(200);
      expect(chunk.text).toMatch(/^- \d+ word/);
    }
  });

  it('repeats nothing across a heading, and nothing of a fence or a table', () => {
    const long = prose(1_300);
    const fence = `\`\`\`\n${long}\n\`\`\``;
    const table = `| a |\n|---|\n| ${long} |`;
    const chunks = chunkMarkdown(
      `# One\n\n${long}\n\n# Two\n\n${fence}\n\n${long}\n\n${table}\n\nEnd. ${long}`,
    );
    for (const [index, chunk] of chunks.entries()) {
      const before = chunks[index - 1];
      if (/^# Two|^End|^word/.test(chunk.text)) expect(chunk.from).toBeGreaterThanOrEqual(before?.to ?? 0);
    }
    expect(chunks.length).toBeGreaterThan(3);
  });
});

describe('embedded text', () => {
  it('is the headings and the text', () => {
    const [first] = chunkMarkdown('# A\n\n## B\n\ntext');
    expect(first && embeddedText(first)).toBe('A\n\n# A\n\n## B\n\ntext');
    const [plain] = chunkMarkdown('text\r\nmore\r\n');
    expect(plain && embeddedText(plain)).toBe('text\nmore');
  });
});

type Edit = { name: string; of(lines: string[], at: number, fresh: string): void };
const edits: readonly Edit[] = [
  { name: 'inserts', of: (lines, at, fresh) => lines.splice(at, 0, `- ${fresh}`) },
  { name: 'deletes', of: (lines, at) => lines.splice(at, 1) },
  { name: 'appends to', of: (lines, at, fresh) => lines.splice(at, 1, `${lines[at]} ${fresh}`) },
  { name: 'replaces', of: (lines, at, fresh) => lines.splice(at, 1, `- ${fresh}`) },
];

/** How many embedded texts each of some edits makes new, in a journal of 200 KiB. */
function newChunksPerEdit(seed: number, headings: boolean, edit: Edit, count: number): number[] {
  const next = numbersFrom(seed);
  const journal = madeUpJournal(next, headings);
  const before = new Set(chunkMarkdown(journal).map(embeddedText));
  return Array.from({ length: count }, () => {
    const lines = journal.split('\n');
    const items = [...lines.keys()].filter((at) => lines[at]?.startsWith('- '));
    edit.of(lines, items[Math.floor(next() * items.length)] ?? 0, journalLine(next));
    const after = new Set(chunkMarkdown(lines.join('\n')).map(embeddedText));
    return [...after].filter((text) => !before.has(text)).length;
  });
}

describe('an edit of one line of a journal of 200 KiB', () => {
  for (const headings of [true, false]) {
    for (const edit of edits) {
      it(`makes two chunks new at most, seldom more, when it ${edit.name} a line ${headings ? 'below' : 'without'} headings`, () => {
        const counts = newChunksPerEdit(7, headings, edit, 40);
        expect(counts.filter((count) => count > 2).length).toBeLessThanOrEqual(2);
        expect(Math.max(...counts)).toBeLessThanOrEqual(4);
      });
    }
  }

  it('makes all chunks new below a heading that it renames, and no others', () => {
    const journal = madeUpJournal(numbersFrom(3), false);
    const note = `# Top\n\n## One\n\n${journal}\n## Two\n\n${journal.slice(0, 40_000)}`;
    const before = new Set(chunkMarkdown(note).map(embeddedText));
    const after = chunkMarkdown(note.replace('## Two', '## Other'));
    const fresh = after.filter((chunk) => !before.has(embeddedText(chunk)));
    const below = after.filter((chunk) => chunk.headings.includes('Other'));
    expect(below.length).toBeGreaterThan(20);
    expect(fresh.length).toBeLessThanOrEqual(below.length + 1);
  });
});
