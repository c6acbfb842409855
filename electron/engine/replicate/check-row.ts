/** Whether a row that a peer sent may go into the log. What is wrong with one harms no other node's rows. */
import type { Row } from '../../../shared/contracts/peer-protocol.ts';
import { checkNotePath } from '../../../shared/domain/note-path.ts';
import { receiveStamp } from '../../../shared/domain/stamp.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { isOfRun } from '../log/fork.ts';
import { isFileRow } from '../log/take-row.ts';
import type { Codec, Sql } from '../ports.ts';
import { createFindCovered } from './covered-runs.ts';
import type { PageFacts } from './page-facts.ts';

/**
 * `take`: it comes next. `known`: we hold it. `reveal`: we hold its place, and it was hidden from us. `parted`: we hold another change, with this stamp, in its place. `hide`: its place is kept, but what it says is refused, with the reason.
 */
export type RowCheck =
  | { kind: 'take' }
  | { kind: 'known' }
  | { kind: 'reveal' }
  | { kind: 'parted'; ours: string }
  | { kind: 'hide'; problem: Problem };

export type RowChecker = (row: Row, held: number, facts: PageFacts) => Result<RowCheck>;

/**
 * Fails with `sequence-gap`, `clock-wrong`, `node-twice` or `bad-input`: then neither this row nor a later one of its
 * node may be taken now. `held` is the highest sequence of its node that we hold.
 */
export function createRowChecker(deps: { sql: Sql; codec: Codec; nowMs: () => number }): RowChecker {
  const findCovered = createFindCovered(deps.sql);
  /** Paths that nothing is wrong with: a few files have most of the changes. */
  const checked = new Set<string>();

  function checkKnown(row: Row, facts: PageFacts): Result<RowCheck> {
    const ours = facts.stampAt(row.node, row.sequence) ?? '';
    if (ours !== row.hlc) return ok({ kind: 'parted', ours });
    const wasHidden = facts.named(row.hlc)?.isBare === true;
    const isHidden = row.kind === 'hidden' && row.refused !== true;
    return wasHidden && !isHidden ? checkSaid(row, 'reveal', facts) : ok({ kind: 'known' });
  }

  /** Whether what it says may be taken, too. */
  function checkSaid(row: Row, kind: 'take' | 'reveal', facts: PageFacts): Result<RowCheck> {
    const early = checkParents(row, facts) ?? checkCovered(row, facts);
    if (early !== undefined) return err(early);
    const refused = checkKind(row) ?? checkPath(row, checked);
    return ok(refused === undefined ? { kind } : { kind: 'hide', problem: refused });
  }

  /** A consolidation comes after all that it covers, and its withdrawal after it: else each replica would fold otherwise. */
  function checkCovered(row: Row, facts: PageFacts): Problem | undefined {
    if (row.kind === 'withdrawn' && facts.named(row.payload.consolidation) === undefined)
      return gap(row, 'the consolidation that it withdraws is missing');
    if (row.kind !== 'consolidated') return undefined;
    return findCovered(row.payload) === undefined
      ? gap(row, 'a change that it covers is missing')
      : undefined;
  }

  return (row, held, facts) => {
    if (row.sequence <= held) return checkKnown(row, facts);
    if (row.sequence > held + 1) return err(gap(row, `change ${held + 1} is missing`));
    const before = facts.stampAt(row.node, held);
    if (!isOfRun(deps.codec, row.node, row.hlc, before))
      return err(malformed(row, 'its stamp is of another node'));
    if (facts.named(row.hlc) !== undefined) return err(nodeTwice(row.node));
    if (row.hlc <= (before ?? '')) return err(malformed(row, 'it is older than the one before it'));
    const clock = receiveStamp({ millis: 0, counter: 0 }, row.hlc, deps.nowMs());
    if (!clock.ok) return clock;
    return checkSaid(row, 'take', facts);
  };
}

function checkParents(row: Row, { named }: PageFacts): Problem | undefined {
  if (!isFileRow(row)) return undefined;
  for (const parent of row.parents) {
    const found = named(parent);
    if (found === undefined) return gap(row, 'a change that it stands on is missing');
    if (parent >= row.hlc) return malformed(row, 'it is older than what it stands on');
    if (!found.isHidden && found.path !== row.path) return malformed(row, 'it stands on another file');
  }
  return undefined;
}

/** A deletion has no content, everything else has one: who decides about a change goes by what it calls itself. */
function checkKind(row: Row): Problem | undefined {
  if (!isFileRow(row) || (row.kind === 'deleted') === (row.content === null)) return undefined;
  return malformed(row, 'its kind and its content contradict each other');
}

/** Only the one spelling that every replica uses. */
function checkPath(row: Row, checked: Set<string>): Problem | undefined {
  const named = pathIn(row);
  if (named === null || checked.has(named)) return undefined;
  const path = checkNotePath(named);
  if (!path.ok) return path.error;
  if (path.value !== named) return malformed(row, 'its path is not in Unicode form NFC');
  if (checked.size >= limits.checkedPaths) checked.clear();
  checked.add(named);
  return undefined;
}

function pathIn(row: Row): string | null {
  if (isFileRow(row)) return row.path;
  if (row.kind === 'conflict' || row.kind === 'resolved') return row.payload.path;
  return row.kind === 'consolidated' ? row.payload.report_file : null;
}

const gap = (row: Row, why: string): Problem =>
  problem(
    'sequence-gap',
    row.node,
    `Change ${row.sequence} of node ${row.node} cannot be taken yet: ${why}.`,
    'It is asked for again at the next exchange.',
  );

const malformed = (row: Row, why: string): Problem =>
  problem(
    'bad-input',
    row.node,
    `Change ${row.sequence} of node ${row.node} was refused: ${why}.`,
    'Update Skein on the device that sent it; if that does not help, stop exchanging with it.',
  );

export const nodeTwice = (node: string): Problem =>
  problem(
    'node-twice',
    node,
    `Two different runs of changes have the node id ${node}: a machine was put back from an image, or copied.`,
    'Nothing is lost and nothing needs to be done: one of the next exchanges gives the later run an id of its own.',
  );
