/** Why peers cannot be asked about a workspace: it is not known yet which one it is. */
import type { WorkspaceJson } from '../../shared/contracts/shapes.ts';
import { type Problem, type ProblemCode, problem } from '../../shared/result.ts';

/** What keeps it from being opened, or that it takes a moment. */
export function workspaceNotReady({ name, problem: reason }: WorkspaceJson): Problem {
  if (reason !== null) return { ...reason, code: 'no-workspace' satisfies ProblemCode };
  return problem(
    'no-workspace',
    name,
    `The workspace ${name} is still being opened.`,
    'Try again in a moment.',
  );
}
