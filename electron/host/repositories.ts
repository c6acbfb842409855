/** The git repositories of the workspaces that are open. */
import type { GitStateJson } from '../../shared/contracts/git-api.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { followGit } from '../adapters/git-moves.ts';
import type { Credentials } from '../adapters/remote-access.ts';
import type { Aside } from '../engine/git/pull-outcome.ts';
import type { Clock, Log } from '../engine/ports.ts';
import { composeRepository } from './compose-repository.ts';
import type { OpenWorkspace } from './host-contract.ts';
import { createRepositoryWork, type RepositoryWork } from './repository-work.ts';

export type Repositories = {
  /** Fails with `no-workspace` when it is not open, and with `not-found` when it lies in no repository. */
  of(id: string): Promise<Result<RepositoryWork>>;
  /** As `RepositoryWork.state`; a workspace in no repository has an empty one. */
  state(id: string): Promise<Result<GitStateJson>>;
};

export type RepositoriesOfHost = Repositories & {
  /** Call when workspaces were opened or closed. */
  reconcile(): void;
  /** Call when a consolidation of this workspace was recorded, written or undone. */
  consolidated(id: string): void;
  stop(): void;
};

type Deps = {
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
  credentials: Credentials;
  workspaces(): readonly OpenWorkspace[];
  changed(id: string): void;
};

/** Milliseconds after a consolidation until its files are committed: a burst of them is one commit. */
const commitDelayMs = 2_000;

export function createRepositories(deps: Deps): RepositoriesOfHost {
  const workById = new Map<string, Promise<Result<RepositoryWork>>>();
  const dueById = new Map<string, () => void>();

  function find(id: string): OpenWorkspace | undefined {
    return deps.workspaces().find((it) => it.id === id);
  }

  async function compose({ id, folder }: OpenWorkspace): Promise<Result<RepositoryWork>> {
    const composed = await composeRepository(folder, deps);
    if (!composed.ok) return composed;
    const changed = () => deps.changed(id);
    const work = createRepositoryWork({
      repository: composed.value,
      trackedPaths: () => trackedPaths(find(id)),
      changed,
      keepAside: (versions) => keepAside(find(id), composed.value.prefix, versions),
    });
    const moves = followGit(folder, changed);
    return ok({
      ...work,
      close() {
        moves.close();
        work.close();
      },
    });
  }

  /** Others cannot commit while the lock of a step that died is there. */
  async function settle(id: string): Promise<void> {
    const work = await of(id);
    const settled = work.ok ? await work.value.settle() : undefined;
    if (settled?.ok === false) deps.log.warn(`${settled.error.message} ${settled.error.advice}`);
  }

  async function of(id: string): Promise<Result<RepositoryWork>> {
    const workspace = find(id);
    if (workspace === undefined) return err(notOpen(id));
    const known = workById.get(id) ?? compose(workspace);
    workById.set(id, known);
    const work = await known;
    // Somebody may make it a repository.
    if (!work.ok) workById.delete(id);
    return work;
  }

  function drop(id: string): void {
    dueById.get(id)?.();
    dueById.delete(id);
    const work = workById.get(id);
    workById.delete(id);
    void work?.then((it) => it.ok && it.value.close());
  }

  async function commitReport(id: string): Promise<void> {
    dueById.delete(id);
    const work = await of(id);
    if (!work.ok) return;
    const settings = await work.value.settings();
    if (!settings.enabled || !settings.commitConsolidations) return;
    const committed = await work.value.commit({ agent: 'skein', message: 'Consolidate the shared files' });
    const failure = committed.ok ? committed.value.problem : committed.error;
    if (failure !== null)
      deps.log.warn(`The consolidation was not committed: ${failure.message} ${failure.advice}`);
  }

  return {
    of,
    async state(id) {
      const work = await of(id);
      if (!work.ok) return work.error.code === 'not-found' ? ok(noRepository) : work;
      return work.value.state();
    },
    reconcile() {
      for (const id of workById.keys()) if (find(id) === undefined) drop(id);
      for (const { id } of deps.workspaces()) if (!workById.has(id)) void settle(id);
    },
    consolidated(id) {
      dueById.get(id)?.();
      dueById.set(
        id,
        deps.clock.after(commitDelayMs, () => void commitReport(id)),
      );
    },
    stop() {
      for (const id of new Set([...workById.keys(), ...dueById.keys()])) drop(id);
    },
  };
}

/** Those that lie on the disk or did: what was deleted is to be committed, too. */
const trackedPaths = (workspace: OpenWorkspace | undefined): string[] =>
  workspace?.engine?.log.files().map(({ path }) => path) ?? [];

/** As a workspace of its own knows the paths, which is a part of the repository. */
async function keepAside(
  workspace: OpenWorkspace | undefined,
  prefix: string,
  versions: readonly Aside[],
): Promise<Aside[]> {
  const inside = versions.filter(({ path }) => path.startsWith(prefix));
  if (inside.length === 0) return [...versions];
  const kept = await workspace?.engine?.keepAside(
    inside.map((version) => ({ ...version, path: version.path.slice(prefix.length) })),
  );
  const stamps = new Map((kept?.ok ? kept.value : []).map(({ path, loser }) => [prefix + path, loser]));
  return versions.map((version) => ({ ...version, conflict: stamps.get(version.path) }));
}

const noRepository: GitStateJson = {
  repository: null,
  branch: null,
  head: null,
  remote: 'origin',
  remote_address: null,
  remote_branch: null,
  ahead: null,
  behind: null,
  uncommitted: [],
  problem: null,
  last_pull: null,
  last_push: null,
  last_commit: null,
  running: null,
  auto_push: false,
  enabled: true,
};

const notOpen = (id: string) =>
  problem('no-workspace', id, `The workspace ${id} is not open.`, 'Open it, then ask again.');
