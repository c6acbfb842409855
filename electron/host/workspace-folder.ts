/** Whether a folder can be a workspace, and which replica it is. */
import { opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { meansAbsent } from '../adapters/file-problems.ts';
import { diskProblem } from './disk-problem.ts';
import { replicaId } from './workspace-id.ts';

/** `folder` is as the user knows it, `realFolder` without links, `id` that of the replica. */
export type WorkspaceFolder = { folder: string; realFolder: string; name: string; id: string };
export type Surroundings = { dataFolder: string; homeFolder: string };

/**
 * Looks at a folder that somebody wants to open; `~/` is the home folder. A sub-folder of a repository is
 * fine. Fails with not-a-folder, no-permission, or bad-input for places that are no project: the home folder,
 * the inside of `.git`, Skein's own data.
 */
export async function examineFolder(wanted: string, around: Surroundings): Promise<Result<WorkspaceFolder>> {
  const folder = resolve(wanted.replace(/^~(?=$|[/\\])/, around.homeFolder));
  const real = await findFolder(folder);
  if (!real.ok) return real;
  const refusal = (await refuseByPlace(folder, real.value, around)) ?? (await refuseUnreadable(folder));
  if (refusal !== undefined) return err(refusal);
  const id = await replicaId(real.value);
  return ok({ folder, realFolder: real.value, name: basename(real.value), id });
}

async function findFolder(folder: string): Promise<Result<string>> {
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return ok(real);
    return err(
      problem(
        'not-a-folder',
        folder,
        `${folder} is a file, not a folder.`,
        `Open the folder that holds it: ${dirname(folder)}.`,
      ),
    );
  } catch (cause) {
    return err(meansAbsent(cause) ? missingFolder(folder) : diskProblem(cause, folder, 'open'));
  }
}

function missingFolder(folder: string): Problem {
  return problem(
    'not-a-folder',
    folder,
    `There is no folder ${folder}.`,
    'Check the spelling, or connect the disk that holds it.',
  );
}

async function refuseUnreadable(folder: string): Promise<Problem | undefined> {
  try {
    const listing = await opendir(folder);
    await listing.close();
    return undefined;
  } catch (cause) {
    return diskProblem(cause, folder, 'list the folder');
  }
}

async function refuseByPlace(
  folder: string,
  real: string,
  around: Surroundings,
): Promise<Problem | undefined> {
  const home = await realOrSame(around.homeFolder);
  const data = await realOrSame(around.dataFolder);
  if (real === parse(real).root || contains(real, home)) return tooWide(folder);
  if (real.split(sep).some((part) => part.toLowerCase() === '.git')) return insideGit(folder);
  if (contains(real, data)) return holdsData(folder, around.dataFolder);
  if (contains(data, real) && !contains(join(data, 'sample'), dirname(real))) return insideData(folder);
  return undefined;
}

const realOrSame = (path: string) => realpath(path).catch(() => path);

/** True when `inner` is `outer` or lies in it; both absolute, without links. */
function contains(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function tooWide(folder: string): Problem {
  return problem(
    'bad-input',
    folder,
    `${folder} holds your whole home folder, so everything in it would count as shared between agents.`,
    'Choose the folder of one project, usually a git repository.',
  );
}

function insideGit(folder: string): Problem {
  return problem(
    'bad-input',
    folder,
    `${folder} lies inside .git, where git keeps its own files.`,
    'Choose the folder that holds .git.',
  );
}

function holdsData(folder: string, dataFolder: string): Problem {
  return problem(
    'bad-input',
    folder,
    `Skein keeps its own data in ${dataFolder}, which is this folder or lies in it.`,
    'Choose a project folder, or start Skein with --data DIR and a folder elsewhere.',
  );
}

function insideData(folder: string): Problem {
  return problem(
    'bad-input',
    folder,
    `${folder} lies in the folder where Skein keeps its own data.`,
    'Choose a project folder.',
  );
}
