/** What a person decides: which version of a conflict counts, and whether a change of instructions may. */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { withAncestors, withDescendants } from '../../../shared/domain/lineage.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { writeOwn } from '../apply/own-write.ts';
import { type Core, ownWriteDeps } from '../core.ts';
import { hold } from '../log/take-row.ts';
import type { RecordDisk } from '../record-disk.ts';
import { fitDecision } from './fit-decision.ts';
import type { ReplicationWork } from './replication-work.ts';

/**
 * `keep`: the file stays as it is. `take`: the version that lost replaces it. `write`: these bytes, worked out by a
 * person from both, do. `reopen` takes a decision back; what was written is undone by a restore.
 */
export type Resolution =
  | { how: 'keep' }
  | { how: 'take' }
  | { how: 'write'; bytes: Uint8Array }
  | { how: 'reopen' };

/**
 * `seen`: hash of what the file held when the person decided, null for no file; undefined stands for the version that
 * won. What was written since then is merged with the decision.
 */
export type ResolveRequest = {
  path: string;
  loser: string;
  resolution: Resolution;
  agent: string;
  seen?: string | null | undefined;
};

type Deps = { core: Core; work: ReplicationWork; recordDisk: RecordDisk };

/**
 * Returns the change that it made. Fails with `not-found`, `content-collected`, `not-tracked`, what the disk says, or
 * `changed-meanwhile` when the file holds other words since than were seen where the decision concerns them.
 */
export async function resolveConflict(deps: Deps, request: ResolveRequest): Promise<Result<Change | null>> {
  const { core, work } = deps;
  const { path, loser, resolution } = request;
  const conflict = work.inbox.find(path, loser);
  if (conflict === undefined) return err(noConflict(path, loser));
  const bytes = bytesFor(core, loser, resolution);
  if (bytes === undefined) return err(collected(path));
  const state = resolution.how === 'reopen' ? 'open' : resolution.how === 'keep' ? 'dismissed' : 'resolved';
  const settle = (): void => {
    const { stamp } = core.append.record('resolved', { path, loser, state });
    work.inbox.settle({ path, loser, state }, stamp);
  };
  if (bytes === 'as it is') {
    core.sql.transaction(settle);
    return ok(null);
  }
  const fileClass = core.settings.tracked().classify(path);
  if (fileClass === undefined) return err(notTracked(path));
  const seen = request.seen === undefined ? hashAt(core, conflict.winner) : request.seen;
  return write(deps, request, { bytes, seen: contentOf(core, seen), fileClass, settle });
}

type Decision = {
  bytes: Uint8Array | null;
  seen: Uint8Array | undefined;
  fileClass: FileClass;
  settle: () => void;
};

async function write(
  { core, recordDisk }: Deps,
  { path, loser, agent, resolution }: ResolveRequest,
  { bytes, seen, fileClass, settle }: Decision,
): Promise<Result<Change | null>> {
  const refused = { is: false };
  const written = await writeOwn(ownWriteDeps(core, recordDisk), {
    path,
    fileClass,
    compute(current) {
      const fitted = fitDecision({ path, seen, current, decided: bytes });
      refused.is = fitted === 'no fit';
      return fitted === 'no fit' ? (current ?? null) : fitted;
    },
    evidence: {
      agent,
      source: 'restore',
      detail:
        resolution.how === 'take'
          ? `A conflict was resolved with version ${loser.slice(0, 12)}.`
          : 'A conflict was resolved by hand.',
      at: core.clock.nowMs(),
    },
    consolidation: null,
    patienceMs: limits.commandPatienceMs,
    alongside: () => refused.is || settle(),
  });
  if (refused.is) return err(changedSince(path));
  return written.ok ? ok(written.value ?? null) : written;
}

/** Undefined: the version's bytes are gone. */
function bytesFor(
  core: Core,
  loser: string,
  resolution: Resolution,
): Uint8Array | null | 'as it is' | undefined {
  if (resolution.how === 'write') return resolution.bytes;
  if (resolution.how !== 'take') return 'as it is';
  const hash = hashAt(core, loser);
  return hash === null ? null : contentOf(core, hash);
}

/** Hash of the content of a version: null for a deletion, undefined for a version that is not in the log. */
const hashAt = (core: Core, stamp: string): string | null | undefined =>
  core.sql
    .prepare<{ hash: string | null }>(
      'SELECT c.hash FROM log l LEFT JOIN content c ON c.id = l.content WHERE l.stamp = ?',
    )
    .get(stamp)?.hash;

