/** Signing a browser in with a code that works once (docs/decisions/0014-sign-in-codes.md). */
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import type { Handler } from '../deps.ts';

/** For whoever has the token already and opens a browser. */
export const createSignInCode: Handler<'createSignInCode'> = ({ signIn: way }) =>
  way === undefined
    ? err(notNeeded)
    : ok({ code: way.codes.create(), valid_seconds: limits.signInCodeMs / 1_000 });

/** For the page that was opened with the code. */
export const signIn: Handler<'signIn'> = ({ signIn: way }, { code }) => {
  if (way === undefined) return err(notNeeded);
  const used = way.codes.use(code);
  return used.ok ? ok({ token: way.token }) : used;
};

const notNeeded = problem(
  'not-found',
  'sign-in',
  'Nobody signs in here: whoever reaches this API may use it.',
  'Leave the sign-in out.',
);
