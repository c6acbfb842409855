import type { Clock, OpenWatcher, WatchOutcome } from '../../electron/engine/ports.ts';
import { problem } from '../../shared/result.ts';
import type { Life } from './life.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Probabilities, each from 0 to 1, of what may befall one hint. */
export type HintFaults = {
  lost: number;
  doubled: number;
  late: number;
  /** Milliseconds that a late hint takes at most. */
  latestMs: number;
};
export const noFaults: HintFaults = { lost: 0, doubled: 0, late: 0, latestMs: 0 };

/** How many hints met with a fault. */
export type HintCounts = { lost: number; doubled: number; late: number };

type Open = { folders: ReadonlySet<string>; tell: (path: string) => void };

export type FakeHints = {
  /** Something at this path changed. */
  changed(path: string): void;
  readonly counts: Readonly<HintCounts>;
  openWatcher(life: Life): OpenWatcher;
};

export type FakeHintsOptions = {
  clock: Clock;
  random: SeededRandom;
  faults: () => HintFaults;
  /** Folders beyond this number are not watched, as when the system runs out of watches. */
  watchLimit: number;
  isFolder: (path: string) => boolean;
};

/** The watchers of a fake disk. A hint takes up to a millisecond, or longer, or never comes. */
export function createFakeHints(options: FakeHintsOptions): FakeHints {
  const { clock, random, faults, watchLimit, isFolder } = options;
  const watchers = new Set<Open>();
  const counts: HintCounts = { lost: 0, doubled: 0, late: 0 };

  function meets(fault: keyof HintCounts): boolean {
    const met = random.chance(faults()[fault]);
    if (met) counts[fault] += 1;
    return met;
  }

  function deliver(watcher: Open, path: string): void {
    if (meets('lost')) return;
    const times = meets('doubled') ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const delayMs = random.next() * (meets('late') ? faults().latestMs : 1);
      clock.after(delayMs, () => {
        if (watchers.has(watcher)) watcher.tell(path);
      });
    }
  }

  function changed(path: string): void {
    for (const watcher of watchers) {
      if (watcher.folders.has(parentOf(path)) || watcher.folders.has(path)) deliver(watcher, path);
    }
  }

  function setFolders(watcher: Open, wanted: ReadonlySet<string>): WatchOutcome {
    const there = [...wanted].filter(isFolder);
    watcher.folders = new Set(there.slice(0, watchLimit));
    const outcome: WatchOutcome = { mode: 'native', watchedFolders: watcher.folders.size };
    if (there.length <= watchLimit) return outcome;
    return { ...outcome, problem: problem('watch-limited', '', 'Not every folder is watched.', '') };
  }

  const openWatcher =
    (life: Life): OpenWatcher =>
    (onHint) => {
      const watcher: Open = { folders: new Set(), tell: (path) => void (life.dead || onHint({ path })) };
      watchers.add(watcher);
      return {
        setFolders: (wanted) => setFolders(watcher, wanted),
        close: () => void watchers.delete(watcher),
      };
    };

  return { changed, counts, openWatcher };
}

/** The folder that a path lies in; '' is the root, whose own folder is nothing we know. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
