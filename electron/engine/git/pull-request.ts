/** What a caller wants of a pull or a push, and the parts of that for the lock and the remote. */
import type { Held } from '../lock/held-lock.ts';
import type { LockRequest, StopSignal } from '../lock/repository-lock.ts';
import type { Progress, RemoteOptions } from './repository.ts';

export type PullRequest = {
  remote: string;
  /** The branch there; the one that is checked out here unless told. */
  branch?: string;
  agent: string;
  /** Whether a branch that the remote has not is pushed to it. */
  pushMissing?: boolean;
  waitMs?: number;
  signal?: StopSignal;
  progress?: Progress;
};

export type PushRequest = Omit<PullRequest, 'pushMissing'>;

export const toLock = (operation: string, { agent, waitMs, signal }: PushRequest): LockRequest => ({
  operation,
  agent,
  ...(waitMs === undefined ? {} : { waitMs }),
  ...(signal === undefined ? {} : { signal }),
});

/** A slow network that still brings something does not lose the lock. */
export const toRemote = ({ signal, progress }: PushRequest, held?: Held): RemoteOptions => ({
  ...(signal === undefined ? {} : { signal }),
  ...(held === undefined ? {} : { hold: held }),
  progress: (words) => {
    held?.renew();
    progress?.(words);
  },
});
