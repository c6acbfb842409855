/** Takes what a peer sent into the log: one transaction, in which the vector moves with the rows. */
import type { Body, FileRow, Row, RunEnd } from '../../../shared/contracts/peer-protocol.ts';
import { type FileClass, fileClasses } from '../../../shared/domain/change.ts';
import type { Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { ContentStore } from '../log/content-store.ts';
import { moveAside } from '../log/fork.ts';
import { createRowTakers, isFileRow, type RowTaker } from '../log/take-row.ts';
import type { Codec, Sql } from '../ports.ts';
import { type BodyReader, createBodyReader } from './bodies.ts';
import { createRowChecker, nodeTwice, type RowCheck, type RowChecker } from './check-row.ts';
import { createHiddenRows, type HiddenRows } from './hidden.ts';
import type { PeerLink } from './link.ts';
import { createFindFacts, type FindFacts, type PageFacts } from './page-facts.ts';
import { putRow } from './put-row.ts';
import type { UnpackedAhead } from './read-ahead.ts';
import { createRunEnds, type RunEnds } from './run-ends.ts';
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
  /** Files that have other heads now, or bytes that they waited for; those first for which agents wait most. */
  paths: string[];
  /** Of the newest content that came along for a file, unpacked. */
  bytesByPath: Map<string, number>;
  /** Hashes of contents that did not come along and are not here. */
  missing: string[];
  /** Stamps of changes that were hidden from us until now. */
  revealed: string[];
  /** What was refused, one for each node or path. */
  problems: Problem[];
  /** The inbox or the consolidations may be others now. */
  records: boolean;
  /** Nodes of which the sender holds another run than we do; nothing more of them is taken. */
  parted: string[];
  /** The rest of the page has to be asked for again: what came before it took too long to unpack. */
  cut: boolean;
};

/**
 * What the sender says of itself: the stamps at which its runs and ours should meet, and all that it holds. `ahead` are
 * contents of the page that are unpacked already.
 */
export type Said = { ends: readonly RunEnd[]; vector: Vector; ahead?: UnpackedAhead };

export type PageTaker = (rows: readonly Row[], sender: Sender, said?: Said) => Taken;

export function createPageTaker(given: TakeDeps): PageTaker {
  const deps = { ...given, renewNode: () => renewWithin(given) };
  const parts: Parts = {
    deps,
    newTaker: createRowTakers(deps.sql),
    record: createRecordTaker(deps.sql),
    check: createRowChecker(deps),
    findFacts: createFindFacts(deps),
    ends: createRunEnds(deps.sql),
    hidden: createHiddenRows(deps.sql),
  };
  return (rows, sender, said = { ends: [], vector: {} }) =>
    deps.sql.transaction(() => takeRows(parts, rows, sender, said));
}

/** It can be said at every page that our id is used elsewhere, and each id that we take stays in our vector. */
function renewWithin({ vector, renewNode }: TakeDeps): void {
  if (Object.keys(vector()).length < limits.vectorNodes) renewNode();
}

type Parts = {
  deps: TakeDeps;
  newTaker: () => RowTaker;
  record: RecordTaker;
  check: RowChecker;
  findFacts: FindFacts;
  ends: RunEnds;
  hidden: HiddenRows;
};

/** How far the page has come. */
type Progress = {
  held: Map<string, number>;
  /** By node, the sequence up to which the sender's run is known to be ours. */
  agreed: Record<string, number>;
  parted: Set<string>;
  blocked: Map<string, Problem>;
  /** A content comes along once, with a row that may not be taken now while another of the same content is. */
  bodies: ReadonlyMap<string, Body>;
  reader: BodyReader;
  facts: PageFacts;
  taker: RowTaker;
  /** The id that we write under. */
  own: string;
};

function takeRows(parts: Parts, rows: readonly Row[], sender: Sender, said: Said): Taken {
  const progress = beginPage(parts, rows, said);
  const { held, blocked, parted } = progress;
  const refused = new Map<string, Problem>();
  const taken: Taken = {
    rows: 0,
    paths: [],
    bytesByPath: new Map(),
    missing: [],
    revealed: [],
    problems: [],
    records: false,
    parted: [],
    cut: false,
  };
  const classes = new Map<string, FileClass>();
  const revealed: Row[] = [];
  for (const row of rows) {
    if (progress.reader.isSpent()) {
      taken.cut = true;
      break;
    }
    const checked = blocked.has(row.node) ? undefined : checkRow(parts, progress, row);
    if (checked === undefined) continue;
    const wasHidden = row.sequence <= (held.get(row.node) ?? 0);
    // Only we write under our id. Who has more of it than we have has it from a log of which ours is an old copy.
    if (!wasHidden && row.node === progress.own) renewNode(parts, progress);
    const isRefused = checked.kind === 'hide';
    if (checked.kind === 'hide') refused.set(checked.problem.subject, checked.problem);
    const whole = isRefused ? refusedPlaceOf(row) : withBody(row, progress.bodies);
    putRow(parts, whole, { ...progress, sender, taken, wasHidden });
    if (isFileRow(row) && !isRefused) classes.set(row.path, row.class);
    if (!wasHidden) held.set(row.node, row.sequence);
    else revealed.push(whole);
  }
  progress.taker.finish();
  if (revealed.length > 0) parts.hidden.fitIn(revealed);
  const problems = [...blocked.values(), ...refused.values()];
  const paths = [...new Set([...byUrgency(classes), ...taken.paths])];
  return { ...taken, paths, problems, parted: [...parted] };
}

