import { expect, test } from 'vitest';
import { problemOfThrown, problemResponse, statusByCode } from '../../../electron/http/problem-response.ts';
import { type ProblemCode, ProblemError, problem } from '../../../shared/result.ts';

test('every code has a status of an error', () => {
  for (const [code, status] of Object.entries(statusByCode)) {
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(status, code).toBeLessThan(600);
    expect(problemResponse(problem(code as ProblemCode, 's', 'm', 'a')).status).toBe(status);
  }
});

test.each([
  ['not-found', 404],
  ['hostile-path', 400],
  ['bad-input', 400],
  ['not-tracked', 404],
  ['unauthorized', 401],
  ['forbidden-origin', 403],
  ['no-workspace', 409],
  ['changed-meanwhile', 409],
  ['already-undone', 409],
  ['paused', 409],
  ['too-large', 413],
  ['rate-limited', 429],
  ['disk-full', 507],
  ['read-only', 507],
] as const)('%s is %i', (code, status) => {
  expect(statusByCode[code]).toBe(status);
});

test('the body is the problem under `error`', async () => {
  const it = problem('not-found', 'a.md', 'There is no a.md.', 'Look elsewhere.');
  expect(await problemResponse(it).json()).toEqual({ error: it });
});

test('a thrown problem stays what it is; anything else hides its inside', () => {
  const it = problem('disk-full', '/data', 'The disk is full.', 'Free some space.');
  expect(problemOfThrown(new ProblemError(it), 'x')).toBe(it);
  const unknown = problemOfThrown(new TypeError('inside'), 'GET /api/x');
  expect(unknown).toMatchObject({ code: 'internal', subject: 'GET /api/x' });
  expect(JSON.stringify(unknown)).not.toContain('inside');
  expect(problemOfThrown('text', 'x').code).toBe('internal');
});
