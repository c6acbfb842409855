/** skein files */
import type { TrackedFileJson } from '../../../shared/contracts/shapes.ts';
import { ok } from '../../../shared/result.ts';
import { pathText } from '../change-columns.ts';
import type { Command } from '../context.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';
import { plainText } from '../text-width.ts';

export const files: Command = {
  name: 'files',
  summary: 'the tracked files and their state',
  options: [{ flags: '--deleted', summary: 'also files that are gone but have history' }],
  examples: [
    { line: 'skein files', what: 'what Skein keeps in step here' },
    { line: 'skein files --deleted', what: 'also what `skein restore` can bring back' },
  ],
  async run(context, _, { deleted }) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const answer = await found.value.client.call('listFiles', { workspace: found.value.workspace.id });
    if (!answer.ok) return answer;
    const shown = answer.value.files.filter((file) => deleted === true || !file.deleted);
    return ok({ json: { files: shown }, write: (style) => writeFiles(shown, style) });
  },
};

function writeFiles(shown: readonly TrackedFileJson[], style: Style): string {
  if (shown.length === 0) {
    return 'No file here is tracked. AGENTS.md, CLAUDE.md and others are by default; `skein config set track` adds patterns.';
  }
  const problems = shown.flatMap(({ problem }) =>
    problem === null
      ? []
      : [`${style.colors.red('problem:')} ${plainText(`${problem.message} ${problem.advice}`)}`],
  );
  return [writeTable(shown, columns(style), style), ...problems].join('\n');
}

const columns = ({ nowMs }: Style): Column<TrackedFileJson>[] => [
  { title: 'FILE', cell: ({ file_path }) => pathText(file_path), shrinks: 'end' },
  { title: 'CLASS', cell: ({ file_class }) => file_class },
  {
    title: 'STATE',
    cell: stateOf,
    paint: (text, file, { colors }) => colors[stateColor[file.state]](text),
  },
  { title: 'VERSIONS', cell: ({ versions }) => String(versions), align: 'right' },
  { title: 'AGENT', cell: ({ agent_owner }) => agent_owner, shrinks: 'start' },
  { title: 'MODIFIED', cell: ({ last_modified_ms }) => timeAgo(last_modified_ms, nowMs) },
];

const stateColor = { synced: 'green', out_of_sync: 'yellow', error: 'red' } as const;

function stateOf({ state, pending, deleted, displaced, problem }: TrackedFileJson): string {
  if (problem !== null || state === 'error') return 'error';
  if (displaced) return 'of a branch';
  if (pending > 0) return `${pending} pending`;
  return deleted ? 'deleted' : state === 'synced' ? 'in step' : 'changed';
}
