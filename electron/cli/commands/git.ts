/** skein git */
import type { Client } from '../../../shared/contracts/client.ts';
import type { GitOutcomeJson, GitStateJson, PullPreviewJson } from '../../../shared/contracts/git-api.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { failedOutcome, type RepositoryWork } from '../../host/repository-work.ts';
import { callerAgent } from '../caller-agent.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { timeAgo } from '../relative-time.ts';
import { workOfCommand } from '../repository-of-command.ts';
import { exitCodeOfSignal, stoppable, wasStopped } from '../stop-signal.ts';
import type { Style } from '../style.ts';
import { plainText } from '../text-width.ts';
import { gitToken } from './git-token.ts';

const status: Command = {
  name: 'status',
  summary: 'branch, what the remote has and lacks, what is not committed, and what was done last',
  details: 'Asks no remote: ahead and behind are as it was last heard of. `skein git preview` asks it.',
  examples: [{ line: 'skein git status', what: 'how this repository stands' }],
  run: (context) =>
    within(context, async (client, workspace) => {
      const state = await client.call('getGit', { workspace });
      if (!state.ok) return state;
      const exitCode = state.value.repository === null ? exitCodes.nothing : exitCodes.ok;
      return ok({ json: state.value, write: (style) => writeState(state.value, style), exitCode });
    }),
};

const preview: Command = {
  name: 'preview',
  summary: 'ask the remote, and say what a pull would bring and what is in its way; changes nothing',
  examples: [{ line: 'skein git preview', what: 'before you pull' }],
  run: (context) =>
    within(context, async (client, workspace) => {
      const found = await client.call('previewPull', { workspace });
      if (!found.ok) return found;
      const isNothing = found.value.commit_count === 0;
      return ok({
        json: found.value,
        write: (style) => writePreview(found.value, style),
        exitCode: isNothing ? exitCodes.nothing : exitCodes.ok,
      });
    }),
};

const pull: Command = {
  name: 'pull',
  summary: 'fetch and merge under the lock of the repository; when it fails, everything is as it was',
  details: `Tracked files are merged as Skein merges them everywhere. Files with changes that are not committed are no
obstacle unless the pull would change them, too.`,
  examples: [{ line: 'skein git pull', what: 'before you begin' }],
  run: (context) => outcomeOf(context, (work, agent) => work.pull(agent)),
};

const push: Command = {
  name: 'push',
  summary: 'send the commits of the branch; when others were quicker, theirs are pulled first',
  examples: [{ line: 'skein git push', what: 'share what was committed' }],
  run: (context) => outcomeOf(context, (work, agent) => work.push(agent)),
};

const commit: Command = {
  name: 'commit',
  summary: 'commit the tracked files that differ, or exactly those named; what is staged is left alone',
  details:
    'The commit is pushed at once unless git_auto_push in skein.json, or KB_GIT_AUTO_PUSH, says false.',
  args: [{ name: 'PATH', optional: true, many: true, summary: 'files, from the folder of the workspace' }],
  options: [{ flags: '-m, --message <TEXT>', summary: 'what was done; the first line is the subject' }],
  examples: [
    { line: 'skein git commit', what: 'all tracked files that differ' },
    { line: 'skein git commit AGENTS.md -m "Say how to test"', what: 'one file' },
  ],
  run: commitFiles,
};

export const git: Command = {
  name: 'git',
  summary: 'the git repository of the workspace: pull, commit and push under its lock',
  commands: [status, preview, pull, push, commit, gitToken],
  examples: [
    { line: 'skein git', what: 'how it stands' },
    { line: 'skein git pull', what: 'bring what others pushed' },
  ],
  run: (context, args, values) => status.run?.(context, args, values) as Promise<Result<Answer>>,
};

async function within(
  context: Context,
  work: (client: Client, workspace: string) => Promise<Result<Answer>>,
): Promise<Result<Answer>> {
  const found = await context.workspace();
  return found.ok ? work(found.value.client, found.value.workspace.id) : found;
}

/**
 * In this process: the lock is the same for all, and a program that holds it may run us. Ctrl+C cancels it, and then
 * everything is as it was.
 */
export async function outcomeOf(
  context: Context,
  ask: (work: RepositoryWork, agent: string) => Promise<Result<GitOutcomeJson>>,
): Promise<Result<Answer>> {
  const work = await workOfCommand(context);
  if (!work.ok) return work;
  const { cancel, close } = work.value;
  const { value: outcome, signal } = await stoppable(cancel, () => ask(work.value, callerAgent(context.env)));
  close();
  if (!outcome.ok && signal === undefined) return outcome;
  const answer = answerOf(outcome.ok ? outcome.value : failedOutcome(outcome.error));
  const isCut = answer.exitCode !== exitCodes.ok || (outcome.ok && wasStopped(outcome.value.left));
  const isStopped = signal !== undefined && isCut;
  return ok(isStopped ? { ...answer, exitCode: exitCodeOfSignal(signal) } : answer);
}

