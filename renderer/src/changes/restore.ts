/** Restoring a version: itself a change, so it can be taken back. */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import type { App } from '../state/app.svelte.ts';

export async function restoreVersion(app: App, path: string, version: string): Promise<ChangeJson | null> {
  const answer = await app.call('restore', { workspace: app.workspace?.id, path, version });
  if (!answer.ok) {
    app.toasts.fail(answer.error);
    return null;
  }
  const { change, unchanged } = answer.value;
  if (unchanged || change === null) {
    app.toasts.say(`${path} already is this version`);
    return null;
  }
  // A change that joins several has the one that lay there among its parents, but not always first.
  const before = change.parents.length > 1 ? (change.old_checksum ?? undefined) : change.parents[0];
  const undo = { label: 'Undo', run: () => void restoreVersion(app, path, before ?? '') };
  const open = {
    label: 'Open change',
    run: () => app.router.go({ view: 'change', position: change.position }),
  };
  app.toasts.say(`Restored ${path}`, before === undefined ? [open] : [open, undo]);
  return change;
}
