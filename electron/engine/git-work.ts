/** What the loop does about git: attribution that only a commit can give. */
import type { Change } from '../../shared/domain/change.ts';
import { explainByGit } from './agents/git-evidence.ts';
import type { Core } from './core.ts';

export type GitWork = {
  /** These paths have changes that git may explain, now or after the next commit. */
  wonder(paths: Iterable<string>): void;
  /** Asks git about the paths that it may know more of than last time. Returns the changes that it explained. */
  explain(): Promise<Change[]>;
};

/** At start only the newest changes are asked about; older ones were asked about when they were new. */
const newestAtStart = 2_000;

export function createGitWork(core: Core): GitWork {
  const wondering = new Set(core.attribution.pathsWeakerThan('git', newestAtStart));
  const fresh = new Set<string>(wondering);
  let head: string | undefined;
  return {
    wonder(paths) {
      for (const path of paths) {
        wondering.add(path);
        fresh.add(path);
      }
    },
    async explain() {
      if (wondering.size === 0) return [];
      const now = await core.git.head();
      if (now === undefined) return [];
      const ask = now === head ? [...fresh] : [...wondering];
      head = now;
      fresh.clear();
      const explained: Change[] = [];
      for (const path of ask) {
        explained.push(...(await explainByGit({ ...core }, path)));
        if (core.attribution.weakerThan('git', path, 1).length === 0) wondering.delete(path);
      }
      return explained;
    },
  };
}
