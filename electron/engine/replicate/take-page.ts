/** Takes what a peer sent into the log: one transaction, in which the vector moves with the rows. */
import type { FileRow, Row } from '../../../shared/contracts/peer-protocol.ts';
import { type FileClass, fileClasses } from '../../../shared/domain/change.ts';
import type { Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, type Problem, problem } from '../../../shared/result.ts';
import type { ContentStore } from '../log/content-store.ts';
import { createRowTaker, hold, isFileRow, type RowTaker } from '../log/take-row.ts';
import type { Codec, Sql } from '../ports.ts';
import { readBody } from './bodies.ts';
import { createRowChecker, type RowChecker } from './check-row.ts';
import type { PeerLink } from './link.ts';
import { createRecordTaker, type RecordTaker } from './take-record.ts';

export type TakeDeps = {
  sql: Sql;
  codec: Codec;
  contents: ContentStore;
  vector: () => Vector;
  nowMs: () => number;
  /** The id that this log writes under. */
  node: () => string;
  /** Takes another: this log is a copy of one that went on. */
  renewNode: () => void;
  /** Whether a change that came over a link with these rights must wait for approval here. */
  mustWait(row: FileRow, trusted: boolean): boolean;
};

/** Who sent the page, whether its instructions count at once, and which of its files we take; all when absent. */
export type Sender = { link: string; trusted: boolean; takes?: PeerLink['takes'] | undefined };

export type Taken = {
  rows: number;
  /** Files that have other heads now, those first for which agents wait most. */
  paths: string[];
  /** Hashes of contents that did not come along and are not here. */
  missing: string[];
  /** What was refused, one for each node or path. */
  problems: Problem[];
  /** The inbox or the consolidations may be others now. */
  records: boolean;
};

export type PageTaker = (rows: readonly Row[], sender: Sender) => Taken;

export function createPageTaker(deps: TakeDeps): PageTaker {
  const parts: Parts = {
    deps,
    taker: createRowTaker(deps.sql),
    record: createRecordTaker(deps.sql),
    check: createRowChecker(deps),
  };
  return (rows, sender) => deps.sql.transaction(() => takeRows(parts, rows, sender));
}

type Parts = { deps: TakeDeps; taker: RowTaker; record: RecordTaker; check: RowChecker };

function takeRows(parts: Parts, rows: readonly Row[], sender: Sender): Taken {
  const held = new Map(Object.entries(parts.deps.vector()));
  const blocked = new Map<string, Problem>();
  const refused = new Map<string, Problem>();
  const taken: Taken = { rows: 0, paths: [], missing: [], problems: [], records: false };
  const classes = new Map<string, FileClass>();
  for (const row of rows) {
    if (blocked.has(row.node)) continue;
    const checked = hasRoom(held, row.node)
      ? parts.check(row, held.get(row.node) ?? 0)
      : err(tooManyNodes(row.node));
    if (!checked.ok) {
      blocked.set(row.node, checked.error);
      continue;
    }
    if (checked.value.kind === 'known') continue;
    // Only we write under our id. Who has more of it than we have has it from a log of which ours is an old copy.
    if (row.node === parts.deps.node()) parts.deps.renewNode();
    const isRefused = checked.value.kind === 'hide';
    if (checked.value.kind === 'hide') refused.set(checked.value.problem.subject, checked.value.problem);
    takeRow(parts, isRefused ? refusedPlaceOf(row) : row, sender, taken);
    if (isFileRow(row) && !isRefused) classes.set(row.path, row.class);
    held.set(row.node, row.sequence);
  }
  return { ...taken, paths: byUrgency(classes), problems: [...blocked.values(), ...refused.values()] };
}

/** A vector that named more nodes than one may hold no peer would read, and nothing would go on from here. */
const hasRoom = (held: ReadonlyMap<string, number>, node: string): boolean =>
  held.has(node) || held.size < limits.vectorNodes - limits.vectorNodesKept;

/** Instructions and status first, notes last. */
const byUrgency = (classes: ReadonlyMap<string, FileClass>): string[] =>
  [...classes]
    .toSorted(([, one], [, other]) => fileClasses.indexOf(one) - fileClasses.indexOf(other))
    .map(([path]) => path);

const refusedPlaceOf = ({ node, sequence, hlc }: Row): Row => ({
  node,
  sequence,
  hlc,
  kind: 'hidden',
  refused: true,
});

function takeRow(parts: Parts, row: Row, sender: Sender, taken: Taken): void {
  const { deps, taker, record } = parts;
  taken.rows += 1;
  if (!isFileRow(row)) {
    const position = taker.take(row, null, { via: sender.link, held: hold.none });
    taken.records = record(row, position) || taken.records;
    return;
  }
  const via = sender.link;
  if (sender.takes?.(row.path) === false) {
    const content = row.content === null ? null : deps.contents.expect(row.content, row.size);
    taker.take(row, content, { via, held: hold.leftOut });
    return;
  }
  const content = row.content === null ? null : keepContent(deps, row, row.content, taken);
  const held = deps.mustWait(row, sender.trusted) ? hold.waiting : hold.none;
  taker.take(row, content, { via, held });
}

/** The row id of the content; what did not come, or came damaged, is asked for by its hash. */
function keepContent(deps: TakeDeps, row: FileRow, hash: string, taken: Taken): number {
  const { contents } = deps;
  const body =
    row.body === undefined
      ? undefined
      : readBody({ ...deps, find: contents.get }, row.body, { hash, size: row.size });
  if (body?.ok === true) return contents.put(body.value);
  if (!contents.has(hash)) taken.missing.push(hash);
  return contents.expect(hash, row.size);
}

const tooManyNodes = (node: string): Problem =>
  problem(
    'too-large',
    node,
    `Changes of node ${node} were refused: this log knows ${limits.vectorNodes - limits.vectorNodesKept} nodes and takes no more.`,
    'Find the device that makes up so many, and stop exchanging with it.',
  );
