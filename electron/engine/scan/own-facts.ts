/**
 * Facts of files that we wrote a moment ago. The watcher tells of our own writes, too, and facts so young prove nothing
 * (`sameFile`), so each file would be read again at once. Who writes as many bytes in place within the same tick of the
 * disk's clock is found by the next scan, which reads it again.
 */
import { statKey } from '../log/known-files.ts';
import type { FileStat } from '../ports.ts';

export type OwnFacts = {
  /** The file at the path holds what we wrote, with these facts. */
  note(path: string, stat: FileStat): void;
  /** Whether the first look since we wrote finds these facts. */
  areSeen(path: string, stat: FileStat): boolean;
};

export function createOwnFacts(): OwnFacts {
  const keyByPath = new Map<string, string>();
  return {
    note: (path, stat) => void keyByPath.set(path, statKey(stat)),
    areSeen(path, stat) {
      const key = keyByPath.get(path);
      keyByPath.delete(path);
      return key === statKey(stat);
    },
  };
}
