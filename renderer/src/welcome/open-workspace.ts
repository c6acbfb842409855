/** Opening a workspace and going there. */
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { App } from '../state/app.svelte.ts';

/** Opens a folder; undefined when all went well. */
export async function openFolder(app: App, folder: string): Promise<Problem | undefined> {
  return goToOpened(app, await app.call('openWorkspace', { folder }));
}

/** Makes and opens the sample workspace. */
export async function openSample(app: App): Promise<Problem | undefined> {
  return goToOpened(app, await app.call('openSample', {}));
}

async function goToOpened(app: App, answer: Result<WorkspaceJson>): Promise<Problem | undefined> {
  if (!answer.ok) return answer.error;
  await app.refreshWorkspaces();
  app.router.chooseWorkspace(app.workspaces.addressOf(answer.value.id));
  return undefined;
}
