/** Contents that changes of other replicas name and that are not here yet. */
import { fileClasses } from '../../../shared/domain/change.ts';
import { hold } from '../log/take-row.ts';
import type { Sql } from '../ports.ts';

export type Awaited = {
  /** Those of instructions and status first, then the newest, because heads need those. */
  hashes(): string[];
  /** Files with a version of this content. */
  pathsOf(hash: string): string[];
};

/** The place of a change's class among the classes. */
const urgency = `CASE l.class ${fileClasses.map((name, index) => `WHEN '${name}' THEN ${index}`).join(' ')} END`;

/** An awaited content has no checksum yet; one that the retention let go keeps it, marked when it is wanted again. */
export function awaitedContents(sql: Sql): Awaited {
  const hashes = sql.prepare<{ hash: string }>(
    `SELECT c.hash, min(${urgency}) AS urgency FROM content c INDEXED BY content_awaited JOIN log l ON l.content = c.id
     WHERE c.packed IS NULL AND c.md5 < '0' AND l.held < ${hold.leftOut} GROUP BY c.id ORDER BY urgency, c.id DESC`,
  );
  const paths = sql.prepare<{ path: string }>(
    'SELECT DISTINCT path FROM log WHERE content = (SELECT id FROM content WHERE hash = ?) AND path IS NOT NULL',
  );
  return {
    hashes: () => hashes.all().map((row) => row.hash),
    pathsOf: (hash) => paths.all(hash).map((row) => row.path),
  };
}
