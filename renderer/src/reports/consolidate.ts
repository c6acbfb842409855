/** Consolidating and undoing it, with what the user is told. */
import type { App } from '../state/app.svelte.ts';
import { plural } from '../words/text.ts';

export async function consolidateNow(app: App): Promise<void> {
  const answer = await app.call('consolidate', { workspace: app.workspace?.id });
  if (!answer.ok) return app.toasts.fail(answer.error);
  const { consolidation, changes_consolidated } = answer.value;
  if (consolidation === null) return app.toasts.say('Nothing was pending, so no report was written.');
  const { stamp, files, problem } = consolidation;
  app.toasts.say(
    `Consolidated ${plural(changes_consolidated, 'change')} of ${plural(files, 'file')}`,
    [
      { label: 'Open report', run: () => app.router.go({ view: 'report', stamp }) },
      { label: 'Undo', run: () => void undoConsolidation(app, stamp) },
    ],
    problem === null ? '' : `${problem.message} ${problem.advice}`,
  );
}

/** Takes a report out of the file; its changes are pending again. */
export async function undoConsolidation(app: App, stamp: string): Promise<void> {
  const answer = await app.call('undoConsolidation', { workspace: app.workspace?.id, stamp });
  if (!answer.ok) return app.toasts.fail(answer.error);
  const again = answer.value.changes_pending_again;
  app.toasts.say(`Report undone: ${plural(again, 'change is', 'changes are')} pending again`, [
    { label: 'Consolidate again', run: () => void consolidateNow(app) },
  ]);
}
