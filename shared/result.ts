/** An expected outcome: a value, or a typed failure that the caller must look at. */
export type Result<Value, Failure = Problem> = { ok: true; value: Value } | { ok: false; error: Failure };

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const err = <Failure>(error: Failure): { ok: false; error: Failure } => ({ ok: false, error });

/**
 * A failure as a person reads it: what happened, to which thing, what to do about it.
 * `advice` never names a destructive command, because agents obey error texts.
 */
export type Problem = { code: ProblemCode; message: string; subject: string; advice: string };

export type ProblemCode =
  | 'bad-input'
  | 'not-found'
  | 'hostile-path'
  | 'not-tracked'
  | 'too-large'
  | 'unreadable'
  | 'changed-meanwhile'
  | 'no-permission'
  | 'disk-full'
  | 'read-only'
  | 'database-corrupt'
  | 'database-newer'
  | 'database-busy'
  | 'settings-broken'
  | 'clock-wrong'
  | 'watch-limited'
  | 'link-leaves'
  | 'unauthorized'
  | 'forbidden-origin'
  | 'rate-limited'
  | 'port-busy'
  | 'not-a-folder'
  | 'no-workspace'
  | 'content-collected'
  | 'nothing-pending'
  | 'already-undone'
  | 'content-missing'
  | 'sequence-gap'
  | 'node-twice'
  | 'log-restored'
  | 'peer-returned'
  | 'device-twice'
  | 'peer-unreachable'
  | 'peer-refused'
  | 'protocol-too-old'
  | 'lock-busy'
  | 'lock-lost'
  | 'lock-unavailable'
  | 'git-unavailable'
  | 'git-failed'
  | 'git-busy'
  | 'hook-refused'
  | 'repository-state'
  | 'merge-conflict'
  | 'uncommitted-changes'
  | 'remote-missing'
  | 'remote-unreachable'
  | 'remote-refused'
  | 'push-rejected'
  | 'paused'
  | 'stopping'
  | 'internal';

/** What a person should know of, though nothing is to be done. */
export const notices: ReadonlySet<string> = new Set<ProblemCode>(['log-restored', 'peer-returned']);

export const problem = (code: ProblemCode, subject: string, message: string, advice: string): Problem => ({
  code,
  message,
  subject,
  advice,
});

/** A problem travels as an exception only where a callee cannot return a Result. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(it: Problem) {
    super(`${it.message} ${it.advice}`.trim());
    this.name = 'ProblemError';
    this.problem = it;
  }
}
