/** Where git put something in the place of what is shared, a file may differ, until its branch is back. */
import type { Judged } from '../judge.ts';
import type { Replica } from '../replica.ts';

export function displacedIn({ sql }: Pick<Replica, 'sql'>): Map<string, string | null> {
  const rows = sql
    .prepare<{ path: string; home_branch: string | null }>(
      'SELECT path, home_branch FROM files WHERE displaced = 1',
    )
    .all();
  return new Map(rows.map((row) => [row.path, row.home_branch]));
}

/** What belongs to the branch that is checked out is what is shared. */
export function homesAreShared({ replicas }: Judged): string[] {
  return replicas.flatMap(({ name, sql, tree }) =>
    [...displacedIn({ sql })]
      .filter(([, home]) => home === tree.branch)
      .map(([path]) => `${path} of ${name} is at home on ${tree.branch}, and is not what is shared`),
  );
}
