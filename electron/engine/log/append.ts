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
import type { Clock, FileStat, Sql } from '../ports.ts';
import type { Content, ContentStore } from './content-store.ts';

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
};

/** Where a row of the log landed. */
export type Entry = { position: number; stamp: string; sequence: number };

export type Appender = {
  readonly node: string;
  /** Records a change and the new known state of its file together. */
  change(change: NewChange): Change;
  /** Records a consolidation or its withdrawal; they share the node's gap-free sequence. */
  record(kind: 'consolidated' | 'withdrawn'): Entry;
};

export function createAppender(
  deps: { sql: Sql; clock: Clock; contents: ContentStore },
  node: string,
): Appender {
  const { sql, clock, contents } = deps;
  const insert = prepareInserts(sql);
  const last = sql.prepare<{ stamp: string | null; sequence: number | null }>(
    'SELECT (SELECT max(stamp) FROM log) AS stamp, (SELECT max(sequence) FROM log WHERE node = ?) AS sequence',
  );

  /** Read from the log each time: whatever was rolled back, the next stamp and sequence follow what is there. */
  function next(): { stamp: string; sequence: number } {
    const row = last.get(node);
    const before = row?.stamp ?? null;
    const { stamp } = nextStamp(before === null ? emptyClock : clockOf(before), node, clock.nowMs());
    return { stamp, sequence: (row?.sequence ?? 0) + 1 };
  }

  return {
    node,
    change: (change) =>
      sql.transaction(() => {
        const at = { ...next(), node };
        const content = change.content === null ? null : contents.put(change.content);
        const position = insert.change(change, at, content);
        const seenMs = change.seenMs ?? clock.nowMs();
        insert.knownState(change, { stamp: at.stamp, position, seenMs }, content);
        return toChange(change, { ...at, position });
      }),
    record: (kind) =>
      sql.transaction(() => {
        const at = next();
        return { ...at, position: insert.record(kind, at.stamp, node, at.sequence) };
      }),
  };
}

function clockOf(stamp: string): ClockState {
  const parsed = parseStamp(stamp);
  assert(parsed.ok, `the log holds the stamp ${stamp}`);
  return { millis: parsed.value.millis, counter: parsed.value.counter };
}

function prepareInserts(sql: Sql) {
  const logRow = sql.prepare(
    `INSERT INTO log (stamp, at_ms, node, sequence, kind, path, class, content, previous, parents, agent, source, evidence, consolidation, baseline)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM content WHERE hash = ?), ?, ?, ?, ?, ?, ?)`,
  );
  const bareRow = sql.prepare('INSERT INTO log (stamp, at_ms, node, sequence, kind) VALUES (?, ?, ?, ?, ?)');
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
        change.consolidation,
        change.baseline ? 1 : 0,
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
    record: (kind: string, stamp: string, node: string, sequence: number): number =>
      bareRow.run(stamp, stampMillis(stamp), node, sequence, kind).lastPosition,
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
    consolidation: change.consolidation,
    baseline: change.baseline,
    atMs: stampMillis(at.stamp),
  };
}
