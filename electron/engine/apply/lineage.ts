import type { Displaced } from '../log/known-files.ts';

/** What bytes of ours stand on, when that is more than the known state of their file. */
export type Lineage = {
  /** Stamps of the changes that they stand for, or join. */
  heads: readonly string[];
  /** A change of ours joins the heads; undefined: the heads say already what we write, so nothing is recorded. */
  joins: 'merge' | 'choice' | undefined;
  /** Versions that are not in these bytes: each goes to the inbox with the record of them, after a crash, too. */
  losers: readonly Loser[];
  /**
   * They stand in the place of what the heads say, which they only have the news of: they are recorded for this replica
   * alone.
   */
  displaced?: Displaced | undefined;
};

/** A version that is not in the file. */
export type Loser = { winner: string; loser: string; base: string | null };
