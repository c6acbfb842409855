/**
 * Agent mode of reference/001, around the agent itself: what is pulled before it begins, and what is committed and
 * pushed of what it changed. The caller holds the lock.
 */
import { commitMessage, nameInLine } from '../../../shared/domain/commit-message.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import { commitAndPush, type Shared } from './commit-and-push.ts';
import { type PullDeps, pullHeld } from './pull.ts';
import type { PullRequest } from './pull-request.ts';

export type Snapshot = {
  /** By path, the mode and the id of what lies there; '' where nothing does. */
  files: ReadonlyMap<string, string>;
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
 * Commits what is another than when the task began. What was changed already, and is no file that agents share, may be
 * somebody's half of a work: it is left out.
 */
export async function endTask(
  deps: TaskDeps,
  request: PullRequest & { subject: string; push: boolean },
  { held, before }: { held: Held; before: Snapshot },
): Promise<Result<Shared>> {
  const after = await deps.findChanges();
  if (!after.ok) return after;
  const { files, unheld } = after.value;
  const changed = [...files].filter(([path, is]) => before.files.get(path) !== is).map(([path]) => path);
  const paths = changed.filter((path) => !before.files.has(path) || deps.tracked.isTracked(path));
  const shared = changed.filter((path) => !paths.includes(path)).map(changedBefore);
  const others = [...unheld].flatMap(([name, { is, why }]) =>
    before.unheld.get(name)?.is === is ? [] : [why],
  );
  const message = commitMessage(`${nameInLine(request.agent)}: ${request.subject}`, request.agent);
  const committed = await commitAndPush(deps, { ...request, paths, message }, held);
  if (!committed.ok) return committed;
  return ok({ ...committed.value, left: [...shared, ...others, ...committed.value.left] });
}

const changedBefore = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: it was changed before the task began, too.`,
    'Commit it yourself.',
  );
