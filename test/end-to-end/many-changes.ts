/** Thousands of pending changes, made the way a team makes them: by files that appear on the disk. */
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningSkein, unwrap } from './running-skein.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';

/**
 * Makes `count` notes in the workspace and waits until Skein has recorded each as pending. Automatic
 * consolidation has to be off.
 */
export async function fillWithPending(
  skein: RunningSkein,
  workspace: WorkspaceFolder,
  count: number,
): Promise<void> {
  // Paused, Skein finds them all by one scan afterwards instead of one by one.
  unwrap(await skein.call('pause', {}));
  for (let index = 0; index < count; index += 1) {
    const name = String(index).padStart(5, '0');
    workspace.writeLongAgo(`memory-bank/${name.slice(0, 2)}/note-${name}.md`, `# Note ${name}\n`);
  }
  unwrap(await skein.call('resume', {}));
  while (unwrap(await skein.call('getStatus', {})).pending_changes < count) await pause(50);
}
