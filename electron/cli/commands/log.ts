/** skein log */
import type { RawInput } from '../../../shared/contracts/app-api.ts';
import type { Client } from '../../../shared/contracts/client.ts';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { fileClasses } from '../../../shared/domain/change.ts';
import { movementWords } from '../../../shared/domain/movement.ts';
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
import type { Command, Values } from '../context.ts';
import { pathOf } from '../path-of.ts';
import { moment, wholeNumber } from '../read-option.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';

export const log: Command = {
  name: 'log',
  summary: 'recorded changes, newest first; what git moved at once is one line',
  args: [{ name: 'PATH', optional: true, summary: 'only the versions of this file' }],
  options: [
    {
      flags: '-n, --limit <NUMBER>',
      summary: `how many at most (default: ${limits.logRows})`,
      read: wholeNumber(1, 1_000_000),
    },
    { flags: '--all', summary: 'all there are' },
    { flags: '--agent <NAME>', summary: 'only changes of this agent' },
    {
      flags: '--kind <KIND>',
      summary: 'only changes of this kind',
      choices: ['created', 'modified', 'deleted'],
    },
    { flags: '--class <CLASS>', summary: 'only files of this class', choices: fileClasses },
    { flags: '--since <TIME>', summary: 'from then on: 2026-11-21, 09:30, 2h', read: moment('start') },
    { flags: '--until <TIME>', summary: 'up to then', read: moment('end') },
    { flags: '--pending', summary: 'only what no report holds yet' },
  ],
  examples: [
    { line: 'skein log', what: 'the latest changes of all files' },
    { line: 'skein log AGENTS.md', what: 'the versions of one file, for `show`, `diff` and `restore`' },
    {
      line: 'skein log --agent claude-code --since 2h',
      what: 'what Claude Code wrote in the last two hours',
    },
  ],
  async run(context, [path], values) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const file = path === undefined ? undefined : await pathOf(context, workspace, path);
    const filter = { ...readFilter(values), workspace: workspace.id, path: file };
    const most =
      values['all'] === true ? Number.POSITIVE_INFINITY : Number(values['limit'] ?? limits.logRows);
    const answer = await listChanges(client, filter, most);
    if (!answer.ok) return answer;
    const lines = file === undefined ? foldMovements(answer.value.changes) : answer.value.changes;
    return ok({ json: answer.value, write: (style) => writeLog(lines, style) });
  },
};

function readFilter(values: Values): RawInput<'listChanges'> {
  return {
    agent: values['agent'] as string | undefined,
    kind: values['kind'] as 'created' | undefined,
    file_class: values['class'] as string | undefined,
    from_ms: values['since'],
    to_ms: values['until'],
    pending: values['pending'] === true ? 'true' : undefined,
  };
}

type Page = { changes: ChangeJson[]; next: number | null };

/** At most `most` changes, page after page; `next` is where the rest begins. */
export async function listChanges(
  client: Client,
  filter: RawInput<'listChanges'>,
  most: number,
): Promise<Result<Page>> {
  const changes: ChangeJson[] = [];
  for (let before: number | undefined; ; ) {
    const limit = Math.min(limits.pageRows, most - changes.length);
    const page = await client.call('listChanges', { ...filter, before, limit });
    if (!page.ok) return page;
    changes.push(...page.value.changes);
    const { next } = page.value;
    if (next === null || changes.length >= most) return ok({ changes, next });
    before = next;
  }
}

/** A change, or one that stands for all that a movement of git brought. */
type Line = ChangeJson & { folded?: string };

/** What git moved in one go is one line. */
function foldMovements(changes: readonly ChangeJson[]): Line[] {
  const isOfSame = (index: number, other: ChangeJson | undefined): boolean =>
    other?.movement != null && other.movement.id === changes[index]?.movement?.id;
  return changes.flatMap((change, index): Line[] => {
    if (isOfSame(index, changes[index - 1])) return [];
    const { movement } = change;
    if (movement === null || !isOfSame(index, changes[index + 1])) return [change];
    return [{ ...change, folded: `${countOf(movement.changes, 'file')}: ${movementWords(movement)}` }];
  });
}

const whatColumn: Column<Line> = {
  ...fileColumn,
  cell: (line) => line.folded ?? fileColumn.cell(line),
};
const howColumn: Column<Line> = {
  ...kindColumn,
  cell: (line) => (line.folded === undefined ? kindColumn.cell(line) : 'moved'),
  paint: (text, line, style) =>
    line.folded === undefined ? (kindColumn.paint?.(text, line, style) ?? text) : style.colors.dim(text),
};

function writeLog(lines: readonly Line[], style: Style): string {
  if (lines.length === 0) return 'No such changes are recorded.';
  const columns = [versionColumn(lines), whatColumn, howColumn, agentColumn, whenColumn(style)];
  return writeTable(lines, columns, style);
}
