/** Errors as one paragraph: what happened, to which thing, what to do. */
import type { Problem } from '../../shared/result.ts';
import type { Style } from './style.ts';
import { plainText } from './text-width.ts';

/** For standard error. */
export const writeProblem = (it: Problem, style: Style): string =>
  `${style.colors.red('error:')} ${plainText(`${it.message} ${it.advice}`.trim())}`;

/** For standard output under --json. */
export const writeProblemJson = (it: Problem): string => JSON.stringify({ error: it }, null, 2);
