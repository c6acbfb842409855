/** Which workspace a command is about: pure rules over real paths. */
import { isAbsolute, relative, sep } from 'node:path';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';

export type Place = {
  id: string;
  name: string;
  /** As the user knows it. */
  folder: string;
  /** The same without links. */
  realFolder: string;
};

/** What the user wants, if they said so, and where they stand; paths without links. */
export type Wish = {
  wanted: string | undefined;
  wantedFolder: string | undefined;
  realWorkingFolder: string;
};

/** The place that was named, else the one that holds the working folder, else the only one. Fails with no-workspace. */
export function choosePlace<Known extends Place>(places: readonly Known[], wish: Wish): Result<Known> {
  const { wanted, wantedFolder, realWorkingFolder } = wish;
  if (wanted !== undefined) {
    const named =
      places.find(({ id }) => id === wanted) ?? places.find(({ realFolder }) => realFolder === wantedFolder);
    return named === undefined ? err(unknown(wanted, places)) : ok(named);
  }
  const around = innermost(places.filter(({ realFolder }) => contains(realFolder, realWorkingFolder)));
  const [only] = places;
  if (around !== undefined) return ok(around);
  if (only !== undefined && places.length === 1) return ok(only);
  return err(places.length === 0 ? noneOpen(realWorkingFolder) : unclear(places));
}

/** True when `inner` is `outer` or lies in it; both absolute, without links. */
export function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

const innermost = <Known extends Place>(places: readonly Known[]): Known | undefined =>
  places.toSorted((left, right) => right.realFolder.length - left.realFolder.length)[0];

const listed = (places: readonly Place[]): string => places.map(({ folder }) => folder).join(', ');

function unknown(wanted: string, places: readonly Place[]): Problem {
  const open = places.length === 0 ? 'None is open' : `Open are: ${listed(places)}`;
  return problem(
    'no-workspace',
    wanted,
    `No open workspace is ${wanted}. ${open}.`,
    'Open it with `skein open FOLDER`, or name another one with --workspace FOLDER.',
  );
}

const noneOpen = (folder: string): Problem =>
  problem(
    'no-workspace',
    folder,
    `No workspace is open, and ${folder} is in no git repository.`,
    'Go into a repository, or name a folder with --workspace FOLDER.',
  );

const unclear = (places: readonly Place[]): Problem =>
  problem(
    'no-workspace',
    'workspace',
    `${places.length} workspaces are open, and this folder is in none of them: ${listed(places)}.`,
    'Go into one of them, or name it with --workspace FOLDER.',
  );
