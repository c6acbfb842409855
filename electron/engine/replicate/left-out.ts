/**
 * Partial sync: changes of files that we do not take from their sender. They are in the log, so that sequences have no
 * gap and others get them from us, but in no file, and their contents are not asked for. Whoever takes more files
 * later finds them here.
 */
import type { FileRow } from '../../../shared/contracts/peer-protocol.ts';
import { type Hold, hold } from '../log/take-row.ts';
import type { Sql } from '../ports.ts';
import type { Sender } from './take-page.ts';

/** What decides whether a change has to wait for approval. */
export type Awaiting = Pick<FileRow, 'path' | 'class' | 'content' | 'waiting'>;

type Deps = { sql: Sql; mustWait(row: Awaiting, trusted: boolean): boolean };
type LeftOut = Awaiting & { stamp: string; via: string | null; held: Hold };

/**
 * Lets the changes go on that are of files which we take by now, and returns their paths. What came over a link that
 * is gone counts as taken: nobody leaves it out any more.
 */
export function releaseLeftOut({ sql, mustWait }: Deps, senders: readonly Sender[]): string[] {
  const byLink = new Map(senders.map((sender) => [sender.link, sender]));
  const move = sql.prepare('UPDATE log SET held = ? WHERE stamp = ?');
  const all = sql
    .prepare<LeftOut>(
      `SELECT l.stamp, l.path, l.class, c.hash AS content, l.via, l.held FROM log l LEFT JOIN content c ON c.id = l.content
       WHERE l.held >= ${hold.leftOut} ORDER BY l.position`,
    )
    .all();
  const paths = new Set<string>();
  sql.transaction(() => {
    for (const row of all) {
      const sender = byLink.get(row.via ?? '');
      if (sender?.takes?.(row.path) === false) continue;
      const waits = row.held === hold.leftOutWaiting || mustWait(row, sender?.trusted === true);
      const held: Hold = waits ? hold.waiting : hold.none;
      move.run(held, row.stamp);
      paths.add(row.path);
    }
  });
  return [...paths];
}
