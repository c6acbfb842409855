/** Peers as the screen and the command line show them. */
import type { NetworkJson, PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import type { Problem } from '../../../shared/result.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import type { PeerView } from '../../engine/replicate/replicator.ts';
import type { OpenWorkspace } from '../host-contract.ts';
import type { Contacts } from './contacts.ts';
import { shortIdOf } from './device-id.ts';
import { enginesByWorkspace, type Links, type Tie } from './links.ts';
import { type Peer, shareOf } from './peer-store.ts';

export type ViewDeps = {
  links: Links;
  contacts: Contacts;
  workspaces(): readonly OpenWorkspace[];
  nowMs(): number;
};

type WorkspaceJson = PeerJson['workspaces'][number];
type Progress = NonNullable<WorkspaceJson['progress']>;

export function toPeerJson(deps: ViewDeps, peer: Peer): PeerJson {
  const ties = deps.links.ties().filter((tie) => tie.peer === peer.id);
  const workspaces = workspacesOf(deps, peer, ties);
  const progresses = workspaces.flatMap(({ progress }) => (progress === null ? [] : [progress]));
  const contact = contactWith(deps, peer.id);
  const problem = worstProblem(contact, progresses);
  const hello = deps.links.connection(peer.id)?.hello();
  return {
    id: peer.id,
    short_id: shortIdOf(peer.id),
    name: peer.name,
    own_device: peer.ownDevice,
    share_all: peer.shareAll,
    addresses: [...new Set([...peer.addresses, ...peer.seen])],
    since_ms: peer.sinceMs,
    state: stateOf(progresses, contact, problem),
    reach: contact.reach,
    last_contact_ms: contact.lastMs,
    version: hello?.version ?? null,
    problem,
    behind: sum(progresses, 'behind'),
    ahead: sum(progresses, 'ahead'),
    behind_bytes: sum(progresses, 'behind_bytes'),
    ahead_bytes: sum(progresses, 'ahead_bytes'),
    bytes_in: sum(progresses, 'bytes_in'),
    bytes_out: sum(progresses, 'bytes_out'),
    clock_offset_ms: worstOffset(progresses),
    workspaces,
    offers: offersOf(deps, peer, hello?.workspaces ?? []),
  };
}

function workspacesOf(deps: ViewDeps, peer: Peer, ties: readonly Tie[]): WorkspaceJson[] {
  const open = enginesByWorkspace(deps.workspaces());
  const chosen = peer.shares.filter(({ shared }) => shared).map(({ workspace }) => workspace);
  const ids = new Set([...chosen, ...ties.map(({ workspace }) => workspace)]);
  return [...ids].flatMap((workspace) => {
    const share = shareOf(peer, workspace);
    if (share === undefined) return [];
    const engine = open.get(workspace);
    const tie = ties.find((it) => it.workspace === workspace);
    return [
      {
        workspace,
        name: engine?.name ?? null,
        replica: engine?.id ?? null,
        theirs: share.theirs,
        write: share.write,
        trusted: share.trusted,
        patterns: share.patterns,
        takes: share.takes,
        progress: tie === undefined ? null : progressOf(tie),
      },
    ];
  });
}

function progressOf({ engine, peer, traffic }: Tie): Progress | null {
  const view = viewOf(engine, peer);
  if (view === undefined) return null;
  return {
    syncing: view.running,
    behind: view.behind,
    ahead: view.ahead,
    behind_bytes: view.behindBytes,
    ahead_bytes: view.aheadBytes,
    pulled: view.pulled,
    pushed: view.pushed,
    bytes_in: traffic.bytesIn,
    bytes_out: traffic.bytesOut,
    failures: view.failures,
    last_exchange_ms: view.askedMs ?? null,
    clock_offset_ms: view.clockOffsetMs ?? null,
    problem: view.problem ?? null,
  };
}

const viewOf = ({ replication }: Engine, id: string): PeerView | undefined => replication.peer(id);

type ContactView = Pick<PeerJson, 'reach'> & {
  lastMs: number | null;
  isThere: boolean;
  problem: Problem | undefined;
};

/** While it calls us, that we cannot call it is no trouble. */
function worstProblem({ reach, problem }: ContactView, progresses: readonly Progress[]): PeerJson['problem'] {
  const all = [problem, ...progresses.map((progress) => progress.problem)];
  return all.find((it) => it && !(reach === 'in' && it.code === 'peer-unreachable')) ?? null;
}

/** A peer that calls is there, even when it cannot be called. */
const thereMs = 150_000;

function contactWith({ links, contacts, nowMs }: ViewDeps, id: string): ContactView {
  const out = links.connection(id)?.state;
  const { calledMs, problem } = contacts.of(id);
  const isRecent = (ms: number | undefined): boolean => ms !== undefined && nowMs() - ms < thereMs;
  const isReached = out?.problem?.code !== 'peer-unreachable' && isRecent(out?.reachedMs);
  const calls = isRecent(calledMs);
  const lastMs = Math.max(out?.reachedMs ?? 0, calledMs ?? 0);
  return {
    reach: isReached ? (calls ? 'both' : 'out') : calls ? 'in' : 'none',
    lastMs: lastMs === 0 ? null : lastMs,
    isThere: isReached || calls,
    problem: problem ?? out?.problem,
  };
}

const refusals: ReadonlySet<string> = new Set(['peer-refused', 'device-twice', 'protocol-too-old']);

function stateOf(
  progresses: readonly Progress[],
  contact: ContactView,
  problem: PeerJson['problem'],
): PeerJson['state'] {
  if (problem !== null && refusals.has(problem.code)) return 'refused';
  if (!contact.isThere && progresses.length > 0) return 'offline';
  if (progresses.length === 0) return 'idle';
  if (problem !== null && problem.code !== 'peer-unreachable') return 'error';
  if (progresses.some(({ syncing }) => syncing)) return 'syncing';
  return progresses.every(({ behind, ahead }) => behind === 0 && ahead === 0) ? 'synced' : 'waiting';
}

type Summed = 'behind' | 'ahead' | 'behind_bytes' | 'ahead_bytes' | 'bytes_in' | 'bytes_out';

const sum = (progresses: readonly Progress[], key: Summed): number =>
  progresses.reduce((total, progress) => total + progress[key], 0);

function worstOffset(progresses: readonly Progress[]): number | null {
  const offsets = progresses.flatMap(({ clock_offset_ms }) =>
    clock_offset_ms === null ? [] : [clock_offset_ms],
  );
  return offsets.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? null;
}

function offersOf(
  { workspaces }: ViewDeps,
  peer: Peer,
  offered: readonly { workspace: string; name: string; theirs: string }[],
): PeerJson['offers'] {
  const open = enginesByWorkspace(workspaces());
  const joined = new Set(peer.shares.filter(({ shared }) => shared).map(({ theirs }) => theirs));
  return offered
    .filter(({ workspace }) => !joined.has(workspace) && shareOf(peer, workspace) === undefined)
    .map(({ workspace, name, theirs }) => ({
      workspace,
      name,
      ours: theirs === workspace ? null : theirs,
      open: open.has(theirs) || open.has(workspace),
    }));
}

export type NetworkView = Omit<NetworkJson, 'device'> & { device: { id: string; name: string } };

export const toNetworkJson = ({ device, ...view }: NetworkView): NetworkJson => ({
  ...view,
  device: { ...device, short_id: shortIdOf(device.id) },
});
