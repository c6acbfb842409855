/** Counts what crosses the network: rows that arrive, and those that the receiver had already. */
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import type { Row } from '../../../shared/contracts/peer-protocol.ts';
import { covers, type Vector } from '../../../shared/domain/vector.ts';
import type { Met } from './met.ts';
import type { Replica } from './replica.ts';

export type Traffic = {
  /** Rows that arrived, and those among them that their receiver had already when they were asked for or sent. */
  readonly arrived: { rows: number; again: number };
  /** The same link; what goes over it is counted. */
  meter(link: PeerLink, here: Replica, there: Replica): PeerLink;
};

export function createTraffic(met: Met): Traffic {
  const arrived = { rows: 0, again: 0 };
  const note = (rows: readonly Row[], held: Held): void => {
    arrived.rows += rows.length;
    arrived.again += rows.filter(
      ({ node, sequence, hlc }) => covers(held.vector, node, sequence) && !held.hidden.has(hlc),
    ).length;
  };
  return {
    arrived,
    meter: (link, here, there) => ({
      ...link,
      async changes(since, limit) {
        const held = heldBy(here);
        const page = await link.changes(since, limit);
        if (page.ok) note(page.value.changes, held);
        return page;
      },
      async push(push) {
        const held = heldBy(there);
        const answer = await link.push(push);
        if (answer.ok) note(push.changes, held);
        if (answer.ok && answer.value.problems.some(({ code }) => code === 'clock-wrong'))
          met.clockRefused += 1;
        return answer;
      },
    }),
  };
}

/** What a replica holds, and stamps of rows of which it holds nothing but their places. */
type Held = { vector: Vector; hidden: ReadonlySet<string> };

/** Straight from the table: the engine may be dead. */
function heldBy({ sql }: Replica): Held {
  const rows = sql
    .prepare<{ node: string; last: number }>('SELECT node, max(sequence) AS last FROM log GROUP BY node')
    .all();
  const hidden = sql.prepare<{ stamp: string }>("SELECT stamp FROM log WHERE kind = 'hidden'").all();
  return {
    vector: Object.fromEntries(rows.map(({ node, last }) => [node, last])),
    hidden: new Set(hidden.map(({ stamp }) => stamp)),
  };
}
