import { type Problem, problem } from '../../shared/result.ts';

type Deed = 'read' | 'written';
type Describe = (path: string, deed: Deed) => Problem;

const describeByCode: Record<string, Describe> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: readOnly,
  ELOOP: linkCircle,
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  ENAMETOOLONG: nameTooLong,
  ENOENT: goneMeanwhile,
  ENOTDIR: goneMeanwhile,
  EISDIR: folderInTheWay,
  EEXIST: folderInTheWay,
  ENOTEMPTY: folderInTheWay,
};

/** What an error of node:fs means for a person; anything without a sentence of its own is `unreadable`, with its code. */
export function describeFileError(error: unknown, fileOrRoot: string, deed: Deed): Problem {
  const path = fileOrRoot === '' ? 'The workspace folder' : fileOrRoot;
  const code = errorCode(error);
  const describe = describeByCode[code ?? ''];
  if (describe !== undefined) return describe(path, deed);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  const advice = 'Check that the disk is connected and healthy, then try again.';
  return problem('unreadable', path, `${path} could not be ${deed}: the system says ${reason}.`, advice);
}

/** The code of a system error, like `ENOENT`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** True when the error only says that nothing is there under this name. */
export function meansAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A path that would lead out of the workspace, or is no path at all (DESIGN rule 8). */
export function hostilePath(path: string): Problem {
  const advice = 'Use a path inside the workspace, with / between its parts.';
  const message = `On this system ${JSON.stringify(path)} is no path inside the workspace.`;
  return problem('hostile-path', path, message, advice);
}

/** A link, or a folder on the way that is a link, whose other end is outside the workspace. */
export function linkLeaves(path: string): Problem {
  const advice =
    'Skein follows links inside the workspace only; put the file itself there to have it tracked.';
  return problem('link-leaves', path, `${path} leads out of the workspace through a link.`, advice);
}

function diskFull(path: string): Problem {
  const advice = 'Free some space on that disk or raise the quota; Skein tries again by itself.';
  return problem('disk-full', path, `${path} could not be written: the disk or the quota is full.`, advice);
}

function noPermission(path: string, deed: Deed): Problem {
  const right = deed === 'read' ? 'read' : 'write';
  const advice = `Give your user ${right} permission on it and on its folder.`;
  return problem('no-permission', path, `${path} could not be ${deed}: your user has no permission.`, advice);
}

function readOnly(path: string): Problem {
  const advice = 'Move the workspace to a disk that can be written, or mount this one for writing.';
  return problem('read-only', path, `${path} could not be written: the disk is read-only.`, advice);
}

function linkCircle(path: string): Problem {
  const advice = 'Point one of the links to the file itself.';
  return problem('unreadable', path, `${path} leads in a circle of links.`, advice);
}

function tooManyOpen(path: string, deed: Deed): Problem {
  const advice = 'Close other programs, or raise the limit of open files (ulimit -n).';
  return problem('unreadable', path, `${path} could not be ${deed}: too many files are open.`, advice);
}

function nameTooLong(path: string): Problem {
  return problem('bad-input', path, `The name ${path} is too long for this disk.`, 'Use a shorter name.');
}

/** Somebody moved or removed it while Skein was at work on it. */
export function goneMeanwhile(path: string): Problem {
  const message = `${path} is no longer where it was.`;
  return problem('changed-meanwhile', path, message, 'Skein looks again; there is nothing to do.');
}

function folderInTheWay(path: string): Problem {
  const message = `${path} could not be written: a folder has this name.`;
  return problem('changed-meanwhile', path, message, 'Give the folder or the file another name.');
}
