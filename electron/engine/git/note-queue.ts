/** Notes that wait for the lock of a repository: whoever gets it writes all of them, and each is told what came of its own. */
import type { Problem, Result } from '../../../shared/result.ts';

export type GivenNote = {
  text: string;
  agent: string;
  /** When it was given. */
  at: string;
  /** Where it goes, from the top of the work tree. */
  folder: string;
  remote: string;
  branch?: string | undefined;
  push: boolean;
};

export type QueuedNote = GivenNote & {
  id: string;
  /** Where somebody was about to write it, who died over it. */
  path?: string | undefined;
};

export type NoteOutcome = {
  path: string;
  commit: string | undefined;
  pushed: boolean;
  /** What did not work of pulling, committing or sending; the note itself is written. */
  problems: Problem[];
};

/** Lies on the disk, for all processes. `begin`, `plan` and `finish` are for who holds the lock. */
export type NoteQueue = {
  put(note: GivenNote): Result<string>;
  /**
   * Those that wait and go the same way as this one, and that somebody began who is gone; the oldest first. Or `only` the
   * one of this id.
   */
  begin(like: GivenNote, only?: string): QueuedNote[];
  /** Before it is written there. */
  plan(note: QueuedNote, path: string): Result<null>;
  finish(note: QueuedNote, outcome: Result<NoteOutcome>): void;
  /** What came of it, once; undefined while nothing has. */
  take(id: string): Result<NoteOutcome> | undefined;
  /** Takes back one that nobody has begun. */
  withdraw(id: string): void;
};
