/** skein open */
import { resolve } from 'node:path';
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { findRunning } from '../../host/instance.ts';
import type { Command, Connection, Context } from '../context.ts';
import { showDashboard } from '../show-dashboard.ts';

export const open: Command = {
  name: 'open',
  summary: 'show the dashboard of the running Skein in the browser',
  args: [{ name: 'FOLDER', optional: true, summary: 'watch this folder too, and show it' }],
  options: [
    { flags: '--print', summary: 'print an address that signs one browser in, once, and open nothing' },
  ],
  examples: [
    { line: 'skein open', what: 'the workspace around this folder' },
    { line: 'skein open ../other-repository', what: 'watch another repository too' },
  ],
  async run(context, [folder], { print }) {
    if ((await findRunning(context.dataFolder)) === undefined) return err(notRunning);
    const way = await context.connect();
    if (!way.ok) return way;
    const workspace = await choose(context, way.value, folder);
    if (!workspace.ok) return workspace;
    return showDashboard(context, way.value, workspace.value, print !== true);
  },
};

async function choose(
  context: Context,
  { client }: Connection,
  folder: string | undefined,
): Promise<Result<WorkspaceJson | undefined>> {
  if (folder !== undefined) {
    return client.call('openWorkspace', { folder: resolve(context.workingFolder, folder) });
  }
  const found = await context.workspace();
  if (found.ok) return ok(found.value.workspace);
  // Without a choice the dashboard itself asks; a workspace that was named must exist.
  return context.globals.workspace === undefined ? ok(undefined) : found;
}

const notRunning = problem(
  'not-found',
  'Skein',
  'Skein is not running on this data folder.',
  'Start it with `skein serve FOLDER`.',
);
