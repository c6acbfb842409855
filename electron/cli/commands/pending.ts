/** skein pending */
import type { Client } from '../../../shared/contracts/client.ts';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import {
  agentColumn,
  countOf,
  fileColumn,
  kindColumn,
  versionColumn,
  whenColumn,
} from '../change-columns.ts';
import type { Command } from '../context.ts';
import type { Style } from '../style.ts';
import { writeTable } from '../table.ts';

export const pending: Command = {
  name: 'pending',
  summary: 'changes that no report holds yet, oldest first',
  examples: [
    { line: 'skein pending', what: 'who changed what since the last report' },
    { line: "skein pending --json | jq -r '.changes[].file_path' | sort -u", what: 'only the files' },
  ],
  async run(context) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const answer = await listAllPending(found.value.client, found.value.workspace.id);
    if (!answer.ok) return answer;
    const { count, changes } = answer.value;
    return ok({ json: { count, changes }, write: (style) => writePending(changes, style) });
  },
};

/** Every pending change, page after page. */
export async function listAllPending(
  client: Client,
  workspace: string,
): Promise<Result<{ count: number; changes: ChangeJson[] }>> {
  const changes: ChangeJson[] = [];
  for (let after: number | undefined; ; ) {
    const page = await client.call('listPending', { workspace, after, limit: limits.pendingRows });
    if (!page.ok) return page;
    changes.push(...page.value.changes);
    if (page.value.next === null) return ok({ count: page.value.count, changes });
    after = page.value.next;
  }
}

function writePending(changes: readonly ChangeJson[], style: Style): string {
  if (changes.length === 0) return 'Nothing is pending.';
  const files = new Set(changes.map(({ file_path }) => file_path)).size;
  const columns = [versionColumn(changes), fileColumn, kindColumn, agentColumn, whenColumn(style)];
  const sum = `${countOf(changes.length, 'change')} in ${countOf(files, 'file')} pending; \`skein consolidate\` reports ${changes.length === 1 ? 'it' : 'them'}.`;
  return `${writeTable(changes, columns, style)}\n\n${sum}`;
}
