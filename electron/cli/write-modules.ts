/** A QR code in a terminal: two rows of modules in each line of text, dark on light whatever the colours are. */

const halves = { '00': '█', '01': '▀', '10': '▄', '11': ' ' } as const;

/** Rows of 1 (dark) and 0 (light), drawn with light blocks so that a camera reads it on a dark terminal. */
export function writeModules(rows: readonly string[]): string {
  const lines: string[] = [];
  for (let row = 0; row < rows.length; row += 2) {
    const upper = rows[row] ?? '';
    const lower = rows[row + 1] ?? '0'.repeat(upper.length);
    lines.push(
      [...upper].map((module, column) => halves[`${module}${lower[column]}` as keyof typeof halves]).join(''),
    );
  }
  return lines.join('\n');
}
