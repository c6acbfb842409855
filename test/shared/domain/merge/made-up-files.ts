/** Agent files of each kind, made up, with two or three edits of one ancestor; every word that an edit adds is its own. */
import fc from 'fast-check';
import { encodeUtf8 } from '../../../../shared/domain/utf8.ts';

export type Edits = { path: string; base: string; versions: string[]; added: string[][] };

const count = fc.integer({ min: 0, max: 3 });
const sides = ['alfa', 'bravo', 'carol'] as const;

/** A word that no other edit and no base has. */
function wordOf(side: string, index: number): string {
  return `${side}${'xyz'[index] ?? 'w'}word`;
}

function added(side: string, howMany: number): string[] {
  return Array.from({ length: howMany }, (_, index) => wordOf(side, index));
}

type Shape = {
  base: readonly string[];
  insert: (lines: readonly string[], word: string, at: number) => string[];
};

function edits(path: string, shape: Shape, versions: number): fc.Arbitrary<Edits> {
  const plan = fc.array(fc.tuple(count, fc.nat({ max: 40 })), { minLength: versions, maxLength: versions });
  return plan.map((plans) => {
    const words = plans.map(([howMany], index) => added(sides[index] ?? '', howMany));
    const texts = plans.map(([, at], index) =>
      (words[index] ?? []).reduce(
        (lines, word, step) => shape.insert(lines, word, at + step * 3),
        [...shape.base],
      ),
    );
    const write = (lines: readonly string[]) => `${lines.join('\n')}\n`;
    return { path, base: write(shape.base), versions: texts.map(write), added: words };
  });
}

function inserted(lines: readonly string[], at: number, more: readonly string[]): string[] {
  return [...lines.slice(0, at), ...more, ...lines.slice(at)];
}

/** Where a line of this kind stands, the one that `at` picks. */
function placeOf(lines: readonly string[], pattern: RegExp, at: number): number {
  const places = [...lines.keys()].filter((index) => pattern.test(lines[index] ?? ''));
  return places[at % places.length] ?? 0;
}

const journal: Shape = {
  base: [
    '# Journal',
    '',
    '## 2026-03-01 Kick-off',
    '',
    'We begin with the parser.',
    '',
    '## 2026-03-02 Tests',
    '',
    'All green.',
  ],
  insert: (lines, word, at) =>
    inserted(lines, placeOf([...lines, '## end'], /^## /, at), [
      `## 2026-03-0${3 + (at % 5)} About ${word}`,
      '',
      `Something on ${word} was done.`,
      '',
    ]),
};

const board: Shape = {
  base: [
    '# Status',
    '',
    '| Task | Owner | State |',
    '| --- | --- | --- |',
    '| parser | ann | open |',
    '| lexer | bob | done |',
    '| docs | ann | open |',
    '',
    'Ask before you change a row.',
  ],
  insert: (lines, word, at) =>
    inserted(lines, placeOf(lines, /^\| (?!Task|---)/, at) + 1, [`| ${word} | eve | open |`]),
};

const checklist: Shape = {
  base: [
    '# To do',
    '',
    '- [ ] write the parser',
    '- [x] read the paper',
    '- [ ] ship it',
    '',
    'That is all.',
  ],
  insert: (lines, word, at) =>
    inserted(lines, placeOf(lines, /^- \[/, at) + 1, [`- [ ] look into ${word} soon`]),
};

const records: Shape = {
  base: ['a', 'b', 'c'].map((id) => JSON.stringify({ id, title: `Task ${id}`, status: 'open' })),
  insert: (lines, word, at) =>
    inserted(lines, at % (lines.length + 1), [
      JSON.stringify({ id: word, title: `Task ${word}`, status: 'open' }),
    ]),
};

const prose: Shape = {
  base: [
    '# Rules',
    '',
    'Write tests before the code, and keep them quick.',
    '',
    'Ask when in doubt.',
    '',
    'Be kind.',
  ],
  insert: (lines, word, at) => {
    const index = placeOf(lines, /\.$/, at);
    return lines.map((line, place) => (place === index ? `${line} Mind ${word} too.` : line));
  },
};

/** Edits of one kind each. */
export const editsOf = {
  journal: (versions: number) => edits('JOURNAL.md', journal, versions),
  board: (versions: number) => edits('STATUS.md', board, versions),
  checklist: (versions: number) => edits('TODO.md', checklist, versions),
  records: (versions: number) => edits('issues.jsonl', records, versions),
  prose: (versions: number) => edits('AGENTS.md', prose, versions),
};

export const kinds = Object.keys(editsOf) as (keyof typeof editsOf)[];

const line = fc.constantFrom(
  '',
  '# One',
  '## Two',
  '- [ ] item',
  '- [x] item',
  '- other',
  '| a | b |',
  '| --- | --- |',
  '```',
  'code()',
  'Count: 3',
  'Count: 7',
  'Date: 2026-03-01',
  'Date: 2026-04-02',
  'A sentence with some words.',
  'A sentence with more words.',
  '---',
);

/** Any lines at all, with any line ending and end. */
export const anyText: fc.Arbitrary<string> = fc
  .tuple(fc.array(line, { maxLength: 14 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
  .map(([lines, ending, closed, bom]) => (bom ? '\ufeff' : '') + lines.join(ending) + (closed ? ending : ''));

export const bytes = encodeUtf8;
