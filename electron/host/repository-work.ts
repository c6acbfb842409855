/** What people and settings ask of one repository: one thing at a time, told while it runs and remembered afterwards. */
import type { GitOutcomeJson, GitStateJson, PullPreviewJson } from '../../shared/contracts/git-api.ts';
import { commitMessage } from '../../shared/domain/commit-message.ts';
import type { GitSettings } from '../../shared/domain/git-settings.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { LastDone } from '../adapters/last-done.ts';
import { commitAndPush, type Shared } from '../engine/git/commit-and-push.ts';
import { addNote, writeNoteOnly } from '../engine/git/note.ts';
import { previewPull } from '../engine/git/preview-pull.ts';
import { type PullDeps, pull } from '../engine/git/pull.ts';
import type { PullRequest } from '../engine/git/pull-request.ts';
import { push } from '../engine/git/push.ts';
import type { ComposedRepository } from './compose-repository.ts';
import { previewToJson } from './git-json.ts';
import { readGitState, reasonAgainst, wantedOf } from './git-state.ts';

type Operation = NonNullable<GitStateJson['running']>['operation'];
export type NoteJson = GitOutcomeJson & { path: string };

export type RepositoryWork = {
  state(): Promise<Result<GitStateJson>>;
  /** Finishes or gives up what a crash interrupted, if anything. */
  settle(): Promise<Result<null>>;
  preview(signal: AbortSignal): Promise<Result<PullPreviewJson>>;
  pull(agent: string): Promise<Result<GitOutcomeJson>>;
  push(agent: string): Promise<Result<GitOutcomeJson>>;
  /** All tracked files that differ, unless `paths` (from the workspace's folder) are named. */
  commit(request: CommitWish): Promise<Result<GitOutcomeJson>>;
  note(request: { agent: string; text: string }): Promise<Result<NoteJson>>;
  settings(): Promise<GitSettings>;
  /** Ends what runs. */
  cancel(): void;
  close(): void;
};

export type CommitWish = {
  agent: string;
  paths?: readonly string[] | undefined;
  message?: string | undefined;
};

type Deps = {
  repository: ComposedRepository;
  /** Tracked files that the log knows, from the workspace's folder. */
  trackedPaths(): string[];
  /** What `state` says is another now. */
  changed(): void;
  /** Undefined where no engine runs. */
  keepAside?: PullDeps['keepAside'];
};

type Running = NonNullable<GitStateJson['running']> & { stop: AbortController };

