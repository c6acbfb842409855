/** How a command ends, for scripts. One small set; every problem code has its place in it. */
import type { ProblemCode } from '../../shared/result.ts';

export const exitCodes = {
  ok: 0,
  failed: 1,
  wrongUsage: 2,
  nothing: 3,
  noWorkspace: 4,
  needsPerson: 5,
  timedOut: 124,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One line each, for `skein --help`. */
export const exitCodeMeanings: readonly { code: ExitCode; meaning: string }[] = [
  { code: exitCodes.ok, meaning: 'done' },
  { code: exitCodes.failed, meaning: 'failed; trying again may help' },
  { code: exitCodes.wrongUsage, meaning: 'wrong usage: the command line makes no sense' },
  { code: exitCodes.nothing, meaning: 'nothing to do, or not found' },
  { code: exitCodes.noWorkspace, meaning: 'no workspace: none is open here, or the folder is none' },
  { code: exitCodes.needsPerson, meaning: 'a person must put something right, such as broken settings' },
  { code: exitCodes.timedOut, meaning: 'the lock was not free in the time given (skein lock run --timeout)' },
];

const exitByProblem: Readonly<Record<ProblemCode, ExitCode>> = {
  'bad-input': exitCodes.wrongUsage,
  'hostile-path': exitCodes.wrongUsage,
  'not-found': exitCodes.nothing,
  'not-tracked': exitCodes.nothing,
  'content-collected': exitCodes.nothing,
  'nothing-pending': exitCodes.nothing,
  'already-undone': exitCodes.nothing,
  'no-workspace': exitCodes.noWorkspace,
  'not-a-folder': exitCodes.noWorkspace,
  'settings-broken': exitCodes.needsPerson,
  'database-corrupt': exitCodes.needsPerson,
  'database-newer': exitCodes.needsPerson,
  'no-permission': exitCodes.needsPerson,
  'disk-full': exitCodes.needsPerson,
  'read-only': exitCodes.needsPerson,
  'clock-wrong': exitCodes.needsPerson,
  'watch-limited': exitCodes.needsPerson,
  'link-leaves': exitCodes.needsPerson,
  'node-twice': exitCodes.needsPerson,
  'log-restored': exitCodes.failed,
  'peer-returned': exitCodes.failed,
  'device-twice': exitCodes.needsPerson,
  'protocol-too-old': exitCodes.needsPerson,
  'peer-refused': exitCodes.needsPerson,
  'peer-unreachable': exitCodes.failed,
  'sequence-gap': exitCodes.failed,
  'content-missing': exitCodes.failed,
  'too-large': exitCodes.failed,
  unreadable: exitCodes.failed,
  'changed-meanwhile': exitCodes.failed,
  'database-busy': exitCodes.failed,
  unauthorized: exitCodes.failed,
  'forbidden-origin': exitCodes.failed,
  'rate-limited': exitCodes.failed,
  'port-busy': exitCodes.failed,
  'lock-busy': exitCodes.timedOut,
  'lock-lost': exitCodes.failed,
  'lock-unavailable': exitCodes.needsPerson,
  'git-unavailable': exitCodes.needsPerson,
  'git-failed': exitCodes.failed,
  'git-busy': exitCodes.failed,
  'hook-refused': exitCodes.needsPerson,
  'repository-state': exitCodes.needsPerson,
  'merge-conflict': exitCodes.needsPerson,
  'uncommitted-changes': exitCodes.needsPerson,
  'remote-missing': exitCodes.needsPerson,
  'remote-unreachable': exitCodes.failed,
  'remote-refused': exitCodes.needsPerson,
  'push-rejected': exitCodes.failed,
  paused: exitCodes.failed,
  stopping: exitCodes.failed,
  internal: exitCodes.failed,
};

/** An engine of another version may know codes that we do not; those count as failures. */
export const exitCodeOf = (code: string): ExitCode =>
  (exitByProblem as Readonly<Record<string, ExitCode>>)[code] ?? exitCodes.failed;
