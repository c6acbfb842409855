/** skein task */
import { basename } from 'node:path';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { findWorkTreeChanges } from '../../adapters/work-tree-changes.ts';
import type { Shared } from '../../engine/git/commit-and-push.ts';
import type { PullRequest } from '../../engine/git/pull-request.ts';
import { beginTask, endTask, type Snapshot, type TaskDeps } from '../../engine/git/task.ts';
import type { ComposedRepository } from '../../host/compose-repository.ts';
import { callerAgent } from '../caller-agent.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { wholeNumber } from '../read-option.ts';
import { repositoryOfCommand } from '../repository-of-command.ts';
import { type Around, runLocked } from '../run-locked.ts';
import { exitCodeOfSignal, wasStopped } from '../stop-signal.ts';
import { plainText } from '../text-width.ts';

const run: Command = {
  name: 'run',
  summary: 'run an agent: lock, pull, run, commit what it changed in its name, push, release',
  details: `The program has the terminal, so output streams and Ctrl+C reaches it. When it fails or is interrupted, what it
changed stays in the work tree and is not committed. Exits as the program does, with 124 when the lock was not free in
time. Files outside the shared ones that were changed before it began are left out of the commit,
and so is what was staged by then.`,
  args: [{ name: 'PROGRAM', many: true, summary: 'the agent and its arguments, after --' }],
  options: [
    {
      flags: '--agent <NAME>',
      summary: 'whose work it is (default: SKEIN_AGENT, the calling agent, or human)',
    },
    { flags: '-m, --message <TEXT>', summary: 'the subject of the commit (default: the program)' },
    {
      flags: '--timeout <SECONDS>',
      summary: 'give up when the lock is not free by then; 0: now or not at all',
      read: wholeNumber(0, limits.lockWaitMs / 1_000),
    },
  ],
  examples: [
    { line: 'skein task run --agent claude-code -- claude -p "Update the roadmap"', what: 'one task' },
    { line: 'skein task run --timeout 60 -- make docs', what: 'any program will do' },
  ],
  run: runTask,
};

export const task: Command = {
  name: 'task',
  summary: 'run an agent on the repository while nobody else works there',
  commands: [run],
  examples: [
    { line: 'skein task run --agent codex-local -- codex exec "Tidy the journal"', what: 'one task' },
  ],
};

async function runTask(
  context: Context,
  args: readonly (string | undefined)[],
  values: Values,
): Promise<Result<Answer>> {
  const composed = await repositoryOfCommand(context);
  if (!composed.ok) return composed;
  try {
    return await runIn(context, composed.value, { words: args.flatMap((word) => word ?? []), values });
  } finally {
    composed.value.close();
  }
}

async function runIn(
  context: Context,
  repository: ComposedRepository,
  { words, values }: { words: readonly string[]; values: Values },
): Promise<Result<Answer>> {
  const settings = await repository.settings();
  if (!settings.enabled) return err(settings.refused ?? switchedOff);
  const agent = typeof values['agent'] === 'string' ? values['agent'] : callerAgent(context.env);
  const subject = typeof values['message'] === 'string' ? values['message'] : basename(words[0] ?? '');
  const { timeout } = values;
  const deps: TaskDeps = {
    ...repository,
    findChanges: () => findWorkTreeChanges(repository.top, repository.store),
  };
  const request: PullRequest = {
    remote: settings.remote,
    agent,
    pushMissing: settings.autoPush,
    ...(settings.branch === undefined ? {} : { branch: settings.branch }),
  };
  const task = aroundTask(context, deps, { ...request, subject, push: settings.autoPush });
  const outcome = await runLocked(
    { ...context, env: { ...context.env, SKEIN_AGENT: agent } },
    {
      lock: repository.lock,
      words,
      request: {
        agent,
        operation: `task: ${subject}`.slice(0, limits.lockNameCharacters),
        ...(typeof timeout === 'number' ? { waitMs: timeout * 1_000 } : {}),
      },
      around: task,
    },
  );
  if (!outcome.ok) return outcome;
  const end = task.end();
  return ok({
    json: { exit_code: outcome.value, ...(end === undefined ? {} : toJson(end)) },
    write: () => (end === undefined ? '' : writeEnd(end)),
    exitCode: outcome.value,
  });
}

type Task = Around & { end(): Shared | undefined };

function aroundTask(
  { tell }: Context,
  deps: TaskDeps,
  request: PullRequest & { subject: string; push: boolean },
): Task {
  let before: Snapshot = { files: new Map(), staged: new Map(), unheld: new Map() };
  let end: Shared | undefined;
  return {
    end: () => end,
    async before(held, signal) {
      const begun = await beginTask(deps, { ...request, signal }, held);
      if (begun.ok) before = begun.value;
      return begun.ok ? ok(undefined) : begun;
    },
    async after(held, exitCode, signal) {
      if (exitCode !== 0) {
        tell('The program did not succeed: what it changed is in the work tree and was not committed.');
        return ok(exitCode);
      }
      const ended = await endTask(deps, { ...request, signal }, { held, before });
      if (!ended.ok) return ended;
      end = ended.value;
      return ok(wasStopped(end.problems) ? exitCodeOfSignal(signal.reason) : exitCode);
    },
  };
}

const toJson = ({ commit, paths, left, pushed, problems }: Shared) => ({
  commit: commit ?? null,
  paths,
  left,
  pushed,
  problems,
});

function writeEnd(end: Shared): string {
  return [
    writeCommit(end),
    ...[...end.left, ...end.problems].map(({ message, advice }) => plainText(`${message} ${advice}`)),
  ].join('\n');
}

function writeCommit({ commit, paths, left, pushed }: Shared): string {
  if (commit !== undefined)
    return `Committed ${countOf(paths.length, 'file')} as ${commit.slice(0, 10)}${pushed ? ' and pushed it' : ''}.`;
  return left.length === 0
    ? 'Nothing to commit: the task changed no file.'
    : 'Nothing was committed: what the task changed was left out.';
}

const switchedOff = problem(
  'repository-state',
  'git',
  'Git is switched off for this workspace, so no task can be committed.',
  'Set git_enabled to true in skein.json, or use skein lock run.',
);
