/** How a repository stands, as the JSON of the app API; asks no other machine. */
import type { GitStateJson } from '../../shared/contracts/git-api.ts';
import type { GitSettings } from '../../shared/domain/git-settings.ts';
import { ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { branchToPull } from '../engine/git/remote-branch.ts';
import type { GitHistory } from '../engine/git/repository.ts';
import { refuseState } from '../engine/git/repository-state.ts';
import { findUncommitted } from '../engine/git/uncommitted.ts';
import type { ComposedRepository } from './compose-repository.ts';

/** `paths` are the tracked files, from the top of the repository. */
export async function readGitState(
  repository: ComposedRepository,
  { paths, running }: { paths: readonly string[]; running: GitStateJson['running'] },
): Promise<Result<GitStateJson>> {
  const { store } = repository;
  const facts = await store.facts();
  if (!facts.ok) return facts;
  const settings = await repository.settings();
  const state = refuseState(facts.value);
  const { branch = null, head = null, top = null } = facts.value;
  const named =
    branch === null ? ok(undefined) : await branchToPull(repository, wantedOf(settings), { branch });
  const there = named.ok ? (named.value ?? null) : (settings.branch ?? null);
  const address = await repository.remotes.addressOf(settings.remote);
  const uncommitted = await findUncommitted(store, head ?? undefined, paths);
  const apart =
    head === null || there === null
      ? undefined
      : await apartFrom(store, head, `refs/remotes/${settings.remote}/${there}`);
  const last = await repository.lastDone.read();
  return ok({
    repository: top ?? repository.top,
    branch,
    head,
    remote: settings.remote,
    remote_address: address.ok ? (address.value ?? null) : null,
    remote_branch: there,
    ahead: apart?.ahead ?? null,
    behind: apart?.behind ?? null,
    uncommitted: uncommitted.ok ? uncommitted.value : [],
    problem: reasonAgainst(settings) ?? reasonOf(state, named),
    last_pull: last.pull ?? null,
    last_push: last.push ?? null,
    last_commit: last.commit ?? null,
    running,
    auto_push: settings.autoPush,
    enabled: settings.enabled,
  });
}

const reasonOf = (...states: readonly Result<unknown>[]): Problem | null =>
  states.flatMap((it) => (it.ok ? [] : [it.error]))[0] ?? null;

/** Why the settings want nothing done with git. */
export const reasonAgainst = ({ enabled, refused }: GitSettings): Problem | undefined =>
  refused ?? (enabled ? undefined : switchedOff());

const switchedOff = (): Problem =>
  problem(
    'repository-state',
    'git',
    'Git is switched off for this workspace.',
    'Set git_enabled to true in skein.json, or take KB_GIT_ENABLED out of the environment.',
  );

/** What of the settings says where to pull from and push to. */
export const wantedOf = ({ remote, branch }: Pick<GitSettings, 'remote' | 'branch'>) => ({
  remote,
  ...(branch === undefined ? {} : { branch }),
});

async function apartFrom(store: GitHistory, head: string, there: string) {
  const apart = await store.countApart(head, there);
  return apart.ok ? apart.value : undefined;
}
