/** Tables of text that fit the terminal. */
import type { Style } from './style.ts';
import { fitText, padText, plainText, textWidth } from './text-width.ts';

export type Column<Row> = {
  title: string;
  cell(row: Row): string;
  /** Numbers stand at the right. */
  align?: 'left' | 'right';
  /** When room is short this column gives some up, and keeps this side of its text. */
  shrinks?: 'start' | 'end';
  /** Colours the cell; never changes its width. */
  paint?(text: string, row: Row, style: Style): string;
};

const gap = '  ';
/** Columns that a shrinking column keeps at least: a file name's end stays readable. */
const leastWidth = 12;

/** Rows under their titles, a line each. In a pipe nothing is cut. */
export function writeTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], style: Style): string {
  const cells = rows.map((row) => columns.map((column) => plainText(column.cell(row))));
  const natural = columns.map(({ title }, index) =>
    Math.max(textWidth(title), ...cells.map((line) => textWidth(line[index] ?? ''))),
  );
  const widths = shrink(natural, columns, style.width);
  const header = joinLine(columns.map(({ title, align }, index) => pad(title, widths[index], align)));
  const lines = rows.map((row, line) =>
    joinLine(
      columns.map((column, index) =>
        writeCell(column, row, cells[line]?.[index] ?? '', widths[index], style),
      ),
    ),
  );
  return [style.colors.dim(header), ...lines].join('\n');
}

const joinLine = (cells: readonly string[]): string => cells.join(gap).trimEnd();
const pad = (text: string, width = 0, align: 'left' | 'right' = 'left'): string =>
  padText(text, width, align);

function writeCell<Row>(column: Column<Row>, row: Row, cell: string, width = 0, style: Style): string {
  const text = pad(fitText(cell, Math.max(1, width), column.shrinks ?? 'start'), width, column.align);
  return column.paint === undefined ? text : column.paint(text, row, style);
}

/** The widest of the columns that may shrink gives way first. */
function shrink<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  room: number | undefined,
): number[] {
  const widths = [...natural];
  let excess = sum(widths) + gap.length * (widths.length - 1) - (room ?? Number.POSITIVE_INFINITY);
  while (excess > 0) {
    const widest = findWidest(widths, columns);
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function findWidest<Row>(widths: readonly number[], columns: readonly Column<Row>[]): number | undefined {
  const able = columns.flatMap(({ shrinks }, index) =>
    shrinks !== undefined && (widths[index] ?? 0) > leastWidth ? [index] : [],
  );
  return able.toSorted((left, right) => (widths[right] ?? 0) - (widths[left] ?? 0))[0];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Facts as `name  value` lines, the values in one column. */
export function writeFacts(facts: readonly (readonly [string, string])[], style: Style): string {
  const width = Math.max(0, ...facts.map(([name]) => textWidth(name)));
  return facts
    .map(([name, value]) => `${style.colors.dim(padText(name, width, 'left'))}${gap}${value}`)
    .join('\n');
}
