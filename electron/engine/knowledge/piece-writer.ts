/** Puts the pieces of a passage into their table; of most passages there are none, and nothing is stored. */
import { piecesText } from '../../../shared/domain/knowledge/sign-pairs.ts';
import type { Sql } from '../ports.ts';

export function createPieceWriter(sql: Sql): (id: number, headings: string, text: string) => void {
  const insert = sql.prepare('INSERT INTO pieces (rowid, headings, text) VALUES (?, ?, ?)');
  return (id, headings, text) => {
    const pieces = [piecesText(headings), piecesText(text)] as const;
    if (pieces.some((it) => it !== '')) insert.run(id, ...pieces);
  };
}
