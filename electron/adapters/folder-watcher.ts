import { realpathSync } from 'node:fs';
import type { OpenWatcher } from '../engine/ports.ts';
import { openPerFolderWatcher } from './per-folder-watcher.ts';
import { createPollingWatcher } from './polling-watcher.ts';
import { openRecursiveWatcher } from './recursive-watcher.ts';
import { isOnRemoteMount } from './watched-mount.ts';

export type WatchMeans = 'per-folder' | 'recursive' | 'polling';

/**
 * Watches folders under `root` by what the system does best: one watch per folder on Linux, one for the whole
 * tree elsewhere, and polling where the disk cannot tell of its changes or `SKEIN_POLL=1` asks for it. Why we
 * have our own is in docs/decisions/0001-own-folder-watcher.md.
 */
export function createFolderWatcher(root: string, means: WatchMeans = bestMeans(root)): OpenWatcher {
  const folder = realPath(root);
  if (means === 'polling') return createPollingWatcher();
  const open = means === 'recursive' ? openRecursiveWatcher : openPerFolderWatcher;
  return (onHint) => open(folder, onHint);
}

function bestMeans(root: string): WatchMeans {
  if (process.env['SKEIN_POLL'] === '1' || isOnRemoteMount(realPath(root))) return 'polling';
  return process.platform === 'linux' ? 'per-folder' : 'recursive';
}

function realPath(root: string): string {
  try {
    return realpathSync.native(root);
  } catch {
    return root;
  }
}
