/** skein report */
import type { Client } from '../../../shared/contracts/client.ts';
import type { ConsolidationJson } from '../../../shared/contracts/shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { countOf, shortLength } from '../change-columns.ts';
import type { Command } from '../context.ts';
import { wholeNumber } from '../read-option.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';

const list: Command = {
  name: 'list',
  summary: 'the history of reports, newest first',
  options: [
    {
      flags: '-n, --limit <NUMBER>',
      summary: `how many (default: ${limits.logRows})`,
      read: wholeNumber(1, limits.pageRows),
    },
  ],
  examples: [{ line: 'skein report list -n 50', what: 'the last fifty' }],
  async run(context, _, { limit = limits.logRows }) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const answer = await client.call('listConsolidations', { workspace: workspace.id, limit: Number(limit) });
    if (!answer.ok) return answer;
    const { consolidations, total } = answer.value;
    return ok({ json: answer.value, write: (style) => writeList(consolidations, total, style) });
  },
};

export const report: Command = {
  name: 'report',
  summary: 'a report as Markdown: the newest, or one by its stamp',
  args: [{ name: 'STAMP', optional: true, summary: 'stamp of the report or its first 6 digits or more' }],
  commands: [list],
  examples: [
    { line: 'skein report', what: 'the newest report' },
    { line: 'skein report list', what: 'all reports with their stamps' },
    { line: 'skein report 01999c2f3a51', what: 'that report' },
  ],
  async run(context, [given]) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const stamp = given === undefined ? await newestStamp(client, workspace.id) : ok(given);
    if (!stamp.ok) return stamp;
    const answer = await client.call('getConsolidation', { workspace: workspace.id, stamp: stamp.value });
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: () => answer.value.report.trimEnd() });
  },
};

async function newestStamp(client: Client, workspace: string): Promise<Result<string>> {
  const answer = await client.call('listConsolidations', { workspace, limit: 1 });
  if (!answer.ok) return answer;
  const [newest] = answer.value.consolidations;
  return newest === undefined ? err(none) : ok(newest.stamp);
}

const none = problem('not-found', 'reports', 'There is no report yet.', '`skein consolidate` writes one.');

function writeList(rows: readonly ConsolidationJson[], total: number, style: Style): string {
  if (rows.length === 0) return 'There is no report yet.';
  const text = writeTable(rows, listColumns(rows, style), style);
  return rows.length < total ? `${text}\n\n${rows.length} of ${countOf(total, 'report')}.` : text;
}

function listColumns(rows: readonly ConsolidationJson[], { nowMs }: Style): Column<ConsolidationJson>[] {
  const length = shortLength(rows.map(({ stamp }) => stamp));
  return [
    {
      title: 'REPORT',
      cell: ({ stamp }) => stamp.slice(0, length),
      paint: (text, _, { colors }) => colors.magenta(text),
    },
    { title: 'CHANGES', cell: ({ changes }) => String(changes), align: 'right' },
    { title: 'FILES', cell: ({ files }) => String(files), align: 'right' },
    { title: 'AGENTS', cell: ({ agents }) => agents.join(', '), shrinks: 'start' },
    { title: 'TRIGGER', cell: ({ trigger_type }) => trigger_type },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'WHEN', cell: ({ at_ms }) => timeAgo(at_ms, nowMs) },
  ];
}
