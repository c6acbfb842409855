/**
 * Rows that a sender hid, because this device may not read their files. Their places are held, so that sequences have
 * no gap, and whoever shows more later is asked for them: each link once for each place under the same rights.
 */
import type { Page, Places, Row } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { claimAgain } from '../consolidate/covers.ts';
import { recountActivity } from '../log/activity.ts';
import { createHeads } from '../log/heads.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import { isFileRow } from '../log/take-row.ts';
import type { Sql } from '../ports.ts';
import type { LinkState } from './exchange.ts';
import type { LinkRights } from './link.ts';

type Place = { node: string; sequence: number };
type Asked = Pick<LinkState, 'said' | 'shown'>;

export type HiddenRows = {
  /** What the other side holds and was not asked for yet: as much as one question takes. */
  unasked(state: Asked): Places;
  /**
   * Remembers which rows of a message the other side hides from us. One that was said under other rights than the last
   * that we heard tells nothing: its rows may be shown by now.
   */
  note(state: Pick<LinkState, 'said' | 'shown' | 'scope'>, message: Pick<Page, 'changes' | 'scope'>): void;
  /**
   * These came to be known. What others folded, wrote on top of them, or counted meanwhile is worked out anew; and
   * whoever was told that they are hidden here, too, may ask again. Call in the transaction that takes them.
   */
  fitIn(revealed: readonly Row[]): void;
  /** Names what the other side may know from us. Empty where that is, and always was, everything that we do. */
  scope(rights: LinkRights): string;
};

const revealedKey = 'revealed';

export function createHiddenRows(sql: Sql): HiddenRows {
  const heads = createHeads(sql);
  const isHidden = "kind = 'hidden' AND payload IS NULL";
  const firstNode = `SELECT min(node) FROM log INDEXED BY log_hidden WHERE ${isHidden}`;
  // As for vectors: from node to node, however many rows of each are hidden.
  const nodes = sql.prepare<{ node: string }>(
    `WITH RECURSIVE nodes (node) AS (
       ${firstNode}
       UNION ALL
       SELECT (${firstNode} AND node > nodes.node) FROM nodes WHERE nodes.node IS NOT NULL)
     SELECT node FROM nodes WHERE node IS NOT NULL`,
  );
  const ofNode = sql.prepare<Place>(
    `SELECT node, sequence FROM log INDEXED BY log_hidden
     WHERE ${isHidden} AND node = ? AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?`,
  );
  const revealed = (): number => Number(readMeta(sql, revealedKey) ?? 0);

  function open({ shown, said }: Asked, limit: number): Place[] {
    const places: Place[] = [];
    for (const { node } of nodes.all()) {
      if (places.length >= limit) break;
      places.push(...ofNode.all(node, shown[node] ?? 0, said[node] ?? 0, limit - places.length));
    }
    return places;
  }

  return {
    unasked: (state) => runsOf(open(state, limits.pageRowsUsual)),
    note(state, { changes, scope = '' }) {
      const stamps = new Set(changes.filter(isStillHidden).map(nameOf));
      if (stamps.size === 0 || scope !== state.scope) return;
      const shown: Record<string, number> = { ...state.shown };
      const stuck = new Set<string>();
      for (const place of open(state, limits.pageRowsSent)) {
        // Whatever comes after one that it said nothing about is asked for again with that.
        if (!stamps.has(nameOf(place))) stuck.add(place.node);
        else if (!stuck.has(place.node)) shown[place.node] = place.sequence;
      }
      state.shown = shown;
    },
    fitIn(rows) {
      for (const path of new Set(rows.filter(isFileRow).map((row) => row.path))) heads.derive(path);
      claimAgain(sql);
      recountActivity(sql);
      writeMeta(sql, revealedKey, String(revealed() + 1));
    },
    scope({ scope = 0 }) {
      const own = revealed();
      return scope === 0 && own === 0 ? '' : `${scope}.${own}`;
    },
  };
}

const isStillHidden = (row: Row): boolean => row.kind === 'hidden' && row.refused !== true;

const nameOf = ({ node, sequence }: Place): string => `${node} ${sequence}`;

/**
 * Whether a question for `left` gets further than the one for `asked` did: a peer that names other places each time,
 * or other rights, is not followed for ever.
 */
export function isFurther(left: Places, asked: Places): boolean {
  const [last, before] = [left.at(-1), asked.at(-1)];
  if (last === undefined || before === undefined) return false;
  if (last.node !== before.node) return last.node > before.node;
  return last.last === before.last ? countOf(left) < countOf(asked) : last.last > before.last;
}

const countOf = (places: Places): number =>
  places.reduce((sum, { first, last }) => sum + Math.max(0, last - first + 1), 0);

/** Places in order of their nodes and sequences, those that follow one another as one. */
function runsOf(places: readonly Place[]): Places {
  const runs: Places = [];
  for (const { node, sequence } of places) {
    const run = runs.at(-1);
    if (run?.node === node && run.last === sequence - 1) run.last = sequence;
    else runs.push({ node, first: sequence, last: sequence });
  }
  return runs;
}