export function createRepositoryWork(deps: Deps): RepositoryWork {
  const { changed, keepAside } = deps;
  const repository = { ...deps.repository, ...(keepAside === undefined ? {} : { keepAside }) };
  const { clock, store, prefix } = repository;
  /** In the order in which they began: the first one holds the lock, the others stand in its line. */
  const running = new Set<Running>();

  /** A second pull or push of the same person is refused: that is a button pressed twice. */
  async function run<Value>(
    operation: Operation,
    agent: string,
    work: (request: PullRequest, settings: GitSettings) => Promise<Result<Value>>,
  ): Promise<Result<Value>> {
    const isOnce = operation === 'pull' || operation === 'push';
    const same = [...running].find((it) => it.operation === operation && it.agent === agent);
    if (isOnce && same !== undefined) return err(alreadyRunning(operation));
    const current = { operation, agent, since_ms: clock.nowMs(), progress: '', stop: new AbortController() };
    running.add(current);
    changed();
    const progress = (words: string) => {
      current.progress = words;
      changed();
    };
    try {
      const settings = await repository.settings();
      return await work(requestOf(settings, agent, { signal: current.stop.signal, progress }), settings);
    } finally {
      running.delete(current);
      changed();
    }
  }

  /** What needs git. */
  const ifEnabled =
    <Value>(work: (request: PullRequest, settings: GitSettings) => Promise<Result<Value>>) =>
    (request: PullRequest, settings: GitSettings): Promise<Result<Value>> => {
      const against = reasonAgainst(settings);
      return against === undefined ? work(request, settings) : Promise.resolve(err(against));
    };

  function cancel(): void {
    for (const { stop } of running) stop.abort();
  }

  const remember = (deed: keyof LastDone, success: boolean, message: string): Promise<void> =>
    repository.lastDone.note(deed, { at_ms: clock.nowMs(), success, message });

  const inRepository = (paths: readonly string[]): string[] => paths.map((path) => prefix + path);

  async function pullNow(request: PullRequest): Promise<Result<GitOutcomeJson>> {
    const outcome = await pull(repository, request);
    if (!isCancelled(outcome)) await remember('pull', outcome.success, outcome.message);
    if (!outcome.success) return ok(failedOutcome(outcome.problem, outcome.paths));
    const paths = outcome.files.map(({ path }) => path);
    const aside = outcome.aside.map(({ path, commit, conflict = null }) => ({ path, commit, conflict }));
    return ok({ ...done(outcome.message), head: outcome.to ?? null, paths, pushed: outcome.pushed, aside });
  }

  async function pushNow(request: PullRequest): Promise<Result<GitOutcomeJson>> {
    const outcome = await push(repository, request);
    if (!isCancelled(outcome)) await remember('push', outcome.success, outcome.message);
    if (!outcome.success) return ok(failedOutcome(outcome.problem, outcome.paths));
    return ok({ ...done(outcome.message), head: outcome.commit, pushed: true });
  }

  async function commitNow(
    request: PullRequest,
    wish: CommitWish & { push: boolean },
  ): Promise<Result<GitOutcomeJson>> {
    const { push } = wish;
    const paths = inRepository(wish.paths ?? deps.trackedPaths());
    const message = commitMessage(wish.message?.trim() || usualMessage(wish.agent), wish.agent);
    const committed = await repository.lock.during(
      { ...lockRequest(request), operation: 'commit' },
      async (held) => {
        const settled = await store.settle();
        return settled.ok ? commitAndPush(repository, { ...request, paths, message, push }, held) : settled;
      },
    );
    const said = committed.ok ? committedWords(committed.value) : committed.error.message;
    if (!committed.ok || committed.value.commit !== undefined) await remember('commit', committed.ok, said);
    if (!committed.ok) return committed;
    const { head, pushed, problems, left, paths: which } = committed.value;
    const [failure] = problems;
    if (pushed) await remember('push', true, `Pushed to ${request.remote}`);
    else if (failure !== undefined && failure.code !== 'stopping')
      await remember('push', false, failure.message);
    return ok({ ...done(said), head: head ?? null, paths: which, left: [...problems, ...left], pushed });
  }

  async function noteNow(
    request: PullRequest,
    { text, enabled, autoPush, refused }: { text: string } & GitSettings,
  ): Promise<Result<NoteJson>> {
    if (refused !== undefined) return err(refused);
    if (!enabled) {
      const written = await writeNoteOnly(repository, { ...request, text, push: false });
      return written.ok ? ok(onlyWritten(written.value)) : written;
    }
    const added = await addNote(repository, { ...request, text, push: autoPush });
    if (!added.ok) return added;
    const { path, commit, pushed, problems } = added.value;
    const [first] = problems;
    const isSafe = commit !== undefined;
    const sent = pushed ? ' and pushed it' : autoPush && problems.length > 0 ? ', and did not push it' : '';
    const message = isSafe ? `Committed ${path}${sent}` : `Wrote ${path}, and did not commit it`;
    await remember('commit', isSafe, isSafe ? message : (first?.message ?? message));
    const outcome = isSafe
      ? done(message)
      : { ...failedOutcome(first ?? notCommitted(path), [path]), message };
    return ok({ ...outcome, head: commit ?? null, paths: [path], left: problems, pushed, path });
  }

  return {
    state: () => {
      const [first] = running;
      const paths = inRepository(deps.trackedPaths());
      return readGitState(repository, { paths, running: first === undefined ? null : withoutStop(first) });
    },
    async settle() {
      if (!(await repository.isInterrupted())) return ok(null);
      // Whoever holds the lock is at it, or settles it first.
      const request = { operation: 'settle', agent: 'skein', waitMs: 0 };
      const settled = await repository.lock.during(request, store.settle);
      changed();
      return settled.ok || settled.error.code === 'lock-busy' ? ok(null) : settled;
    },
    async preview(signal) {
      const settings = await repository.settings();
      if (settings.refused !== undefined) return err(settings.refused);
      const preview = await previewPull(repository, requestOf(settings, 'human', { signal }));
      return preview.ok ? previewToJson(store, preview.value) : preview;
    },
    pull: (agent) => run('pull', agent, ifEnabled(pullNow)),
    push: (agent) => run('push', agent, ifEnabled(pushNow)),
    commit: (wish) =>
      run(
        'commit',
        wish.agent,
        ifEnabled((request, { autoPush: push }) => commitNow(request, { ...wish, push })),
      ),
    note: ({ agent, text }) =>
      run('note', agent, (request, settings) => noteNow(request, { ...settings, text })),
    settings: repository.settings,
    cancel,
    close() {
      cancel();
      repository.close();
    },
  };
}

const requestOf = (
  { remote, branch, autoPush }: GitSettings,
  agent: string,
  more: Pick<PullRequest, 'signal' | 'progress'>,
): PullRequest => ({
  ...wantedOf({ remote, branch }),
  agent,
  pushMissing: autoPush,
  ...more,
});

const lockRequest = ({ agent, signal }: PullRequest) => ({
  agent,
  ...(signal === undefined ? {} : { signal }),
});

const withoutStop = ({ operation, agent, since_ms, progress }: Running) => ({
  operation,
  agent,
  since_ms,
  progress,
});

/** Whoever ended it knows. */
const isCancelled = (outcome: { success: true } | { success: false; problem: Problem }): boolean =>
  !outcome.success && outcome.problem.code === 'stopping';

const done = (message: string): GitOutcomeJson => ({
  success: true,
  message,
  problem: null,
  head: null,
  paths: [],
  left: [],
  pushed: false,
  aside: [],
});

/** What failed changed nothing. */
export const failedOutcome = (reason: Problem, paths: readonly string[] = []): GitOutcomeJson => ({
  ...done(reason.message),
  success: false,
  problem: reason,
  paths: [...paths],
});

const onlyWritten = (path: string): NoteJson => ({
  ...done(`Wrote ${path}; git is switched off, so it is not committed`),
  paths: [path],
  path,
});

const usualMessage = (agent: string): string =>
  agent === 'human' ? 'Update the shared files' : `Update the shared files for ${agent}`;

function committedWords({ commit, paths, left, pushed, problems }: Shared): string {
  const count = paths.length === 1 ? '1 file' : `${paths.length} files`;
  const sent = problems.length > 0 ? ', and did not push it' : pushed ? ' and pushed it' : '';
  if (commit !== undefined) return `Committed ${count} as ${commit.slice(0, 10)}${sent}`;
  return left.length > 0
    ? (left[0]?.message ?? '')
    : 'Nothing to commit: the files are as in the last commit';
}

/** Somebody else took it out of what is to be committed. */
const notCommitted = (path: string): Problem =>
  problem('git-failed', path, `${path} was not committed.`, 'Commit it with skein git commit.');

const alreadyRunning = (operation: string): Problem =>
  problem(
    'git-busy',
    'the repository',
    `Skein is in the middle of a ${operation} there.`,
    'Wait until it is done, or cancel it.',
  );
