/** Deciding about what waits. Each decision can be taken back from its toast. */
import type { ConflictJson } from '../../../shared/contracts/inbox-api.ts';
import { writeDecision } from '../../../shared/domain/decision-words.ts';
import type { Problem } from '../../../shared/result.ts';
import { restoreVersion } from '../changes/restore.ts';
import type { App } from '../state/app.svelte.ts';

export type Decision = { how: 'keep' } | { how: 'take' } | { how: 'write'; content: string };

const saidOf = { keep: 'Kept', take: 'Took the other version of', write: 'Wrote both into' } as const;

/** Resolves with why it was not done. `seen`: checksum of the file that the person looked at. */
export async function settleConflict(
  app: App,
  conflict: ConflictJson,
  decision: Decision & { seen: string | null | undefined },
): Promise<Problem | undefined> {
  const { file_path: path, loser } = conflict;
  const workspace = app.workspace?.id;
  const answer = await app.call('resolveConflict', { workspace, path, loser: loser.stamp, ...decision });
  if (!answer.ok) {
    app.toasts.fail(answer.error);
    return answer.error;
  }
  const { change } = answer.value;
  app.toasts.say(`${saidOf[decision.how]} ${path}`, [
    { label: 'Undo', run: () => void reopenConflict(app, conflict, change?.old_checksum ?? undefined) },
  ]);
  return undefined;
}

/** Opens the conflict again; `before` is the version that a decision replaced. */
async function reopenConflict(
  app: App,
  { file_path: path, loser }: ConflictJson,
  before: string | undefined,
): Promise<void> {
  const workspace = app.workspace?.id;
  if (before !== undefined) await restoreVersion(app, path, before);
  const answer = await app.call('resolveConflict', { workspace, path, loser: loser.stamp, how: 'reopen' });
  if (!answer.ok) app.toasts.fail(answer.error);
}

export async function decideApprovals(
  app: App,
  stamps: string[],
  verdict: 'approve' | 'reject',
): Promise<void> {
  const answer = await app.call('decideApprovals', { workspace: app.workspace?.id, stamps, verdict });
  if (!answer.ok) return void app.toasts.fail(answer.error);
  const { also } = answer.value;
  const wait = { label: 'Undo', run: () => void letWait(app, [...stamps, ...also]) };
  app.toasts.say(writeDecision(verdict, answer.value), verdict === 'reject' ? [wait] : []);
}

/** What was approved is in the file, and is taken back by restoring a version of it. */
async function letWait(app: App, stamps: string[]): Promise<void> {
  const answer = await app.call('decideApprovals', {
    workspace: app.workspace?.id,
    stamps,
    verdict: 'wait',
  });
  if (!answer.ok) app.toasts.fail(answer.error);
}
