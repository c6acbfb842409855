/** What the tray says about paired devices, and about what waits for a person. */
import type { PeerJson } from '../../shared/contracts/peer-shapes.ts';
import { byteCount } from '../../shared/domain/byte-count.ts';
import { visibleText } from '../../shared/domain/visible-text.ts';

export type PeerGlance = Pick<PeerJson, 'state' | 'behind' | 'ahead' | 'behind_bytes' | 'ahead_bytes'> & {
  name: string;
  /** What is wrong with it, in words. */
  trouble: string | undefined;
};

/** What waits for a person in one workspace. */
export type Waiting = { conflicts: number; approvals: number };

export function glanceAtPeer({ name, problem, ...peer }: PeerJson): PeerGlance {
  const { state, behind, ahead, behind_bytes, ahead_bytes } = peer;
  const trouble = problem === null ? undefined : visibleText(problem.message);
  return { name: visibleText(name), state, behind, ahead, behind_bytes, ahead_bytes, trouble };
}

/** It needs the user: that a device sleeps is no trouble. */
export const isTrouble = ({ state }: PeerGlance): boolean => state === 'error' || state === 'refused';

/** It is away, or something is left to exchange with it. */
export const isApart = ({ state }: PeerGlance): boolean => state === 'offline' || state === 'waiting';

export function troubleWords(peers: readonly PeerGlance[]): string | undefined {
  const worst = peers.find(isTrouble);
  return worst && (worst.trouble ?? `the exchange with ${worst.name} does not work`);
}

/** Undefined when every peer is in step. */
export function apartWords(peers: readonly PeerGlance[]): string | undefined {
  const [first, ...others] = peers.filter(isApart);
  if (first === undefined) return undefined;
  return others.length === 0 ? onePeer(first) : `${others.length + 1} devices are offline or behind`;
}

function onePeer({ name, state, behind, ahead, ...bytes }: PeerGlance): string {
  const parts = [
    ...(state === 'offline' ? ['offline'] : []),
    ...(behind === 0 ? [] : [`${amount(behind, bytes.behind_bytes)} to get`]),
    ...(ahead === 0 ? [] : [`${amount(ahead, bytes.ahead_bytes)} to give`]),
  ];
  return `${name}: ${parts.join(', ') || 'waiting'}`;
}

/** The worse of what waits; undefined when nothing does. */
export function waitingWords({ conflicts, approvals }: Waiting): string | undefined {
  if (conflicts > 0) return `${count(conflicts, 'conflict')} to decide`;
  if (approvals > 0) return `${count(approvals, 'change')} of instructions to approve`;
  return undefined;
}

const amount = (changes: number, bytes: number): string =>
  bytes === 0 ? count(changes, 'change') : `${count(changes, 'change')} (${byteCount(bytes)})`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
