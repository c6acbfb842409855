/**
 * Agent mode of reference/001, around the agent itself: what is pulled before it begins, and what is committed and
 * pushed of what it changed. The caller holds the lock.
 */
import { commitMessage, nameInLine } from '../../../shared/domain/commit-message.ts';
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import { commitAndPush, type Shared } from './commit-and-push.ts';
import { changedBefore, isReplacedByLeft } from './left-out.ts';
import { type PullDeps, pullHeld } from './pull.ts';
import type { PullRequest } from './pull-request.ts';

/** By path, what differs from the last commit. */
export type Snapshot = {
  /** What lies there, and '' where nothing does. */
  files: ReadonlyMap<string, string>;
  /** Whether what the index holds is whole. */
  staged: ReadonlyMap<string, 'merged' | 'unmerged'>;
  /** What no commit of ours can hold: by a name for it, how it is, and why. */
  unheld: ReadonlyMap<string, { is: string; why: Problem }>;
};

export type TaskDeps = PullDeps & {
  /** What differs from the last commit now. */
  findChanges(): Promise<Result<Snapshot>>;
};

/** Pulls, then notes what lies there. Without a remote one works locally; any other failure ends the task. */
export async function beginTask(deps: TaskDeps, request: PullRequest, held: Held): Promise<Result<Snapshot>> {
  const pulled = await pullHeld(deps, request, held);
  if (!pulled.success && pulled.kind !== 'remote-missing') return err(pulled.problem);
  held.renew();
  return deps.findChanges();
}

/**
 * Commits what is another than when the task began, also what the agent has staged of it. What was changed already, and
 * is no file that agents share, may be somebody's half of a work: it is left out, and so is what was staged already.
 */
export async function endTask(
  deps: TaskDeps,
  request: PullRequest & { subject: string; push: boolean },
  { held, before }: { held: Held; before: Snapshot },
): Promise<Result<Shared>> {
  const after = await deps.findChanges();
  if (!after.ok) return after;
  const { files } = after.value;
  const changed = [...files.keys()].filter((path) => before.files.get(path) !== files.get(path));
  const meant = new Set(changed.filter((path) => !before.files.has(path) || deps.tracked.isTracked(path)));
  const shared = changed.filter((path) => !meant.has(path)).map(changedBefore);
  const taken = takenPlaces(files, [...before.files.keys()], meant);
  const paths = [...meant].filter((path) => !taken.has(path));
  const message = commitMessage(`${nameInLine(request.agent)}: ${request.subject}`, request.agent);
  const ownStaged = stagedSince(before, after.value);
  const apart = new Set([...before.files.keys()].filter((path) => !paths.includes(path)));
  const commit = { ...request, paths, message, ownStaged, apart };
  const committed = await commitAndPush(deps, commit, held);
  if (!committed.ok) return committed;
  const replaced = [...taken].map(([path, by]) => isReplacedByLeft(path, by));
  const left = [...shared, ...replaced, ...committed.value.left];
  const named = new Set(left.map(({ subject }) => subject));
  const others = unheldSince(before, after.value).filter(({ subject }) => !named.has(subject));
  return ok({ ...committed.value, left: [...left, ...others] });
}

/**
 * Files that are gone because something of before the task stands where their folder was, which is left out; git need not
 * have said so then: below a link that leads to itself it misses nothing.
 */
function takenPlaces(
  files: Snapshot['files'],
  before: readonly string[],
  meant: ReadonlySet<string>,
): Map<string, string> {
  const apart = new Set(before.filter((path) => !meant.has(path) && (files.get(path) ?? '') !== ''));
  return new Map(
    [...meant].flatMap((path) => {
      const by = foldersAbove(path).find((above) => apart.has(above));
      return by === undefined || files.get(path) !== '' ? [] : [[path, by]];
    }),
  );
}

const unheldSince = (before: Snapshot, after: Snapshot): Problem[] =>
  [...after.unheld].flatMap(([name, { is, why }]) => (before.unheld.get(name)?.is === is ? [] : [why]));

/** What git could not merge waits for a person, whoever began that. */
function stagedSince(before: Snapshot, after: Snapshot): Set<string> {
  const since = [...after.staged].filter(([path, is]) => is === 'merged' && !before.staged.has(path));
  return new Set(since.map(([path]) => path));
}