function renewNode({ deps }: Parts, progress: Progress): void {
  deps.renewNode();
  progress.own = deps.node();
}

function beginPage(parts: Parts, rows: readonly Row[], said: Said): Progress {
  const { deps, ends } = parts;
  const held = new Map(Object.entries(deps.vector()));
  const parted = new Set(ends.parted(said.ends));
  const agreed = said.ends.filter(({ node }) => !parted.has(node)).map((end) => [end.node, end.sequence]);
  const own = deps.node();
  const ours = held.get(own) ?? 0;
  const isWrittenElsewhere = parted.has(own) || (said.vector[own] ?? 0) > ours;
  if (isWrittenElsewhere && ours > 0) deps.renewNode();
  return {
    own: deps.node(),
    held,
    parted,
    agreed: Object.fromEntries(agreed),
    blocked: new Map(),
    bodies: bodiesIn(rows),
    reader: createBodyReader(deps, said.ahead),
    facts: parts.findFacts(rows),
    taker: parts.newTaker(),
  };
}

const bodiesIn = (rows: readonly Row[]): Map<string, Body> =>
  new Map(
    rows
      .filter(isFileRow)
      .flatMap(({ content, body }) => (content === null || body === undefined ? [] : [[content, body]])),
  );

/** What to do with a row that may be taken; undefined for one that we hold, or that must wait. */
function checkRow(parts: Parts, progress: Progress, row: Row): RowCheck | undefined {
  const { blocked, agreed } = progress;
  const checked = checkPlace(parts, progress, row);
  if (!checked.ok) blocked.set(row.node, checked.error);
  else if (checked.value.kind === 'known') agreed[row.node] = row.sequence;
  else if (checked.value.kind === 'parted') return takeOtherRun(parts, progress, row, checked.value.ours);
  else return checked.value;
  return undefined;
}

function checkPlace({ check }: Parts, { held, parted, facts }: Progress, row: Row): Result<RowCheck> {
  if (!hasRoom(held, row.node)) return err(tooManyNodes(row.node));
  const ours = held.get(row.node) ?? 0;
  const mayFollow = row.sequence <= ours || !parted.has(row.node);
  return mayFollow ? check(row, ours, facts) : err(nodeTwice(row.node));
}

/** Where two runs of one node part, the one that began earlier stays in its place; a later one of ours gives way. */
function takeOtherRun(parts: Parts, progress: Progress, row: Row, ours: string): RowCheck | undefined {
  const { held, agreed, blocked, parted, facts } = progress;
  const isFirst = (agreed[row.node] ?? 0) === row.sequence - 1;
  if (!isFirst || ours < row.hlc) {
    parted.add(row.node);
    blocked.set(row.node, nodeTwice(row.node));
    return undefined;
  }
  // Nothing moves for a change that would not be taken then.
  const mayCome = mayAddNode(held) ? parts.check(row, row.sequence - 1, facts) : err(tooManyNodes(row.node));
  if (!mayCome.ok) {
    blocked.set(row.node, mayCome.error);
    return undefined;
  }
  const moved = moveAside(parts.deps, row.node, row.sequence);
  facts.noteMoved();
  held.set(row.node, row.sequence - 1);
  held.set(moved.node, moved.count);
  parted.delete(row.node);
  // What peers believe us to have is no longer so: to them this is another log.
  renewNode(parts, progress);
  return checkRow(parts, progress, row);
}

/** A vector that named more nodes than one may hold no peer would read, and nothing would go on from here. */
const hasRoom = (held: ReadonlyMap<string, number>, node: string): boolean =>
  held.has(node) || mayAddNode(held);

const mayAddNode = (held: ReadonlyMap<string, number>): boolean =>
  held.size < limits.vectorNodes - limits.vectorNodesKept;

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

function withBody(row: Row, bodies: ReadonlyMap<string, Body>): Row {
  if (!isFileRow(row) || row.content === null || row.body !== undefined) return row;
  const body = bodies.get(row.content);
  return body === undefined ? row : { ...row, body };
}

const tooManyNodes = (node: string): Problem =>
  problem(
    'too-large',
    node,
    `Changes of node ${node} were refused: this log knows ${limits.vectorNodes - limits.vectorNodesKept} nodes and takes no more.`,
    'Find the device that makes up so many, and stop exchanging with it.',
  );
