/**
 * How far each peer was apart over the last day: kept in memory in short spans of time, of each the worst and how it
 * ended, so that a moment of lag is seen and a year of running costs no more than a day.
 */
import { limits } from '../../../shared/limits.ts';
import type { Links } from './links.ts';

/** Changes that the peer has and we lack, and the other way round. */
export type Lag = { behind: number; ahead: number };
/** What held from then on. */
export type LagPoint = Lag & { atMs: number };

export type LagHistory = {
  /** What holds now, by peer; others are forgotten. */
  note(lags: ReadonlyMap<string, Lag>): void;
  points(peer: string): LagPoint[];
  /** Since when there can be points. */
  fromMs(): number;
};

type Span = { startMs: number; worst: Lag; last: Lag };

export function createLagHistory(nowMs: () => number): LagHistory {
  const startedMs = nowMs();
  const spansByPeer = new Map<string, Span[]>();
  const fromMs = (): number => Math.max(startedMs, nowMs() - limits.lagHistoryMs);
  const spanStartMs = (): number => nowMs() - (nowMs() % limits.lagSpanMs);
  return {
    fromMs,
    note(lags) {
      for (const peer of spansByPeer.keys()) if (!lags.has(peer)) spansByPeer.delete(peer);
      for (const [peer, lag] of lags) {
        const spans = add(spansByPeer.get(peer) ?? [], lag, spanStartMs());
        spansByPeer.set(peer, withoutOld(spans, fromMs()));
      }
    },
    points: (peer) => pointsOf(spansByPeer.get(peer) ?? [], { fromMs: fromMs(), toMs: nowMs() }),
  };
}

/** A clock that went back goes on in the last span. */
function add(spans: Span[], now: Lag, startMs: number): Span[] {
  const last = spans.at(-1);
  if (last === undefined) return [{ startMs, worst: now, last: now }];
  if (startMs <= last.startMs)
    return [...spans.slice(0, -1), { ...last, worst: worse(last.worst, now), last: now }];
  if (isSame(last.last, now)) return spans;
  // Until now it was what the span before ended with.
  return [...spans, { startMs, worst: worse(last.last, now), last: now }];
}

/** The last one that began before holds still at the beginning. */
function withoutOld(spans: Span[], fromMs: number): Span[] {
  const first = spans.findLastIndex(({ startMs }) => startMs <= fromMs);
  return first <= 0 ? spans : spans.slice(first);
}

function pointsOf(spans: readonly Span[], { fromMs, toMs }: { fromMs: number; toMs: number }): LagPoint[] {
  const ends = spans.flatMap(({ startMs, worst, last }) => [
    { atMs: Math.max(startMs, fromMs), ...worst },
    { atMs: Math.max(startMs + limits.lagSpanMs, fromMs), ...last },
  ]);
  return ends
    .filter((point, index) => point.atMs <= toMs && point.atMs !== ends[index + 1]?.atMs)
    .filter((point, index, all) => index === 0 || !isSame(point, all[index - 1] ?? point));
}

const worse = (one: Lag, other: Lag): Lag => ({
  behind: Math.max(one.behind, other.behind),
  ahead: Math.max(one.ahead, other.ahead),
});
const isSame = (one: Lag, other: Lag): boolean => one.behind === other.behind && one.ahead === other.ahead;

/** Of each peer that has something open here, over all its workspaces. */
export function lagsOf(links: Pick<Links, 'ties'>): Map<string, Lag> {
  const lags = new Map<string, Lag>();
  for (const { peer, engine } of links.ties()) {
    const view = engine.replication.peer(peer);
    const { behind, ahead } = lags.get(peer) ?? { behind: 0, ahead: 0 };
    lags.set(peer, { behind: behind + (view?.behind ?? 0), ahead: ahead + (view?.ahead ?? 0) });
  }
  return lags;
}
