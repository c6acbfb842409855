/** Hears a peer's news of one workspace, for as long as it is open: connects again whenever the stream ends. */
import { newsShape } from '../../../shared/contracts/peer-protocol.ts';
import { backoffMs } from '../../../shared/domain/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Cancel, Clock, Random } from '../../engine/ports.ts';
import type { PeerConnection } from './peer-connection.ts';

export type NewsDeps = {
  clock: Clock;
  random: Random;
  connection: Pick<PeerConnection, 'follow'>;
  path(): string;
  /** The stream is open: whatever happened before it was is to be asked for. */
  opened(): void;
  /** What the peer holds now. */
  heard(vector: string): void;
};

/** Never gives up; the waits grow with each failure in a row, up to `limits.syncIntervalMs`. */
export function readNews(deps: NewsDeps): Cancel {
  const { clock, random, connection } = deps;
  let failures = 0;
  // Two, because a stream may end before `follow` returns: then there is a timer already.
  let cancelStream: Cancel = () => {};
  let cancelTimer: Cancel = () => {};
  const again = (): void => {
    failures += 1;
    const waitMs = Math.min(limits.syncIntervalMs, backoffMs(failures, random.bytes(1)[0] ?? 0));
    cancelTimer = clock.after(waitMs, begin);
  };
  const begin = (): void => {
    cancelStream = connection.follow(deps.path(), {
      open() {
        failures = 0;
        deps.opened();
      },
      event: (name, data) => name === 'news' && hear(deps, data),
      end: again,
    });
  };
  begin();
  return () => {
    cancelTimer();
    cancelStream();
  };
}

/** What cannot be read is no news. */
function hear({ heard }: NewsDeps, data: string): void {
  try {
    heard(newsShape.parse(JSON.parse(data)).vector);
  } catch {
    return;
  }
}
