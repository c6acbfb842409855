/**
 * The worktrees and clones of one repository on this machine: those that are open here exchange by themselves
 * (`local-replicas.ts`), and those that are not are offered. Found are what git lists as worktrees and what was open
 * before; the disk is never searched. A folder is a replica only if its workspace id says so, whoever listed it.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReplicaJson, ReplicasJson } from '../../shared/contracts/replica-api.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { openGit } from '../adapters/git-command.ts';
import { listWorktrees } from '../adapters/git-worktrees.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { PeerView } from '../engine/replicate/replicator.ts';
import type { OpenWorkspace } from './host-contract.ts';
import type { SettingsStore } from './host-settings.ts';
import { linkId, shareOf } from './local-replicas.ts';
import { examineFolder, type Surroundings } from './workspace-folder.ts';
import { findWorkspace, placeInRepository } from './workspace-id.ts';

export type Share = Settings['share'];

export type Replicas = {
  /** Of an open workspace: without git, or before its first commit, it has none. */
  list(id: string): Promise<ReplicasJson>;
  /** Fails as `diskProblem` says. */
  hide(id: string, hidden: boolean): Promise<Result<unknown>>;
  /** Says it in skein.json of every open replica of the workspace. Fails as `changeSettings` does. */
  share(id: string, share: Share): Promise<Result<ReplicasJson>>;
};

type Deps = Surroundings & {
  workspaces(): readonly OpenWorkspace[];
  settings: SettingsStore;
  /** What `list` says is another now. */
  changed(): void;
};

type Place = Pick<ReplicaJson, 'folder' | 'kind' | 'branch'>;
type Candidate = Place & Pick<ReplicaJson, 'id' | 'name'>;

export function createReplicas(deps: Deps): Replicas {
  /** A repository's first commit stays; asking for it takes seconds in a large one. */
  const workspaceById = new Map<string, string>();

  async function workspaceOf(facts: { id: string; realFolder: string }): Promise<string | undefined> {
    const known = workspaceById.get(facts.id);
    if (known !== undefined) return known;
    const git = openGit(facts.realFolder);
    const found = await findWorkspace(deps.dataFolder, { ...facts, git });
    if (found !== undefined) workspaceById.set(facts.id, found);
    return found;
  }

  /** Nothing where no such folder is, or where it holds something else by now. */
  async function examine(place: Place, workspace: string): Promise<Candidate[]> {
    const found = await examineFolder(place.folder, deps);
    if (!found.ok || (await workspaceOf(found.value)) !== workspace) return [];
    return [{ ...place, id: found.value.id, name: found.value.name }];
  }

  async function find(home: OpenWorkspace & { workspace: string }): Promise<Candidate[]> {
    const places = [...(await worktreesBeside(home.folder)), ...knownPlaces(deps)];
    const examined = await Promise.all(places.map((place) => examine(place, home.workspace)));
    const open = deps.workspaces().filter(({ workspace }) => workspace === home.workspace);
    const clones = open.map(({ id, folder, name }) => ({ ...clone(folder), id, name }));
    return uniqueById([...examined.flat(), ...clones]).filter(({ id }) => id !== home.id);
  }

  async function list(id: string): Promise<ReplicasJson> {
    const home = deps.workspaces().find((open) => open.id === id);
    if (home?.engine === undefined) return { share: 'shared', replicas: [] };
    const { engine, folder } = home;
    // Just after its start a workspace may not be named yet.
    const workspace =
      home.workspace ?? (await workspaceOf({ id, realFolder: await realpath(folder).catch(() => folder) }));
    const found = workspace === undefined ? [] : await find({ ...home, workspace });
    const replicas = found.map((candidate) => toJson(deps, engine, candidate)).toSorted(byState);
    const isStaged = replicas.some((replica) => replica.share === 'staged');
    return { share: isStaged ? 'staged' : engine.settings().settings.share, replicas };
  }

  return {
    list,
    async hide(id, hidden) {
      const kept = await deps.settings.change((it) => {
        const others = it.hiddenReplicas.filter((other) => other !== id);
        return { ...it, hiddenReplicas: (hidden ? [id, ...others] : others).slice(0, limits.hiddenReplicas) };
      });
      if (kept.ok) deps.changed();
      return kept;
    },
    async share(id, share) {
      for (const engine of enginesBeside(deps.workspaces(), id)) {
        if (engine.settings().settings.share === share) continue;
        // Left out, it means that changes go at once.
        const changed = await engine.changeSettings({ share: share === 'shared' ? null : share });
        if (!changed.ok)
          return err({ ...changed.error, message: `In ${engine.folder}: ${changed.error.message}` });
      }
      return ok(await list(id));
    },
  };
}

/** A workspace deep inside a repository has its replicas at the same place of the other worktrees. */
async function worktreesBeside(folder: string): Promise<Place[]> {
  const realFolder = await realpath(folder).catch(() => folder);
  const [worktrees, place] = await Promise.all([listWorktrees(realFolder), placeInRepository(realFolder)]);
  return worktrees.slice(0, limits.worktrees).map(({ folder: top, branch }) => ({
    folder: join(top, place),
    kind: 'worktree',
    branch: branch ?? null,
  }));
}

const clone = (folder: string): Place => ({ folder, kind: 'clone', branch: null });

const knownPlaces = ({ settings }: Deps): Place[] =>
  settings.current().recent.map(({ folder }) => clone(folder));

/** What is named first says most: git's list knows the branch. */
function uniqueById(candidates: readonly Candidate[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const candidate of candidates) if (!byId.has(candidate.id)) byId.set(candidate.id, candidate);
  return [...byId.values()];
}

const states: readonly ReplicaJson['state'][] = ['open', 'offered', 'hidden'];
const byState = (one: ReplicaJson, other: ReplicaJson): number =>
  states.indexOf(one.state) - states.indexOf(other.state) || (one.folder < other.folder ? -1 : 1);

function toJson({ workspaces, settings }: Deps, home: Engine, candidate: Candidate): ReplicaJson {
  const open = workspaces().find(({ id }) => id === candidate.id);
  const isHidden = settings.current().hiddenReplicas.includes(candidate.id);
  const there = open?.engine;
  const ours = there && viewOf(home, there);
  return {
    ...candidate,
    state: open !== undefined ? 'open' : isHidden ? 'hidden' : 'offered',
    share: there === undefined ? 'shared' : shareOf(home, there),
    // Each side knows exactly what it has for the other; what the other keeps back for now is none of it.
    behind: (there && viewOf(there, home)?.ahead) ?? 0,
    ahead: ours?.ahead ?? 0,
    pending: there?.status().pending ?? 0,
    last_exchange_ms: ours?.askedMs ?? null,
    problem: open?.problem ?? ours?.problem ?? null,
  };
}

const viewOf = ({ replication }: Engine, other: Engine): PeerView | undefined =>
  replication.peer(linkId(other));

/** The engines of a workspace's open replicas, its own first. */
function enginesBeside(open: readonly OpenWorkspace[], id: string): Engine[] {
  const home = open.find((it) => it.id === id);
  const others = open.filter(
    (it) => it !== home && it.workspace !== null && it.workspace === home?.workspace,
  );
  return [home, ...others].flatMap((it) => it?.engine ?? []);
}
