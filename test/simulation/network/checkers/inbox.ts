/** Is the inbox the same everywhere, and does it hold only what a person must decide? */
import { nodeCodec } from '../../../../electron/adapters/node-codec.ts';
import type { Sql } from '../../../../electron/engine/ports.ts';
import { mergeVersions } from '../../../../shared/domain/merge/merge.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Judged } from '../judge.ts';

type Row = { path: string; loser: string; winner: string; base: string | null; state: string };

const readInbox = (sql: Sql): Row[] => sql.prepare<Row>('SELECT * FROM conflicts ORDER BY path, loser').all();

export function inboxesAgree({ replicas }: Judged): string[] {
  const inboxes = replicas.map(({ name, sql }) => ({
    name,
    rows: new Set(readInbox(sql).map(({ path, loser, state }) => `${path} ${loser} ${state}`)),
  }));
  const all = new Set(inboxes.flatMap(({ rows }) => [...rows]));
  return inboxes.flatMap(({ name, rows }) =>
    [...all].filter((row) => !rows.has(row)).map((row) => `the inbox of ${name} lacks ${row}`),
  );
}

/**
 * No open conflict is one that a pure merge of its two versions settles. Where more than two stand side by side it is
 * their merge together that counts, and which they were only the moment knew: files that were merged, too, are left out.
 */
export function noNeedlessConflict({ replicas, plan, met }: Judged): string[] {
  // Replicas that do not merge ask about everything that collided.
  if (plan.strategies !== undefined) return [];
  // Without the version that both come from nothing is merged, and that version may have been there for others.
  if (met.collected > 0) return [];
  return replicas.flatMap(({ name, sql }) =>
    readInbox(sql)
      .filter(
        ({ path, state }, _, all) => state === 'open' && all.filter((it) => it.path === path).length === 1,
      )
      .filter(
        ({ path }) => sql.prepare('SELECT 1 FROM log WHERE path = ? AND merge = 1').get(path) === undefined,
      )
      .filter(({ path, winner, loser, base }) => {
        const versions = [winner, loser].map((stamp) => bytesOfChange(sql, stamp));
        if (versions.some((bytes) => bytes === undefined)) return false;
        return mergeVersions(base === null ? null : (bytesOf(sql, base) ?? null), versions as Uint8Array[], {
          path,
        }).settled;
      })
      .map(({ path, loser }) => `the inbox of ${name} asks about ${path} ${loser}, which a merge settles`),
  );
}

const unpack = (row: { packed: Uint8Array | null } | undefined): Uint8Array | undefined =>
  row?.packed == null ? undefined : nodeCodec.decompress(row.packed, limits.trackedFileBytes);

const bytesOf = (sql: Sql, hash: string): Uint8Array | undefined =>
  unpack(sql.prepare<{ packed: Uint8Array | null }>('SELECT packed FROM content WHERE hash = ?').get(hash));

const bytesOfChange = (sql: Sql, stamp: string): Uint8Array | undefined =>
  unpack(
    sql
      .prepare<{ packed: Uint8Array | null }>(
        'SELECT c.packed FROM log l JOIN content c ON c.id = l.content WHERE l.stamp = ?',
      )
      .get(stamp),
  );
