/** The part of the endpoint table that is about the lock of a workspace's repository. */
import { z } from 'zod';
import { lockModes } from '../domain/lock.ts';
import { limits } from '../limits.ts';

const workspace = z.string().max(64).optional();

export const lockPartyShape = z.object({
  /** Differs from that of every other holder and waiter. */
  id: z.string(),
  /** This and the next two are null for a program that takes the lock without Skein; `program` names it then. */
  agent: z.string().nullable(),
  operation: z.string().nullable(),
  device: z.string().nullable(),
  program: z.string().nullable(),
  /** This and the next are null where the system does not tell. */
  pid: z.number().nullable(),
  /** It was killed; what it had started under the lock runs on, and holds it until it ends. */
  process_ended: z.boolean(),
  mode: z.enum(lockModes).nullable(),
  /** 1 is served next; null for a holder, and for a program that waits in no order. */
  position: z.number().nullable(),
  /** Unix milliseconds since when it holds or waits; null where nobody says. */
  since_ms: z.number().nullable(),
  /** Milliseconds of holding or waiting so far. */
  elapsed_ms: z.number().nullable(),
  /** Of a holder: grows with each exclusive holder of the repository. */
  token: z.number().nullable(),
});
export type LockPartyJson = z.infer<typeof lockPartyShape>;

export const lockShape = z.object({
  /** The folder that the lock is for: the main worktree, or a bare repository. */
  repository: z.string(),
  /** What programs lock, with `flock` or the like. */
  lock_file: z.string(),
  /** Seconds after which a holder that does not renew loses it. */
  lease_seconds: z.number(),
  holders: z.array(lockPartyShape),
  waiting: z.array(lockPartyShape),
});
export type LockJson = z.infer<typeof lockShape>;

export const lockEndpoints = {
  getLock: {
    method: 'GET',
    path: '/api/lock',
    summary: "Who holds the lock of the workspace's repository, and who waits for it, in all programs",
    input: z.object({ workspace }),
    output: lockShape,
  },
  breakLock: {
    method: 'POST',
    path: '/api/lock/break',
    summary: 'Take the lock from its holders, whose ids are given; they may still be writing',
    input: z.object({ workspace, holders: z.array(z.string().max(64)).min(1).max(limits.lockWaiters) }),
    output: lockShape,
  },
} as const;
