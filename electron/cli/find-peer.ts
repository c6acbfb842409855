/** Which peer a command means: by its name, or by the beginning of its id. */
import type { Client } from '../../shared/contracts/client.ts';
import type { PeerJson } from '../../shared/contracts/peer-shapes.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';

export const peerArgument = { name: 'PEER', summary: 'name of a paired device, or how its id begins' };

/** Fails with not-found, or bad-input when two fit. */
export async function findPeer(client: Client, wanted: string): Promise<Result<PeerJson>> {
  const answer = await client.call('listPeers', {});
  if (!answer.ok) return answer;
  const { peers } = answer.value;
  const named = peers.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const begun = peers.filter(({ id }) => wanted.length >= 4 && id.startsWith(wanted.toUpperCase()));
  const found = named.length > 0 ? named : begun;
  const [only, other] = found;
  if (only !== undefined && other === undefined) return ok(only);
  return err(only === undefined ? unknownPeer(wanted, peers) : twoFit(wanted, found));
}

const unknownPeer = (wanted: string, peers: readonly PeerJson[]) =>
  problem(
    'not-found',
    wanted,
    `No paired device is called ${JSON.stringify(wanted)}.`,
    peers.length === 0
      ? 'Pair one with: skein pair'
      : `There are: ${peers.map(({ name }) => name).join(', ')}.`,
  );

const twoFit = (wanted: string, found: readonly PeerJson[]) =>
  problem(
    'bad-input',
    wanted,
    `Several paired devices fit ${JSON.stringify(wanted)}.`,
    `Name one by its id: ${found.map(({ short_id }) => short_id).join(', ')}.`,
  );
