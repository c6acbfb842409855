import { limits } from '../../shared/limits.ts';
import type { OpenWatcher } from '../engine/ports.ts';

/** Watches nothing: hints at every folder of the set each `limits.pollFoldersMs`, so that they are listed again. */
export const openPollingWatcher: OpenWatcher = (onHint) => {
  let watched: ReadonlySet<string> = new Set();
  const timer = setInterval(() => {
    for (const path of watched) onHint({ path });
  }, limits.pollFoldersMs);
  return {
    setFolders(folders) {
      watched = new Set(folders);
      return { mode: 'polling', watchedFolders: watched.size };
    },
    close: () => clearInterval(timer),
  };
};