async function commitFiles(
  context: Context,
  args: readonly (string | undefined)[],
  { message }: Values,
): Promise<Result<Answer>> {
  const named = args.flatMap((path) => path ?? []);
  const paths = named.length > 0 ? ok(named) : await uncommittedFiles(context);
  if (!paths.ok) return paths;
  return outcomeOf(context, (work, agent) =>
    work.commit({ agent, paths: paths.value, message: typeof message === 'string' ? message : undefined }),
  );
}

/** From the folder of the workspace; which files are tracked, the log knows. */
async function uncommittedFiles(context: Context): Promise<Result<string[]>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const files = await found.value.client.call('listFiles', { workspace: found.value.workspace.id });
  return files.ok ? ok(files.value.files.map(({ file_path }) => file_path)) : files;
}

/** As a command says what came of it; a failure has the exit code of its problem. */
function answerOf(outcome: GitOutcomeJson): Answer {
  return {
    json: outcome,
    write: (style) => writeOutcome(outcome, style),
    exitCode: outcome.success ? exitCodes.ok : exitCodeOf(outcome.problem?.code ?? ''),
  };
}

function writeOutcome({ message, problem, paths, left, aside }: GitOutcomeJson, { colors }: Style): string {
  const lines = [problem === null ? plainText(message) : `${colors.red('problem:')} ${plainText(message)}`];
  if (problem !== null) lines.push(plainText(problem.advice));
  lines.push(...paths.map((path) => `  ${plainText(path)}`));
  lines.push(...left.map((it) => `${colors.yellow('left:')} ${plainText(`${it.message} ${it.advice}`)}`));
  for (const { path, commit: id, conflict } of aside) {
    const way = conflict === null ? `git show ${id.slice(0, 10)}:${plainText(path)}` : 'skein conflicts';
    lines.push(`${colors.yellow('to look at:')} the other side of ${plainText(path)}: ${way}`);
  }
  return lines.join('\n');
}

function writeState(state: GitStateJson, style: Style): string {
  if (state.repository === null) return 'This workspace lies in no git repository.';
  const { colors } = style;
  const branch = state.branch === null ? 'no branch' : plainText(state.branch);
  const lines = [`${colors.bold(branch)}${apartWords(state)} in ${plainText(state.repository)}`];
  if (state.problem !== null) {
    const { message, advice } = state.problem;
    lines.push(`${colors.red('problem:')} ${plainText(`${message} ${advice}`)}`);
  }
  if (state.running !== null) {
    const { operation, agent, progress } = state.running;
    lines.push(`${operation} for ${plainText(agent)} is running. ${plainText(progress)}`.trim());
  }
  if (state.uncommitted.length > 0)
    lines.push('', `${countOf(state.uncommitted.length, 'file')} not committed:`);
  lines.push(...state.uncommitted.map((path) => `  ${plainText(path)}`));
  for (const [name, done] of [
    ['pull', state.last_pull],
    ['push', state.last_push],
    ['commit', state.last_commit],
  ] as const) {
    if (done === null) continue;
    const age = timeAgo(done.at_ms, style.nowMs);
    lines.push(
      `last ${name}, ${age}: ${done.success ? '' : colors.red('failed: ')}${plainText(done.message)}`,
    );
  }
  return lines.join('\n');
}

function apartWords({ remote, remote_branch, remote_address, ahead, behind }: GitStateJson): string {
  if (remote_address === null) return ` without a remote ${plainText(remote)}`;
  if (ahead === null || behind === null) return ` of which ${plainText(remote)} was not heard yet`;
  const there = plainText(`${remote}/${remote_branch}`);
  if (ahead === 0 && behind === 0) return `, the same as ${there}`;
  const words = [ahead > 0 ? `${ahead} ahead of` : '', behind > 0 ? `${behind} behind` : ''];
  return `, ${words.filter(Boolean).join(' and ')} ${there}`;
}

function writePreview(found: PullPreviewJson, { colors }: Style): string {
  const there = plainText(`${found.remote}/${found.branch}`);
  if (found.kind === 'no-remote-branch') return `${there} does not exist yet: a push makes it.`;
  if (found.commit_count === 0) return `Nothing new on ${there}.`;
  const how = found.kind === 'merge' ? 'a merge' : 'no merge needed';
  const lines = [`${countOf(found.commit_count, 'commit')} of ${there}, ${how}:`];
  for (const { id, author, subject } of found.commits)
    lines.push(`  ${colors.magenta(id.slice(0, 10))} ${plainText(subject)} ${colors.dim(plainText(author))}`);
  lines.push('', `${countOf(found.files.length, 'file')}:`);
  for (const { path, kind, diff, mixed } of found.files) {
    const size = diff === null ? '' : ` +${diff.added} -${diff.removed}`;
    lines.push(`  ${kind} ${plainText(path)}${size}${mixed ? ', merged with what is not committed' : ''}`);
  }
  for (const { path, why } of found.obstacles)
    lines.push(`${colors.red('in the way:')} ${plainText(path)} (${why})`);
  for (const path of found.conflicts) lines.push(`${colors.red('conflict:')} ${plainText(path)}`);
  for (const path of found.aside)
    lines.push(
      `${colors.yellow('to look at:')} one side of ${plainText(path)} will be in the file, the other in the inbox`,
    );
  return lines.join('\n');
}
