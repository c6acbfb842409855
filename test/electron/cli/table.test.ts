import picocolors from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Style } from '../../../electron/cli/style.ts';
import { type Column, writeFacts, writeTable } from '../../../electron/cli/table.ts';
import { textWidth } from '../../../electron/cli/text-width.ts';

type Row = { file: string; agent: string; count: number };

const columns: Column<Row>[] = [
  { title: 'FILE', cell: ({ file }) => file, shrinks: 'end' },
  { title: 'AGENT', cell: ({ agent }) => agent, shrinks: 'start' },
  { title: 'COUNT', cell: ({ count }) => String(count), align: 'right' },
];

const rows: Row[] = [
  { file: 'docs/architecture/10-Memoire.md', agent: 'claude-code', count: 12 },
  { file: 'AGENTS.md', agent: 'human', count: 3 },
];

const plain = (width?: number): Style => ({
  colors: picocolors.createColors(false),
  width,
  nowMs: 0,
  isTerminal: width !== undefined,
});

describe('a table', () => {
  test('stands in columns, with no spaces at the ends of lines', () => {
    expect(writeTable(rows, columns, plain())).toBe(
      [
        'FILE                             AGENT        COUNT',
        'docs/architecture/10-Memoire.md  claude-code     12',
        'AGENTS.md                        human            3',
      ].join('\n'),
    );
  });

  test('is cut in no pipe, however long its lines', () => {
    const long = [{ file: `${'x'.repeat(500)}.md`, agent: 'human', count: 1 }];
    expect(writeTable(long, columns, plain())).toContain('x'.repeat(500));
  });

  test('fits the terminal, the widest column giving way', () => {
    const lines = writeTable(rows, columns, plain(40)).split('\n');
    expect(lines.every((line) => textWidth(line) <= 40)).toBe(true);
    expect(lines[1]).toBe('…cture/10-Memoire.md  claude-code     12');
  });

  test('keeps something of every column when there is no room at all', () => {
    const [, first] = writeTable(rows, columns, plain(10)).split('\n');
    expect(first).toContain('Memoire.md');
    expect(first).toContain('12');
  });

  test('takes no control characters from its cells', () => {
    const hostile = [{ file: 'a\u001b[2J\nb', agent: 'x', count: 1 }];
    expect(writeTable(hostile, columns, plain()).split('\n')).toHaveLength(2);
  });

  test('colours do not move columns', () => {
    const colors = picocolors.createColors(true);
    const painted = columns.map((column) => ({ ...column, paint: (text: string) => colors.red(text) }));
    const text = writeTable(rows, painted, { colors, width: undefined, nowMs: 0, isTerminal: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what colours are made of.
    const stripped = text.replace(/\u001b\[\d+m/g, '');
    expect(stripped.split('\n').map((line) => line.trimEnd())).toEqual(
      writeTable(rows, columns, plain()).split('\n'),
    );
  });
});

test('facts stand under each other', () => {
  expect(
    writeFacts(
      [
        ['State', 'watching'],
        ['Pending', 'nothing'],
      ],
      plain(),
    ),
  ).toBe('State    watching\nPending  nothing');
});
