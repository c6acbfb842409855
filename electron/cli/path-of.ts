/** A path that the user typed, as a path of the workspace. */
import { realpath } from 'node:fs/promises';
import type { Context } from './context.ts';
import { workspacePath } from './workspace-path.ts';

const withoutLinks = (folder: string): Promise<string> => realpath(folder).catch(() => folder);

/** Counts from the folder where the user stands, or from the workspace when that lies elsewhere. */
export async function pathOf(
  context: Context,
  workspace: { folder: string },
  typed: string,
): Promise<string> {
  return workspacePath(
    typed,
    await withoutLinks(workspace.folder),
    await withoutLinks(context.workingFolder),
  );
}
