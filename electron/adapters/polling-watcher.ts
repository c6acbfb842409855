import { limits } from '../../shared/limits.ts';
import type { OpenWatcher } from '../engine/ports.ts';
import { createHintBatch } from './watch-support.ts';

/** Watches nothing: hints at every folder of the set each `everyMs`, so that it is listed again. */
export function createPollingWatcher(everyMs: number = limits.pollFoldersMs): OpenWatcher {
  return (onHint) => {
    let watched: ReadonlySet<string> = new Set();
    const batch = createHintBatch((path) => watched.has(path) && onHint({ path }));
    const timer = setInterval(() => {
      for (const path of watched) onHint({ path });
    }, everyMs);
    return {
      setFolders(folders) {
        for (const path of folders) if (!watched.has(path)) batch.add(path);
        watched = new Set(folders);
        return { mode: 'polling', watchedFolders: watched.size };
      },
      close() {
        watched = new Set();
        clearInterval(timer);
      },
    };
  };
}
