/** skein replicas: other worktrees and clones of the workspace on this machine. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Client } from '../../../shared/contracts/client.ts';
import type { ReplicaJson, ReplicasJson } from '../../../shared/contracts/replica-api.ts';
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Answer, Command, Connection, Context, Values } from '../context.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';
import { plainText } from '../text-width.ts';

const folderArgument = { name: 'FOLDER', summary: 'one of `skein replicas --all`' };
const allOption = { flags: '--all', summary: 'those that are hidden, too' };

const list: Command = {
  name: 'list',
  summary: 'worktrees and clones that are linked, and those that could be',
  options: [allOption],
  examples: [{ line: 'skein replicas list --json', what: 'everything, hidden ones too' }],
  run: listReplicas,
};

const open: Command = {
  name: 'open',
  summary: 'open a worktree or clone in Skein; from then on it is linked, also after a restart',
  args: [folderArgument],
  examples: [{ line: 'skein replicas open ../site-feature', what: 'keep this worktree in step' }],
  run: (context, [folder = '']) =>
    onReplica(context, folder, async ({ folder: found }, { client, running }) => {
      const opened = await client.call('openWorkspace', { folder: found });
      const when =
        running === undefined ? 'will be linked once Skein runs: skein serve' : 'is open and linked.';
      return opened.ok ? ok({ json: opened.value, write: () => `${plainText(found)} ${when}` }) : opened;
    }),
};

const hide: Command = {
  name: 'hide',
  summary: 'do not offer a worktree or clone any more',
  args: [folderArgument],
  examples: [{ line: 'skein replicas hide ../site-scratch', what: 'it is to stay apart' }],
  run: (context, [folder = '']) => setHidden(context, folder, true),
};

const show: Command = {
  name: 'show',
  summary: 'offer a hidden worktree or clone again',
  args: [folderArgument],
  examples: [{ line: 'skein replicas show ../site-scratch', what: 'after `skein replicas --all` named it' }],
  run: (context, [folder = '']) => setHidden(context, folder, false),
};

const share: Command = {
  name: 'share',
  summary: 'whether the linked ones get each change at once, or only what a consolidation folded',
  details: `Says so in skein.json of every folder of this workspace that is open. It counts at once.
With \`staged\`, edits in progress stay in their folder until \`skein consolidate\` or the next report.`,
  args: [{ name: 'MODE', summary: 'when a change goes to the others', choices: ['shared', 'staged'] }],
  examples: [
    { line: 'skein replicas share staged', what: 'only when consolidated' },
    { line: 'skein replicas share shared', what: 'each change at once, as usual' },
  ],
  run: changeShare,
};

export const replicas: Command = {
  name: 'replicas',
  summary: 'other worktrees and clones of the workspace on this machine: linked, or offered',
  details: `Worktrees come from git's own list; a clone is known once it was open in Skein. Those that are open
have the same shared files, without pairing.`,
  options: [allOption],
  commands: [list, open, hide, show, share],
  examples: [
    { line: 'skein replicas', what: 'what is in step, and what could be' },
    { line: 'skein replicas open ../site-feature', what: 'keep a worktree in step' },
  ],
  run: listReplicas,
};

type Found = Connection & { workspace: WorkspaceJson; answer: ReplicasJson };

async function ask(context: Context): Promise<Result<Found>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const answer = await found.value.client.call('listReplicas', { workspace: found.value.workspace.id });
  return answer.ok ? ok({ ...found.value, answer: answer.value }) : answer;
}

async function listReplicas(context: Context, _: unknown, { all }: Values): Promise<Result<Answer>> {
  const found = await ask(context);
  if (!found.ok) return found;
  const { answer } = found.value;
  return ok({ json: answer, write: (style) => writeReplicas(found.value, all === true, style) });
}

async function changeShare(
  context: Context,
  [mode]: readonly (string | undefined)[],
): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const wanted = mode === 'staged' ? 'staged' : 'shared';
  const answer = await client.call('shareReplicas', { workspace: workspace.id, share: wanted });
  if (!answer.ok) return answer;
  return ok({ json: answer.value, write: () => modeWords(workspace.name, answer.value.share) });
}

function setHidden(context: Context, folder: string, hidden: boolean): Promise<Result<Answer>> {
  return onReplica(context, folder, async ({ id, folder: found }, { client }) => {
    const answer = await client.call('hideReplica', { id, hidden });
    const words = hidden
      ? 'is not offered any more; `skein replicas --all` still lists it.'
      : 'is offered again.';
    return answer.ok ? ok({ json: answer.value, write: () => `${plainText(found)} ${words}` }) : answer;
  });
}

/** Does something about the replica in a folder. Fails with not-found. */
async function onReplica(
  context: Context,
  wanted: string,
  act: (
    replica: ReplicaJson,
    found: { client: Client; running: Connection['running'] },
  ) => Promise<Result<Answer>>,
): Promise<Result<Answer>> {
  const found = await ask(context);
  if (!found.ok) return found;
  const { answer, workspace } = found.value;
  const folder = resolve(context.workingFolder, wanted);
  const real = await realpath(folder).catch(() => folder);
  const replica = answer.replicas.find((it) => it.folder === folder || it.folder === real);
  return replica === undefined ? err(noReplica(folder, workspace.name)) : act(replica, found.value);
}

