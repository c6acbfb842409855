/**
 * How git moved the files of a work tree: a switch of branches, a reset, a rebase, or a branch that grew. What a movement
 * brings nobody wrote just now (docs/decisions/0026-movements-of-git.md).
 */

export const movementKinds = ['switch', 'reset', 'rebase', 'pull', 'merge', 'cherry-pick'] as const;
export type MovementKind = (typeof movementKinds)[number];

/** What was checked out: a branch, or none where HEAD was detached, at a commit. */
export type CheckedOut = { branch: string | undefined; commit: string };

export type Movement = {
  /** Differs from that of every other movement of the repository. */
  id: string;
  kind: MovementKind;
  /** What was checked out before and is now, as git calls it: a branch, or the beginning of a commit. */
  from: string;
  to: string;
  /** The commit that is checked out now. */
  commit: string;
  /** Unix milliseconds, in whole seconds. */
  atMs: number;
  /** The branch that was checked out stays so, and only has more commits: what comes is news for everybody. */
  grew: boolean;
  /** What was checked out before, where the files lay that it moved. The log keeps that with those that are displaced. */
  left?: CheckedOut | undefined;
};

/** `under`: what git brought, null for nothing, where somebody wrote on top of it since. */
export type Brought = { movement: Movement; under?: Uint8Array | null };

/** Who made a change that is a movement: git, and no agent. */
export const gitAgent = 'git';

/** In one sentence without its end. */
export function movementWords({ kind, from, to }: Pick<Movement, 'kind' | 'from' | 'to'>): string {
  switch (kind) {
    case 'switch':
      return `Switched from ${from} to ${to}`;
    case 'reset':
      return `Reset to ${to}`;
    case 'rebase':
      return `Rebased ${from} onto ${to}`;
    case 'pull':
      return `Pulled into ${to}`;
    case 'merge':
      return `Merged ${from} into ${to}`;
    case 'cherry-pick':
      return `Picked commits into ${to}`;
  }
}

/**
 * `unmerged`: the index holds more than one version of it, and somebody has to settle that. `uncommitted`: git put it
 * there, or somebody has settled it, for a commit that is still to come or may be given up. `added`: a new file of somebody for that commit, of which git knows
 * nothing else: giving up takes it away.
 */
export type Unfinished = 'none' | 'unmerged' | 'uncommitted' | 'added';
