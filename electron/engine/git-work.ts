/**
 * Attribution that only a commit can give. Git may take seconds to answer, so it is asked beside the loop, one
 * question at a time, and what it says comes back as an event.
 */
import type { Change } from '../../shared/domain/change.ts';
import { askGit, type GitFinding } from './agents/git-evidence.ts';
import type { Core } from './core.ts';
import type { GitMoves } from './ports.ts';

export type GitWork = {
  /** Calls `moved` when somebody may have committed, until `unfollow`. */
  follow(moved: () => void): void;
  unfollow(): void;
  /** The repository may have come, gone, or moved. */
  look(): void;
  /** These paths have changes that git may explain, now or after the next commit. */
  wonder(paths: Iterable<string>): void;
  /** Begins to ask git, unless it is being asked: then once more afterwards. */
  ask(): void;
  /** Writes what git said into the log; returns the changes that it explained. */
  believe(findings: readonly GitFinding[]): Change[];
  /** Asks no more; what is being asked is not waited for, and its answer is dropped. */
  stop(): void;
  /** Resolves when git is not being asked. */
  idle(): Promise<void>;
};

/** At start only the newest changes are asked about; older ones were asked about when they were new. */
const newestAtStart = 2_000;
/** What is known of so many paths is believed before more are asked about. */
const pathsAtOnce = 200;

/** `answered` is called whenever there are findings, never from within `ask`. */
export function createGitWork(core: Core, answered: (findings: GitFinding[]) => void): GitWork {
  const wondering = new Set(core.attribution.pathsWeakerThan('git', newestAtStart));
  const fresh = new Set<string>(wondering);
  let head: string | undefined;
  let asking: Promise<void> | undefined;
  let again = false;
  let stopped = false;
  let moves: GitMoves | undefined;

  async function askAll(): Promise<void> {
    if (wondering.size === 0) return;
    // A repository that was made around the workspace shows nowhere in it.
    moves?.look();
    const now = await core.git.head();
    if (now === undefined) return;
    const paths = now === head ? [...fresh] : [...wondering];
    head = now;
    fresh.clear();
    for (let from = 0; from < paths.length && !stopped; from += pathsAtOnce) {
      const findings = await askGit(core, paths.slice(from, from + pathsAtOnce));
      if (findings.length > 0 && !stopped) answered(findings);
    }
  }

  async function run(): Promise<void> {
    try {
      do {
        again = false;
        await askAll();
      } while (again && !stopped);
    } catch (failure) {
      if (!stopped) core.log.warn('Git could not be asked who wrote', { failure: String(failure) });
    } finally {
      asking = undefined;
    }
  }

  function unfollow(): void {
    moves?.close();
    moves = undefined;
  }

  return {
    follow(moved) {
      unfollow();
      moves = core.git.follow(moved);
    },
    unfollow,
    look: () => moves?.look(),
    wonder(paths) {
      for (const path of paths) {
        wondering.add(path);
        fresh.add(path);
      }
    },
    ask() {
      again = asking !== undefined;
      asking ??= run();
    },
    stop() {
      stopped = true;
      unfollow();
    },
    idle: async () => asking,
    believe(findings) {
      const explained = findings.flatMap(({ position, evidence }) => {
        const change = core.reader.change(position);
        return change === undefined ? [] : [core.attribution.add(change, evidence)];
      });
      for (const path of new Set(explained.map((change) => change.path))) {
        if (core.attribution.weakerThan('git', path, 1).length === 0) wondering.delete(path);
      }
      return explained;
    },
  };
}
