/** One workspace of one peer, as the engine's replication knows it: the questions of reference/002 over HTTP. */
import {
  type Contents,
  contentsShape,
  type Page,
  type Push,
  type PushAnswer,
  pageShape,
  pushAnswerShape,
  watermarkShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { formatVector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { LinkRights, PeerLink } from '../../engine/replicate/link.ts';
import { selectedBy } from './partial.ts';
import type { PeerConnection } from './peer-connection.ts';
import type { Share } from './peer-store.ts';

export type Traffic = { bytesIn: number; bytesOut: number };

export type PeerLinkDeps = {
  connection: PeerConnection;
  peer: { id: string; name: string };
  /** What is agreed on now; undefined once it is no longer. */
  share(): Share | undefined;
  rights(): LinkRights;
  traffic: Traffic;
  /** Told of each answer. */
  exchanging(): void;
};

export function createPeerLink(deps: PeerLinkDeps): PeerLink {
  const { connection, peer, share, rights, traffic } = deps;
  const count = ({ bytesIn, bytesOut }: Traffic): void => {
    deps.exchanging();
    traffic.bytesIn += bytesIn;
    traffic.bytesOut += bytesOut;
  };
  const at = (path: string, query = ''): string => `${path}?workspace=${share()?.theirs ?? ''}${query}`;
  return {
    ...peer,
    rights,
    takes: (path) => selectedBy(share()?.takes ?? [])?.(path) ?? true,
    traffic: () => traffic,
    watermark: () =>
      connection.ask({ method: 'GET', path: at('/sync/watermark'), shape: watermarkShape, count }),
    changes: (since, limit): Promise<Result<Page>> =>
      connection.ask({
        method: 'GET',
        path: at('/sync/changes', `&since=${since}&limit=${limit}${takesOf(share())}`),
        shape: pageShape,
        count,
      }),
    hidden: (places): Promise<Result<Page>> =>
      connection.ask({
        method: 'POST',
        path: at('/sync/hidden', takesOf(share())),
        body: { places },
        shape: pageShape,
        count,
      }),
    contents: (hashes): Promise<Result<Contents>> =>
      connection.ask({
        method: 'POST',
        path: at('/sync/contents'),
        body: { hashes },
        shape: contentsShape,
        count,
      }),
    async push(push): Promise<Result<PushAnswer>> {
      if (takesNothing(connection, share())) return ok(notTaken(peer.name, push));
      return connection.ask({
        method: 'POST',
        path: at('/sync/changes'),
        body: push,
        shape: pushAnswerShape,
        // It writes files before it answers.
        silenceMs: limits.peerIdleMs,
        count,
      });
    },
  };
}

/** So that contents of files that we do not take stay where they are. */
const takesOf = (share: Share | undefined): string =>
  (share?.takes ?? []).map((pattern) => `&take=${encodeURIComponent(pattern)}`).join('');

/** A peer that takes no changes is asked for nothing in vain. */
function takesNothing(connection: PeerConnection, share: Share | undefined): boolean {
  const offer = connection.hello()?.workspaces.find(({ workspace }) => workspace === share?.theirs);
  return offer?.write === false;
}

const notTaken = (name: string, { source_watermark }: Push): PushAnswer => ({
  accepted: false,
  conflicts: [],
  new_watermark: source_watermark,
  vector: formatVector({}),
  problems: [readOnly(name)],
});

const readOnly = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} takes no changes of this device in this workspace.`,
    `What you change here stays here. To send it, allow it on ${name}: skein peers share`,
  );
