/** Problems as HTTP answers: the one table from problem code to status, and the one JSON form. */
import { type Problem, type ProblemCode, ProblemError, problem } from '../../shared/result.ts';

/** HTTP status of every problem code; a new code does not compile until it stands here. */
export const statusByCode: Readonly<Record<ProblemCode, number>> = {
  'bad-input': 400,
  'hostile-path': 400,
  'link-leaves': 400,
  'not-a-folder': 400,
  unauthorized: 401,
  'forbidden-origin': 403,
  'no-permission': 403,
  'not-found': 404,
  'not-tracked': 404,
  'no-workspace': 409,
  'changed-meanwhile': 409,
  'already-undone': 409,
  'nothing-pending': 409,
  'settings-broken': 409,
  'clock-wrong': 409,
  'port-busy': 409,
  paused: 409,
  'lock-busy': 409,
  'lock-lost': 409,
  'node-twice': 409,
  'log-restored': 409,
  'peer-returned': 409,
  'device-twice': 409,
  'sequence-gap': 409,
  'content-missing': 409,
  'git-busy': 409,
  'hook-refused': 409,
  'repository-state': 409,
  'merge-conflict': 409,
  'uncommitted-changes': 409,
  'remote-missing': 409,
  'push-rejected': 409,
  'remote-refused': 403,
  'remote-unreachable': 502,
  'git-failed': 500,
  'git-unavailable': 503,
  'peer-refused': 403,
  'protocol-too-old': 426,
  'peer-unreachable': 502,
  'content-collected': 410,
  'too-large': 413,
  unreadable: 422,
  'rate-limited': 429,
  internal: 500,
  'database-corrupt': 500,
  'database-newer': 500,
  'database-busy': 503,
  'watch-limited': 503,
  'lock-unavailable': 503,
  stopping: 503,
  'disk-full': 507,
  'read-only': 507,
};

const headersByStatus: Readonly<Record<number, Record<string, string>>> = {
  401: { 'www-authenticate': 'Bearer realm="skein"' },
  429: { 'retry-after': '60' },
  503: { 'retry-after': '5' },
};

/** `{ "error": problem }` with the status of its code, or with `status` where the route knows better. */
export function problemResponse(it: Problem, status = statusByCode[it.code]): Response {
  return Response.json({ error: it }, { status, headers: headersByStatus[status] ?? {} });
}

/** A thrown failure as a problem. What we did not expect says nothing of its inside; that belongs in the log. */
export function problemOfThrown(cause: unknown, subject: string): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  return problem(
    'internal',
    subject,
    `Skein failed at ${subject} in a way it did not expect.`,
    'Try again; if it stays, report it with what Skein printed in its terminal or log.',
  );
}
