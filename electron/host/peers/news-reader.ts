/** Hears a peer's news of one workspace, for as long as it is open: connects again whenever the stream ends. */
import { newsShape } from '../../../shared/contracts/peer-protocol.ts';
import { backoffMs } from '../../../shared/domain/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import type { Problem } from '../../../shared/result.ts';
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
  let cancel: Cancel = () => {};
  const again = (_: Problem): void => {
    failures += 1;
    const waitMs = Math.min(limits.syncIntervalMs, backoffMs(failures, random.bytes(1)[0] ?? 0));
    cancel = clock.after(waitMs, begin);
  };
  const begin = (): void => {
    cancel = connection.follow(deps.path(), {
      open() {
        failures = 0;
        deps.opened();
      },
      event: (name, data) => name === 'news' && hear(deps, data),
      end: again,
    });
  };
  begin();
  return () => cancel();
}

/** What cannot be read is no news. */
function hear({ heard }: NewsDeps, data: string): void {
  try {
    heard(newsShape.parse(JSON.parse(data)).vector);
  } catch {
    return;
  }
}