const noReplica = (folder: string, name: string): Problem =>
  problem(
    'not-found',
    folder,
    `No other worktree or clone of ${name} is known in ${folder}.`,
    'List them with `skein replicas --all`; a clone becomes known with `skein open FOLDER`.',
  );

const modeWords = (name: string, mode: ReplicasJson['share']): string =>
  mode === 'staged'
    ? `Worktrees and clones of ${plainText(name)} get only what a consolidation folded (staged).`
    : `Worktrees and clones of ${plainText(name)} get each change at once (shared).`;

function writeReplicas({ answer, workspace, running }: Found, withHidden: boolean, style: Style): string {
  const shown = answer.replicas.filter(({ state }) => withHidden || state !== 'hidden');
  const hidden = answer.replicas.length - shown.length;
  const hint = hidden === 0 ? [] : [`${hidden} hidden: skein replicas --all`];
  if (shown.length === 0) return [noneWords(workspace.name), ...hint].join('\n');
  const troubles = shown.flatMap(({ folder, problem: reason }) =>
    reason === null ? [] : [`${folder}: ${reason.message} ${reason.advice}`],
  );
  const canLink = shown.some(({ state }) => state === 'offered');
  return [
    modeWords(workspace.name, answer.share),
    ...(running === undefined ? ['Skein is not running, so nothing is exchanged now: skein serve'] : []),
    '',
    writeTable(shown, columns, style),
    ...troubles.map((text) => `${style.colors.red('problem:')} ${plainText(text)}`),
    ...(canLink
      ? ['', '`skein replicas open FOLDER` links one; `skein replicas hide FOLDER` declines it.']
      : []),
    ...hint,
  ].join('\n');
}

const noneWords = (name: string): string =>
  `No other worktree or clone of ${plainText(name)} is known on this machine.`;

const stateWords = { open: 'linked', offered: 'not open', hidden: 'hidden' } as const;
const figure = (of: (replica: ReplicaJson) => number) => (replica: ReplicaJson) =>
  replica.state === 'open' ? String(of(replica)) : '';

const columns: readonly Column<ReplicaJson>[] = [
  { title: 'FOLDER', cell: ({ folder }) => folder, shrinks: 'start' },
  { title: 'BRANCH', cell: ({ branch, kind }) => branch ?? (kind === 'clone' ? '(clone)' : '(none)') },
  {
    title: 'STATE',
    cell: ({ state }) => stateWords[state],
    paint: (text, { state }, { colors }) => colors[state === 'open' ? 'green' : 'dim'](text),
  },
  { title: 'TO TAKE', cell: figure(({ behind }) => behind), align: 'right' },
  { title: 'TO GIVE', cell: figure(({ ahead }) => ahead), align: 'right' },
  { title: 'PENDING', cell: figure(({ pending }) => pending), align: 'right' },
];
