/** skein undo */
import type { Client } from '../../../shared/contracts/client.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { countOf, shortStamp } from '../change-columns.ts';
import type { Command } from '../context.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'take a report back: its changes are pending again',
  args: [
    {
      name: 'STAMP',
      optional: true,
      summary: 'report, by its stamp or the first 6 digits or more (default: the newest)',
    },
  ],
  examples: [
    { line: 'skein undo', what: 'take back the newest report' },
    { line: 'skein undo 01999c2f3a51', what: 'take back one that `skein report list` names' },
  ],
  async run(context, [stamp]) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const chosen =
      stamp === undefined ? await newest(client, workspace.id) : await whole(client, workspace.id, stamp);
    if (!chosen.ok) return chosen;
    const answer = await client.call('undoConsolidation', { workspace: workspace.id, stamp: chosen.value });
    if (!answer.ok) return answer;
    const done = answer.value;
    return ok({
      json: done,
      write: ({ colors }) =>
        `Took report ${colors.magenta(shortStamp(done.consolidation.stamp))} back; ${countOf(done.changes_pending_again, 'change')} pending again.`,
    });
  },
};

async function newest(client: Client, workspace: string): Promise<Result<string>> {
  for (let before: number | undefined; ; ) {
    const page = await client.call('listConsolidations', { workspace, before, limit: limits.pageRows });
    if (!page.ok) return page;
    const found = page.value.consolidations.find(({ state }) => state !== 'undone');
    if (found !== undefined) return ok(found.stamp);
    if (page.value.next === null) return err(nothing);
    before = page.value.next;
  }
}

async function whole(client: Client, workspace: string, stamp: string): Promise<Result<string>> {
  const found = await client.call('getConsolidation', { workspace, stamp });
  return found.ok ? ok(found.value.consolidation.stamp) : found;
}

const nothing = problem(
  'not-found',
  'reports',
  'There is no report to take back.',
  'See `skein report list`.',
);
