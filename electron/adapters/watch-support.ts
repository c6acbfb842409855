import { type Problem, problem } from '../../shared/result.ts';
import { errorCode } from './file-problems.ts';

/** The folder that a path of the ports lies in; '' for what lies in the root. */
export const parentPath = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Paths that are told once the caller has returned, in the order that they came. */
export function createHintBatch(tell: (path: string) => void): { add: (path: string) => void } {
  let waiting: string[] = [];
  const flush = () => {
    const paths = waiting;
    waiting = [];
    for (const path of paths) tell(path);
  };
  return {
    add(path) {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(path);
    },
  };
}

/** True when the system has no more watches to give, as opposed to a folder that cannot be watched. */
export function isOutOfWatches(error: unknown): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE'].includes(errorCode(error) ?? '');
}

/** Why only `watched` of `wanted` folders are watched; `error` is what the system said, undefined for our own limit. */
export function watchProblem(error: unknown, watched: number, wanted: number): Problem {
  const message = `Only ${watched} of ${wanted} folders are watched, ${reasonFor(error)}.`;
  return problem(
    'watch-limited',
    '',
    message,
    `${adviceFor(error)} Changes elsewhere are found by the regular scan.`,
  );
}

function reasonFor(error: unknown): string {
  if (error === undefined) return 'because Skein watches no more than that at once';
  if (isOutOfWatches(error)) return 'because the system gives no more watches';
  return `because the system says ${errorCode(error) ?? String(error)}`;
}

function adviceFor(error: unknown): string {
  if (error === undefined) return 'Narrow the patterns under "track" in skein.json.';
  if (process.platform !== 'linux') return 'Close other programs that watch files.';
  const setting = errorCode(error) === 'ENOSPC' ? 'max_user_watches=524288' : 'max_user_instances=1024';
  return `Raise the limit: sudo sysctl fs.inotify.${setting}.`;
}
