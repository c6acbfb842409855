/** skein conflicts, skein resolve */
import { readFile } from 'node:fs/promises';
import { resolve as resolvePath } from 'node:path';
import type { ConflictJson } from '../../../shared/contracts/inbox-api.ts';
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { callerAgent } from '../caller-agent.ts';
import { countOf, shortStamp } from '../change-columns.ts';
import type { Command, Connection } from '../context.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';

export const conflicts: Command = {
  name: 'conflicts',
  summary: 'versions that lost against another one, and wait for you to decide',
  details: `A file that was changed in two places at once is merged. Where that cannot be done without
dropping something, the file keeps one version whole and the other waits here; nothing is lost.`,
  options: [{ flags: '--all', summary: 'also those that were resolved' }],
  examples: [
    { line: 'skein conflicts', what: 'what waits' },
    { line: 'skein resolve 01999c2f3a51 --take', what: 'put the other version into the file' },
  ],
  async run(context, _, { all }) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const { client, workspace } = found.value;
    const state = all === true ? ('all' as const) : ('open' as const);
    const answer = await client.call('listConflicts', { workspace: workspace.id, state });
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: (style) => writeConflicts(answer.value.conflicts, style) });
  },
};

function writeConflicts(list: readonly ConflictJson[], style: Style): string {
  if (list.length === 0) return 'No conflict waits.';
  const columns: Column<ConflictJson>[] = [
    {
      title: 'OTHER',
      cell: ({ loser }) => shortStamp(loser.stamp),
      paint: (text, _, { colors }) => colors.magenta(text),
    },
    { title: 'FILE', cell: ({ file_path }) => file_path, shrinks: 'end' },
    { title: 'IN THE FILE', cell: ({ winner }) => winner.agent_owner },
    { title: 'OTHER BY', cell: ({ loser }) => loser.agent_owner },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'WHEN', cell: ({ at_ms }) => timeAgo(at_ms, style.nowMs) },
  ];
  const open = list.filter(({ state }) => state === 'open').length;
  const sum = `${countOf(open, 'conflict')} open; \`skein resolve OTHER --keep\` or \`--take\` settles one.`;
  return `${writeTable(list, columns, style)}\n\n${sum}`;
}

export const resolve: Command = {
  name: 'resolve',
  summary: 'settle a conflict: keep the file, take the other version, or write a text of both',
  args: [{ name: 'OTHER', summary: 'the version that waits, by its stamp or the first 6 digits or more' }],
  options: [
    { flags: '--keep', summary: 'the file stays as it is' },
    { flags: '--take', summary: 'the other version replaces the file' },
    { flags: '--write <FILE>', summary: 'the bytes of this file do' },
    { flags: '--reopen', summary: 'take the decision back; a change that it made is undone by a restore' },
  ],
  examples: [
    { line: 'skein resolve 01999c2f3a51 --keep', what: 'dismiss the other version' },
    { line: 'skein resolve 01999c2f3a51 --write both.md', what: 'use what you made of both' },
  ],
  async run(context, [typed = ''], values) {
    const how = howOf(values);
    if (how === undefined) return err(chooseOne);
    const found = await context.workspace();
    if (!found.ok) return found;
    const conflict = await findConflict(found.value, typed);
    if (!conflict.ok) return conflict;
    const content =
      how === 'write'
        ? await readText(resolvePath(context.workingFolder, String(values['write'])))
        : ok(undefined);
    if (!content.ok) return content;
    const { client, workspace } = found.value;
    const which = {
      workspace: workspace.id,
      path: conflict.value.file_path,
      loser: conflict.value.loser.stamp,
    };
    // A text that somebody wrote of both is meant for the file as it is; another version, for the one that won.
    const sides = how === 'write' ? await client.call('getConflict', which) : undefined;
    if (sides?.ok === false) return sides;
    const answer = await client.call('resolveConflict', {
      ...which,
      seen: sides?.value.current_checksum,
      how,
      content: content.value,
      agent: callerAgent(context.env),
    });
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: () => `${wordsOf[how]} ${conflict.value.file_path}.` });
  },
};

const wordsOf = {
  keep: 'Kept',
  take: 'The other version is now in',
  write: 'Wrote your text into',
  reopen: 'Opened the conflict again of',
} as const;

function howOf(values: Readonly<Record<string, unknown>>): keyof typeof wordsOf | undefined {
  const chosen = (['keep', 'take', 'write', 'reopen'] as const).filter((name) => values[name] !== undefined);
  return chosen.length === 1 ? chosen[0] : undefined;
}

async function findConflict(
  { client, workspace }: Connection & { workspace: WorkspaceJson },
  typed: string,
): Promise<Result<ConflictJson>> {
  const answer = await client.call('listConflicts', { workspace: workspace.id, state: 'all' });
  if (!answer.ok) return answer;
  const fits = answer.value.conflicts.filter(({ loser }) => loser.stamp.startsWith(typed.toLowerCase()));
  const [first] = fits;
  if (first === undefined || typed.length < 6) return err(noConflict(typed));
  return fits.length === 1 ? ok(first) : err(severalFit(typed));
}

async function readText(file: string): Promise<Result<string>> {
  try {
    return ok(await readFile(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return err(problem('unreadable', file, `${file} cannot be read: ${why}.`, 'Name a file with the text.'));
  }
}

const chooseOne: Problem = problem(
  'bad-input',
  'resolve',
  'Say what to do with the conflict.',
  'Give one of --keep, --take, --write FILE or --reopen.',
);
const noConflict = (typed: string): Problem =>
  problem('not-found', typed, `No conflict has a version ${typed}.`, 'List them with: skein conflicts --all');
const severalFit = (typed: string): Problem =>
  problem('bad-input', typed, `Several conflicts begin with ${typed}.`, 'Give more digits of the stamp.');
