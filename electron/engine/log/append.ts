/** The one way into the log. Every call runs inside one transaction of the caller or its own (DESIGN rule 3). */
import { assert } from '../../../shared/assert.ts';
import type { Change, ChangeKind, Evidence, FileClass } from '../../../shared/domain/change.ts';
import {
  type ClockState,
  emptyClock,
  nextStamp,
  parseStamp,
  stampMillis,
} from '../../../shared/domain/stamp.ts';
import type { Clock, FileStat, Random, Sql } from '../ports.ts';
import type { Content, ContentStore } from './content-store.ts';
import { createHeads } from './heads.ts';

export type NewChange = {
  kind: ChangeKind;
  path: string;
  fileClass: FileClass;
  /** Null for a deletion. */
  content: Content | null;
  previous: string | null;
  parents: readonly string[];
  /** Decisive evidence first; never empty. */
  evidence: readonly [Evidence, ...Evidence[]];
  /** What the disk showed; of a deletion, the last known. */
  stat: FileStat;
  /** Unix milliseconds of the look that saw that, if it was not just now. */
  seenMs?: number;
  consolidation: number | null;
  baseline: boolean;
  /** A merge was worked out from its parents, which every replica would do alike; a choice is what one decided. */
  joins?: 'merge' | 'choice' | undefined;
};

/** Rows of the log that are no changes of files. */
export type RecordKind = 'consolidated' | 'withdrawn' | 'conflict' | 'resolved';

/** Where a row of the log landed. */
export type Entry = { position: number; stamp: string; sequence: number };

export type Appender = {
  /** The id that is written under now: a log that turns out to be a copy takes another. */
  readonly node: string;
  /** Records a change and the new known state of its file together. */
  change(change: NewChange): Change;
  /** Records what is no change of a file; it shares the node's gap-free sequence. `payload` is told to other replicas. */
  record(kind: RecordKind, payload: unknown): Entry;
};

export function createAppender(
  deps: { sql: Sql; clock: Clock; random: Random; contents: ContentStore },
  nodeNow: () => string,
): Appender {
  const { sql, clock, contents } = deps;
  let skip = smallNumber(deps.random);
  const insert = prepareInserts(sql);
  const heads = createHeads(sql);
  const last = sql.prepare<{ stamp: string | null; sequence: number | null }>(
    'SELECT (SELECT max(stamp) FROM log) AS stamp, (SELECT max(sequence) FROM log WHERE node = ?) AS sequence',
  );

  /** Read from the log each time: whatever was rolled back, the next stamp and sequence follow what is there. */
  function next(): { stamp: string; sequence: number; node: string } {
    const node = nodeNow();
    const row = last.get(node);
    const before = row?.stamp ?? null;
    const { stamp } = nextStamp(before === null ? emptyClock : laterBy(skip, before), node, clock.nowMs());
    skip = 0;
    return { stamp, sequence: (row?.sequence ?? 0) + 1, node };
  }

  return {
    get node() {
      return nodeNow();
    },
    change: (change) =>
      sql.transaction(() => {
        const at = next();
        const content = change.content === null ? null : contents.put(change.content);
        const position = insert.change(change, at, content);
        heads.advance(change.path, at.stamp, change.parents);
        const seenMs = change.seenMs ?? clock.nowMs();
        insert.knownState(change, { stamp: at.stamp, position, seenMs }, content);
        return toChange(change, { ...at, position });
      }),
    record: (kind, payload) =>
      sql.transaction(() => {
        const { stamp, sequence, node } = next();
        const position = insert.record(kind, stamp, node, sequence, JSON.stringify(payload));
        return { stamp, sequence, position };
      }),
  };
}

/** In the column of the consolidation: nobody wrote it, so no report waits for it. No row has this position. */
export const needsNoReport = 0;

/**
 * Where the wall clock stands behind the log, stamps only count on. A machine that was put back from an image would
 * then give out the same stamps again, to other changes; so each start leaves out a few.
 */
function smallNumber(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2);
  return (high % 16) * 256 + low;
}

function laterBy(skip: number, stamp: string): ClockState {
  const parsed = parseStamp(stamp);
  assert(parsed.ok, `the log holds the stamp ${stamp}`);
  const { millis, counter } = parsed.value;
  const isFull = counter + skip >= 2 ** 16;
  return isFull ? { millis: millis + 1, counter: skip } : { millis, counter: counter + skip };
}

function prepareInserts(sql: Sql) {
  const logRow = sql.prepare(
    `INSERT INTO log (stamp, at_ms, node, sequence, kind, path, class, content, previous, parents, agent, source, evidence, consolidation, baseline, merge)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM content WHERE hash = ?), ?, ?, ?, ?, ?, ?, ?)`,
  );
  const bareRow = sql.prepare(
    'INSERT INTO log (stamp, at_ms, node, sequence, kind, payload) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const fileRow = sql.prepare(
    `INSERT INTO files (path, class, content, size, mtime_ns, ctime_ns, inode, mode, seen_ms, head, position, versions)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
     ON CONFLICT (path) DO UPDATE SET class = excluded.class, content = excluded.content, size = excluded.size,
       mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, inode = excluded.inode, mode = excluded.mode,
       seen_ms = excluded.seen_ms, head = excluded.head, position = excluded.position, versions = versions + 1`,
  );
  return {
    change(
      change: NewChange,
      at: { stamp: string; sequence: number; node: string },
      content: number | null,
    ): number {
      const [decisive] = change.evidence;
      return logRow.run(
        at.stamp,
        stampMillis(at.stamp),
        at.node,
        at.sequence,
        change.kind,
        change.path,
        change.fileClass,
        content,
        change.previous,
        change.parents.join(','),
        decisive.agent,
        decisive.source,
        JSON.stringify(change.evidence),
        change.joins === undefined ? change.consolidation : needsNoReport,
        change.baseline ? 1 : 0,
        change.joins === undefined ? 0 : change.joins === 'merge' ? 1 : 2,
      ).lastPosition;
    },
    knownState(
      change: NewChange,
      at: { stamp: string; position: number; seenMs: number },
      content: number | null,
    ): void {
      const { stat } = change;
      fileRow.run(
        change.path,
        change.fileClass,
        content,
        stat.size,
        stat.mtimeNs,
        stat.ctimeNs,
        stat.inode,
        stat.mode,
        at.seenMs,
        at.stamp,
        at.position,
      );
    },
    record: (kind: string, stamp: string, node: string, sequence: number, payload: string): number =>
      bareRow.run(stamp, stampMillis(stamp), node, sequence, kind, payload).lastPosition,
  };
}

function toChange(change: NewChange, at: Entry & { node: string }): Change {
  return {
    ...at,
    kind: change.kind,
    path: change.path,
    fileClass: change.fileClass,
    content: change.content?.hash ?? null,
    previous: change.previous,
    parents: change.parents,
    agent: change.evidence[0].agent,
    evidence: change.evidence,
    consolidation: change.joins === undefined ? change.consolidation : needsNoReport,
    baseline: change.baseline,
    atMs: stampMillis(at.stamp),
  };
}
