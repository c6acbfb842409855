/** Contents that changes of other replicas name and that are not here yet. */
import type { Sql } from '../ports.ts';

export type Awaited = {
  /** The newest first, because heads need those. */
  hashes(): string[];
  /** Files with a version of this content. */
  pathsOf(hash: string): string[];
};

/** An awaited content has no checksum yet; one that the retention let go keeps it. */
export function awaitedContents(sql: Sql): Awaited {
  const hashes = sql.prepare<{ hash: string }>(
    "SELECT hash FROM content WHERE packed IS NULL AND md5 = '' ORDER BY id DESC",
  );
  const paths = sql.prepare<{ path: string }>(
    'SELECT DISTINCT path FROM log WHERE content = (SELECT id FROM content WHERE hash = ?) AND path IS NOT NULL',
  );
  return {
    hashes: () => hashes.all().map((row) => row.hash),
    pathsOf: (hash) => paths.all(hash).map((row) => row.path),
  };
}
