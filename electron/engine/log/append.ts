/** The one way into the log. Every call runs inside one transaction of the caller or its own (DESIGN rule 3). */
import { assert } from '../../../shared/assert.ts';
import type { Change, ChangeKind, Evidence, FileClass } from '../../../shared/domain/change.ts';
import type { Movement } from '../../../shared/domain/movement.ts';
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
import { atHome, createKnownFiles, type Displaced, joinHeads } from './known-files.ts';
import { createMovements } from './movements.ts';

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
  /** What git did to bring it; undefined when somebody wrote it. */
  movement?: Movement | undefined;
};

/** Rows of the log that are no changes of files. */
export type RecordKind = 'consolidated' | 'withdrawn' | 'conflict' | 'resolved';

/** Where a row of the log landed. */
export type Entry = { position: number; stamp: string; sequence: number };

/** The heads that bytes on the disk stand for, and what they are in the place of, if not what those heads say. */
export type Standing = { heads: readonly string[]; displaced: Displaced | undefined };

export type Appender = {
  /** The id that is written under now: a log that turns out to be a copy takes another. */
  readonly node: string;
  /** Records a change and the new known state of its file together. */
  change(change: NewChange): Change;
  /** As `change`, of a version that is told to no other replica: it is no head, and its file stands for others. */
  local(change: NewChange, standing: Standing): Change;
  /** As `local`, of a version that its file does not stand for: what is known of that stays as it is. */
  aside(change: NewChange): Change;
  /** As `change`, also of a file that was displaced: what lies there is what is shared now. */
  share(change: NewChange): Change;
  /** Records a change of a file of which something else lies on the disk. */
  elsewhere(change: NewChange): Change;
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
  const known = createKnownFiles(sql);
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

  function putRow(change: NewChange, isLocal: boolean): Put {
    const at = next();
    const content = change.content === null ? null : contents.put(change.content);
    return { ...at, content, position: insert.change(change, at, content, isLocal) };
  }

  function noteState(change: NewChange, { position, content }: Put, standsFor: readonly string[]): void {
    const seenMs = change.seenMs ?? clock.nowMs();
    insert.knownState(change, { position, seenMs, heads: standsFor }, content);
  }

  const share = (change: NewChange): Change =>
    sql.transaction(() => {
      const put = putRow(change, false);
      heads.advance(change.path, put.stamp, change.parents);
      noteState(change, put, [put.stamp]);
      return toChange(change, put);
    });

  return {
    get node() {
      return nodeNow();
    },
    change: share,
    share,
    local: (change, standing) =>
      sql.transaction(() => {
        const bare = { ...change, parents: [], consolidation: needsNoReport };
        const put = putRow(bare, true);
        noteState(change, put, standing.heads);
        known.displace(change.path, standing.displaced);
        return toChange(bare, put, true);
      }),
    aside: (change) =>
      sql.transaction(() => {
        const bare = { ...change, parents: [], consolidation: needsNoReport };
        return toChange(bare, putRow(bare, true), true);
      }),
    elsewhere: (change) =>
      sql.transaction(() => {
        const put = putRow(change, false);
        heads.advance(change.path, put.stamp, change.parents);
        return toChange(change, put);
      }),
    record: (kind, payload) =>
      sql.transaction(() => {
        const { stamp, sequence, node } = next();
        const position = insert.record(kind, stamp, node, sequence, JSON.stringify(payload));
        return { stamp, sequence, position };
      }),
  };
}

/** Where a change landed, and the row id of its content. */
type Put = Entry & { node: string; content: number | null };

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
  const movements = createMovements(sql);
  const logRow = sql.prepare(
    `INSERT INTO log (stamp, at_ms, node, sequence, kind, path, class, content, previous, parents, agent, source, evidence, consolidation, baseline, merge, movement, local)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM content WHERE hash = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const bareRow = sql.prepare(
    'INSERT INTO log (stamp, at_ms, node, sequence, kind, payload) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const fileRow = sql.prepare(
    `INSERT INTO files (path, class, content, size, mtime_ns, ctime_ns, inode, mode, seen_ms, head, position, versions)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
     ON CONFLICT (path) DO UPDATE SET class = excluded.class, content = excluded.content, size = excluded.size,
       mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, inode = excluded.inode, mode = excluded.mode,
       seen_ms = excluded.seen_ms, head = excluded.head, position = excluded.position, versions = versions + 1,
       ${atHome}`,
  );
  return {
    change(
      change: NewChange,
      at: { stamp: string; sequence: number; node: string },
      content: number | null,
      isLocal: boolean,
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
        change.movement === undefined ? null : movements.note(change.movement),
        isLocal ? 1 : 0,
      ).lastPosition;
    },
    knownState(
      change: NewChange,
      at: { heads: readonly string[]; position: number; seenMs: number },
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
        joinHeads(at.heads),
        at.position,
      );
    },
    record: (kind: string, stamp: string, node: string, sequence: number, payload: string): number =>
      bareRow.run(stamp, stampMillis(stamp), node, sequence, kind, payload).lastPosition,
  };
}

function toChange(change: NewChange, { content: _, ...at }: Put, isLocal = false): Change {
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
    movement: change.movement ?? null,
    local: isLocal,
    atMs: stampMillis(at.stamp),
  };
}
