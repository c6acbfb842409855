import { realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { nameOf } from '../../shared/domain/paths.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { DiskCalls } from './disk-calls.ts';
import { describeFileError, hostilePath, linkLeaves, meansAbsent } from './file-problems.ts';

/** Turns paths of the ports into paths of the system, and never one that is outside the root. */
export type ConfinedRoot = {
  /** Absolute and real. */
  readonly folder: string;
  /**
   * The place of a file or folder: the real path of its parent, and its own name, which may be a link.
   * Undefined when the parent is gone; fails with `link-leaves`, `hostile-path`, `no-permission`, `unreadable`.
   */
  locate(path: string): Promise<Result<string | undefined>>;
  /** The place of a path in the folder of another, whose place was found a moment ago. Fails with `hostile-path`. */
  beside(place: string, path: string): Result<string>;
  /** Where the path leads once every link is followed, as a system path; fails like `locate`. */
  follow(path: string): Promise<Result<string | undefined>>;
  /** `follow` without leaving the thread. */
  followAtOnce(path: string): Result<string | undefined>;
  /** The port's path of a real system path inside the root, in the Unicode form of the system's. */
  portPath(absolute: string): string;
};

/** `folder` must be a real path already. Nothing is remembered: a folder may become a link at any moment. */
export function createConfinedRoot(folder: string, calls: DiskCalls): ConfinedRoot {
  const inside = folder.endsWith(sep) ? folder : folder + sep;
  const contains = (absolute: string) => absolute === folder || absolute.startsWith(inside);

  /** Questions that the disk will be asked next: who asks the same until then gets the same answer. */
  const asking = new Map<string, Promise<string>>();
  function realpath(absolute: string): Promise<string> {
    const asked = asking.get(absolute);
    if (asked !== undefined) return asked;
    const answer = Promise.resolve().then(() => {
      asking.delete(absolute);
      return calls.realpath(absolute);
    });
    asking.set(absolute, answer);
    return answer;
  }

  async function follow(path: string): Promise<Result<string | undefined>> {
    if (path === '') return ok(folder);
    if (isHostilePath(path)) return err(hostilePath(path));
    try {
      return confined(path, await realpath(join(folder, path)));
    } catch (error) {
      return failed(path, error);
    }
  }

  function followAtOnce(path: string): Result<string | undefined> {
    if (path === '') return ok(folder);
    if (isHostilePath(path)) return err(hostilePath(path));
    try {
      return confined(path, realpathSync.native(join(folder, path)));
    } catch (error) {
      return failed(path, error);
    }
  }

  const confined = (path: string, real: string): Result<string | undefined> =>
    contains(real) ? ok(real) : err(linkLeaves(path));
  const failed = (path: string, error: unknown): Result<string | undefined> =>
    meansAbsent(error) ? ok(undefined) : err(describeFileError(error, path, 'read'));

  async function locate(path: string): Promise<Result<string | undefined>> {
    if (path === '') return ok(folder);
    if (isHostilePath(path)) return err(hostilePath(path));
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (slash < 0) return ok(join(folder, name));
    const parent = await follow(path.slice(0, slash));
    if (!parent.ok) return err({ ...parent.error, subject: path });
    return ok(parent.value === undefined ? undefined : join(parent.value, name));
  }

  const beside = (place: string, path: string): Result<string> =>
    isHostilePath(path) ? err(hostilePath(path)) : ok(join(dirname(place), nameOf(path)));
  const portPath = (absolute: string) => relative(folder, absolute).split(sep).join('/');
  return { folder, locate, beside, follow, followAtOnce, portPath };
}

/** The engine checks paths from outside by the rules of the workspace; this is the last door before the disk. */
export function isHostilePath(path: string): boolean {
  if (path.includes('\0')) return true;
  if (sep === '\\' && /[\\:]/.test(path)) return true;
  return path.split('/').some((part) => part === '' || part === '.' || part === '..');
}