const contentOf = (core: Core, hash: string | null | undefined): Uint8Array | undefined =>
  hash == null ? undefined : core.contents.get(hash);

/** `wait` takes a rejection back. */
export type Verdict = 'approve' | 'reject' | 'wait';

/** Changes of instruction files that wait, oldest first. */
export function heldChanges(core: Core): Change[] {
  return core.sql
    .prepare<{ position: number }>('SELECT position FROM log WHERE held = 1 ORDER BY position')
    .all()
    .flatMap(({ position }) => core.reader.change(position) ?? []);
}

export type Decided = {
  /** Merges of ours that the decision made. */
  changes: Change[];
  /** Stamps of the changes that nobody named and that were decided along. */
  also: string[];
};

/**
 * Decides about changes that are held back. A version holds what it stands on, so that approving it approves those
 * changes too, and rejecting one rejects what waits and stands on it. Fails with `not-found`. Rejected changes stay in
 * the log, and can be approved later or wait again.
 */
export async function decideHeld(
  { core, work }: Deps,
  stamps: readonly string[],
  verdict: Verdict,
): Promise<Result<Decided>> {
  const changes = stamps.flatMap((stamp) => changeAt(core, stamp) ?? []);
  const [missing] = stamps.filter((stamp) => !changes.some((change) => change.stamp === stamp));
  if (missing !== undefined) return err(nothingHeld(missing));
  const paths = [...new Set(changes.map((change) => change.path))];
  const decided = paths.flatMap((path) => concerned(core, path, stamps, verdict));
  const update = core.sql.prepare('UPDATE log SET held = ? WHERE stamp = ?');
  core.sql.transaction(() => {
    for (const stamp of decided) update.run(holdAfter[verdict], stamp);
  });
  const also = decided.filter((stamp) => !stamps.includes(stamp));
  return ok({ changes: await work.settle(paths), also });
}

const holdAfter = { approve: hold.none, reject: hold.rejected, wait: hold.waiting } as const;

/** The changes of a file that a decision about `stamps` turns, oldest first. */
function concerned(core: Core, path: string, stamps: readonly string[], verdict: Verdict): string[] {
  const history = core.sql
    .prepare<{ stamp: string; parents: string; held: number }>(
      'SELECT stamp, parents, held FROM log WHERE path = ? ORDER BY position',
    )
    .all(path)
    .map(({ parents, ...row }) => ({ ...row, parents: parents === '' ? [] : parents.split(',') }));
  const found =
    verdict === 'reject' ? withDescendants(history, stamps) : withAncestors(history.toReversed(), stamps);
  return history
    .filter(({ stamp, held }) => turnedBy[verdict].includes(held) && found.has(stamp))
    .map(({ stamp }) => stamp);
}

const turnedBy: Record<Verdict, readonly number[]> = {
  approve: [hold.waiting, hold.rejected],
  reject: [hold.waiting],
  wait: [hold.rejected],
};

function changeAt(core: Core, stamp: string): Change | undefined {
  const row = core.sql
    .prepare<{ position: number }>(
      `SELECT position FROM log WHERE stamp = ? AND held IN (${hold.waiting}, ${hold.rejected})`,
    )
    .get(stamp);
  return row === undefined ? undefined : core.reader.change(row.position);
}

const noConflict = (path: string, loser: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} has no conflict ${loser.slice(0, 12)}.`,
    'List them with: skein conflicts',
  );

const collected = (path: string): Problem =>
  problem(
    'content-collected',
    path,
    `The other version of ${path} was let go by the retention.`,
    'Keep the file as it is, or edit it.',
  );

const changedSince = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `${path} was changed since you looked at it, where your decision changes it, too.`,
    'Nothing was written. Look at the file as it is now, and decide again.',
  );

const notTracked = (path: string): Problem =>
  problem(
    'not-tracked',
    path,
    `${path} is not tracked here.`,
    'Track it in skein.json, then resolve the conflict.',
  );

const nothingHeld = (stamp: string): Problem =>
  problem(
    'not-found',
    stamp,
    `No change ${stamp.slice(0, 12)} waits for approval.`,
    'List them with: skein approvals',
  );
