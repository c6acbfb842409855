/** What the server of peers may ask: everything is looked up at that moment, so a right that is gone is gone. */
import { type Hello, protocolMinimum, protocolVersion } from '../../../shared/contracts/peer-protocol.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Cancel } from '../../engine/ports.ts';
import type { OpenWorkspace } from '../host-contract.ts';
import { writeAddress } from './address.ts';
import type { Contacts } from './contacts.ts';
import { enginesByWorkspace, type Links, rightsOf } from './links.ts';
import type { Pairing } from './pairing.ts';
import { deviceTwice, theyAreOld } from './peer-problems.ts';
import { findPeer, type PeerStore, shareOf } from './peer-store.ts';
import type { Caller, GiveEmbeddings, PeerGate, Served } from './peers-contract.ts';

export type GateDeps = {
  deviceId(): string;
  version(): string;
  name(): string;
  store(): PeerStore;
  contacts(): Contacts;
  pairing(): Pairing;
  links(): Links;
  workspaces(): readonly OpenWorkspace[];
  seen(id: string, address: string): void;
  giveEmbeddings: GiveEmbeddings;
  exchanging(): void;
};

export function createGate(deps: GateDeps): PeerGate {
  const { store, pairing } = deps;
  return {
    name: deps.name,
    isPeer: (id) => findPeer(store().current(), id) !== undefined,
    admit: (caller) => admit(deps, caller),
    hello: (id) => helloFor(deps, id),
    workspace: (id, workspace) => serve(deps, id, workspace),
    followNews(served, tell) {
      deps.links().tryAgain(served.link.id);
      return followNews(served, tell);
    },
    isPairing: () => pairing().isPairing(),
    begin: (caller, said) => pairing().begin(caller, said),
    reveal: (caller, said) => pairing().reveal(caller, said),
    finish: (caller, match) => pairing().finish(caller, match),
  };
}

function admit(deps: GateDeps, caller: Caller): Problem | undefined {
  const { store, contacts, name } = deps;
  const peer = findPeer(store().current(), caller.id);
  if (peer === undefined) return notPaired(name());
  const refusal =
    caller.protocol < protocolMinimum
      ? theyAreOld(peer.name, caller.protocol)
      : contacts().isDouble(caller.id, caller.instance)
        ? deviceTwice(peer.name)
        : undefined;
  if (refusal !== undefined) {
    contacts().note(caller.id, refusal);
    return refusal;
  }
  contacts().met(caller.id);
  if (caller.port !== undefined) deps.seen(caller.id, writeAddress({ host: caller.host, port: caller.port }));
  return undefined;
}

/** Only workspaces that are shared with this peer are named. */
function helloFor({ deviceId, version, name, store, workspaces }: GateDeps, id: string): Hello {
  const peer = findPeer(store().current(), id);
  const open = [...enginesByWorkspace(workspaces())];
  return {
    protocol: protocolVersion,
    minimum: protocolMinimum,
    device: deviceId(),
    name: name(),
    version: version(),
    workspaces: open.flatMap(([workspace, engine]) => {
      const share = peer && shareOf(peer, workspace);
      if (share === undefined) return [];
      return [{ workspace, name: engine.name.slice(0, 200), theirs: share.theirs, write: share.write }];
    }),
  };
}

function serve(deps: GateDeps, id: string, workspace: string): Result<Served> {
  const peer = findPeer(deps.store().current(), id);
  if (peer === undefined || shareOf(peer, workspace) === undefined) return err(notShared(deps.name()));
  const engine = enginesByWorkspace(deps.workspaces()).get(workspace);
  if (engine === undefined) return err(notOpen(deps.name()));
  const tie = deps
    .links()
    .ties()
    .find((it) => it.peer === id && it.engine === engine);
  return ok({
    engine,
    rights: rightsOf(deps.store(), id, workspace),
    link: { id, name: peer.name },
    exchanging: deps.exchanging,
    noteWanted(patterns) {
      if (tie !== undefined) tie.wanted = patterns;
    },
    count({ bytesIn, bytesOut }) {
      if (tie === undefined) return;
      tie.traffic.bytesIn += bytesIn;
      tie.traffic.bytesOut += bytesOut;
    },
    embeddings: (question) =>
      deps.giveEmbeddings(engine.id, question, () => {
        const { read, mayRead = everything } = rightsOf(deps.store(), id, workspace);
        return read ? mayRead : nothing;
      }),
  });
}

const everything = (): boolean => true;
const nothing = (): boolean => false;

/**
 * Our own link brings news by itself, so that the peer is told only where it does not: one side that can be reached
 * is enough for both, and nothing travels twice.
 */
function followNews({ engine, link }: Served, tell: (vector: string) => void): Cancel {
  const { replication } = engine;
  let told = '';
  const look = (): void => {
    if (replication.carries(link.id)) return;
    const { vector } = replication.peerSide.watermark();
    if (vector === told) return;
    told = vector;
    tell(vector);
  };
  const cancels = [engine.on('changes', look), engine.on('peers', look)];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

const notPaired = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} does not know this device: they were never paired, or the pairing was revoked there.`,
    'Revoke it here and pair the two again: skein pair',
  );

const notShared = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} does not share this workspace with this device.`,
    `Share it there: in the window, or with \`skein peers share\`.`,
  );

const notOpen = (name: string): Problem =>
  problem(
    'no-workspace',
    name,
    `The workspace is not open on ${name} now.`,
    `Open it there; it is tried again.`,
  );
