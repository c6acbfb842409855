/** How a peer is doing, in words. */
import type { PairingJson, PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import { formatSize, plural } from '../words/text.ts';

type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'accent';

const words: Readonly<Record<PeerJson['state'], { label: string; tone: Tone }>> = {
  synced: { label: 'In step', tone: 'good' },
  syncing: { label: 'Exchanging', tone: 'accent' },
  waiting: { label: 'Waiting', tone: 'warn' },
  offline: { label: 'Offline', tone: 'neutral' },
  refused: { label: 'Refused', tone: 'bad' },
  error: { label: 'Error', tone: 'bad' },
  idle: { label: 'Nothing shared', tone: 'neutral' },
};

export const stateOf = ({ state }: PeerJson): { label: string; tone: Tone } => words[state];

/** Between replicas of one device nothing travels, so that bytes do not matter. */
type Distance = Pick<PeerJson, 'behind' | 'ahead'> & Partial<Pick<PeerJson, 'behind_bytes' | 'ahead_bytes'>>;

/** How far the two are apart. */
export function distanceOf({
  behind,
  ahead,
  behind_bytes: behindBytes = 0,
  ahead_bytes: aheadBytes = 0,
}: Distance): string {
  const parts = [
    behind === 0 ? [] : [`${amountOf(behind, behindBytes)} to get`],
    ahead === 0 ? [] : [`${amountOf(ahead, aheadBytes)} to give`],
  ].flat();
  return parts.length === 0 ? 'Nothing left to exchange' : parts.join(', ');
}

/** A deletion has no bytes. */
const amountOf = (changes: number, bytes: number): string =>
  bytes === 0 ? plural(changes, 'change') : `${plural(changes, 'change')} (${formatSize(bytes)})`;

/** Clocks that differ by less than this confuse nobody. */
const noticedMs = 2_000;

/** Undefined when the clocks agree. */
export function clockWords(offsetMs: number | null): string | undefined {
  if (offsetMs === null || Math.abs(offsetMs) < noticedMs) return undefined;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const span = seconds < 120 ? plural(seconds, 'second') : plural(Math.round(seconds / 60), 'minute');
  return `Its clock is ${span} ${offsetMs > 0 ? 'ahead of' : 'behind'} this one`;
}

/** Whether the pairing still needs somebody. */
export const isUnderWay = (pairing: PairingJson | null | undefined): boolean =>
  pairing != null && pairing.state !== 'paired' && pairing.state !== 'failed';
