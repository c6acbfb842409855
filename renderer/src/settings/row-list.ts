/** A setting that is a list of small records, as the rows of an editor. */
export type Row = Readonly<Record<string, string>>;
export type Column = {
  key: string;
  label: string;
  placeholder: string;
  options?: readonly { value: string; label: string }[];
};

/** Rows in which something is written; a row that was only begun is no setting yet. */
export const writtenRows = (rows: readonly Row[], key: string): Row[] =>
  rows
    .filter((row) => (row[key] ?? '').trim() !== '')
    .map((row) => ({ ...row, [key]: (row[key] ?? '').trim() }));

export const replaceRow = (rows: readonly Row[], index: number, part: Row): Row[] =>
  rows.map((row, at) => (at === index ? { ...row, ...part } : row));

export const withoutRow = (rows: readonly Row[], index: number): Row[] =>
  rows.filter((_, at) => at !== index);
