/** The lock of a repository in all processes, as the engine needs it. */
import type { LockFacts, LockMode, LockUse } from '../../../shared/domain/lock.ts';
import type { Result } from '../../../shared/result.ts';

/** One that holds the lock of a repository or waits for it. */
export type LockParty = {
  /** Differs from that of every other. */
  id: string;
  /** Undefined for a program that took the lock without a word; then the next two are what the system tells. */
  facts: LockFacts | undefined;
  mode: LockMode | undefined;
  pid: number | undefined;
  program: string | undefined;
  /** The process has ended; what it started under the lock runs on, and keeps it. */
  hasEnded?: true;
};
/** First come, first named; programs that take the lock without a word wait in no order and stand last. */
export type LockLine = { holders: LockParty[]; waiting: LockParty[] };

/** A lock that is held. */
export type TakenLock = {
  /** See `LockFacts`; a shared holder has that of the last exclusive one. */
  token: number;
  /** Whoever is started with these open files keeps the lock, too, until it ends or the lock is released. */
  descriptors: readonly number[];
  /** False once somebody broke it. */
  isOurs(): boolean;
  /** Shows the others that this holder is alive. */
  renew(renewals: number): void;
  /** Once; `use` joins the history. */
  release(use: LockUse): void;
};

/** A place in the line; the line forgets it when its process dies. */
export type LockTurn = {
  id: string;
  /** The lock, if everybody ahead was served and nobody holds it in the way. Never waits. */
  take(): Result<TakenLock | undefined>;
  /** Stands in the line no more; after a `take` that succeeded it changes nothing. */
  leave(): void;
};

/**
 * The lock of one repository as every process of this machine sees it, whatever its language. Nothing waits; each
 * call takes microseconds. Fails with `lock-unavailable` where the system has no such lock, or as the disk does.
 */
export type OsLock = {
  /** Stands at the end of the line. */
  stand(wish: { agent: string; operation: string; mode: LockMode; sinceMs: number }): Result<LockTurn>;
  look(): Result<LockLine>;
  /**
   * Takes the lock from all who hold it: they are not asked, but `isOurs` says false to them. Fails with
   * `changed-meanwhile` when others than `holders` (ids) hold it.
   */
  breakOff(holders: readonly string[]): Result<void>;
  /** Takes a waiter (its id) out of the line; it stands where it stood as soon as it tries again. */
  passBy(waiter: string): Result<void>;
};
