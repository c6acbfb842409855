/** skein status */
import type { StatusJson } from '../../../shared/contracts/shapes.ts';
import { notices, ok } from '../../../shared/result.ts';
import { countOf } from '../change-columns.ts';
import type { Command } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { relativeTime, timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';

export const status: Command = {
  name: 'status',
  summary: 'state of the workspace: what is watched, pending, and due next',
  details: 'Exits with 5 when something needs a person; the problems say what.',
  examples: [
    { line: 'skein status', what: 'the workspace around this folder' },
    { line: 'skein status --json', what: 'the same for a program, with exact times' },
  ],
  async run(context) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace, running } = found.value;
    const answer = await client.call('getStatus', { workspace: workspace.id });
    if (!answer.ok) return answer;
    const state = answer.value;
    return ok({
      json: state,
      write: (style) => writeStatus(state, running !== undefined, style),
      exitCode: state.problems.some(({ code }) => !notices.has(code)) ? exitCodes.needsPerson : exitCodes.ok,
    });
  },
};

function writeStatus(state: StatusJson, isRunning: boolean, style: Style): string {
  const { nowMs, colors } = style;
  const lastMs = state.last_consolidation_ms;
  const facts: [string, string][] = [
    ['Workspace', plainText(`${state.workspace.name} (${state.workspace.folder})`)],
    ['State', isRunning ? stateWords(state, style) : 'Skein is not running; `skein serve` starts it'],
    ['Tracked', countOf(state.checksums_tracked, 'file')],
    [
      'Pending',
      state.pending_changes === 0 ? 'nothing' : colors.bold(countOf(state.pending_changes, 'change')),
    ],
    ['Last report', lastMs === null ? 'none yet' : timeAgo(lastMs, nowMs)],
    ...nextFact(state, isRunning, style),
  ];
  return [writeFacts(facts, style), ...writeProblems(state.problems, style)].join('\n');
}

/** Worst first. Hundreds of one kind, as of a rebase that stopped, would hide the rest. */
const shownProblems = 10;

function writeProblems(problems: StatusJson['problems'], { colors }: Style): string[] {
  const shown = problems
    .slice(0, shownProblems)
    .map(({ message, advice }) => `${colors.red('problem:')} ${plainText(`${message} ${advice}`)}`);
  const left = problems.length - shown.length;
  return left === 0 ? shown : [...shown, `and ${countOf(left, 'more problem')}; all of them with --json`];
}

const stateColor = {
  starting: 'yellow',
  watching: 'green',
  polling: 'green',
  paused: 'yellow',
  disabled: 'yellow',
  error: 'red',
} as const;
const stateMeaning: Readonly<Record<StatusJson['state'], string>> = {
  starting: 'the first scan is under way',
  watching: 'changes are seen at once',
  polling: 'changes are seen at every check',
  paused: '`skein resume` goes on',
  disabled: 'AUTOSYNC_ENABLED=0 turned watching off',
  error: 'see below',
};

function stateWords({ state, watched_folders }: StatusJson, { colors }: Style): string {
  const where = state === 'watching' ? ` in ${countOf(watched_folders, 'folder')}` : '';
  return `${colors[stateColor[state]](state)}${where}: ${stateMeaning[state]}`;
}

/** An engine that does not run consolidates nothing by itself. */
function nextFact(state: StatusJson, isRunning: boolean, { nowMs }: Style): [string, string][] {
  const next = state.next_trigger;
  if (next === null || !isRunning) return [];
  const due = next.due_ms === null ? '' : ` (${relativeTime(next.due_ms, nowMs)})`;
  return [['Next report', plainText(`${next.reason}${due}`)]];
}
