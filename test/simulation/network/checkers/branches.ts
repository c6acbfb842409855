/** Where git put something in the place of what is shared, a file may differ, until its branch is back. */
import type { Judged } from '../judge.ts';
import type { Replica } from '../replica.ts';

type Displaced = { path: string; home_branch: string | null; isGone: number };

const readDisplaced = ({ sql }: Pick<Replica, 'sql'>): Displaced[] =>
  sql
    .prepare<Displaced>('SELECT path, home_branch, content IS NULL AS isGone FROM files WHERE displaced = 1')
    .all();

export const displacedIn = (replica: Pick<Replica, 'sql'>): Set<string> =>
  new Set(readDisplaced(replica).map(({ path }) => path));

/**
 * What belongs to the branch that is checked out is what is shared. A file that was removed on both branches, on one of
 * them while nobody looked, git does not touch on its way back: it stays removed here.
 */
export function homesAreShared({ replicas }: Judged): string[] {
  return replicas.flatMap(({ name, sql, tree }) =>
    readDisplaced({ sql })
      .filter(({ home_branch, isGone }) => home_branch === tree.branch && isGone === 0)
      .map(({ path }) => `${path} of ${name} is at home on ${tree.branch}, and is not what is shared`),
  );
}
