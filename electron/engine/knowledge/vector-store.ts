/**
 * Where the vectors of passages are searched besides this device: a server that a team already runs. The index of this
 * device stays the truth; whatever a store holds can be put there anew.
 */
import type { Result } from '../../../shared/result.ts';

/** A passage as a store knows it; other programs may read it there. Its text stays here. */
export type StoredPassage = {
  /** The same for the same text at the same place among its like in the same note. */
  key: string;
  note: string;
  headings: readonly string[];
  line: number;
  lastLine: number;
};

export type StoredVector = StoredPassage & { vector: Float32Array };

/** Doing it twice changes nothing: what is there is replaced, what is gone stays gone. */
export type StoreSwap = {
  added: readonly StoredVector[];
  /** Those whose lines alone are others. */
  moved: readonly StoredPassage[];
  removed: readonly string[];
  /** Kept by the store once all of it is there. */
  marker: string;
};

/** What a store holds, and the last marker that it was given: empty of one that is new. */
export type StoreHoldings = { count: number; marker: string };

export type StoreHit = { key: string; cosine: number };

/** Of these notes only; undefined means all. */
export type StoreQuestion = { vector: Float32Array; notes: readonly string[] | undefined; atMost: number };

/**
 * Answers within some seconds, with a value or with what is wrong and what to do about it, never with a password.
 * All vectors of one have as many numbers; others are refused with `bad-input`.
 */
export type VectorStore = {
  /** Its place on the server, as people find it there. */
  readonly place: string;
  /** Whether it could be used; makes nothing there, and sends nothing of any note. */
  check(): Promise<Result<void>>;
  /** Makes what is missing there first. */
  look(): Promise<Result<StoreHoldings>>;
  swap(passages: StoreSwap): Promise<Result<void>>;
  /** Nearest first. */
  find(question: StoreQuestion): Promise<Result<StoreHit[]>>;
  /** All of them, some at a time, in an order of its own; fewer than `atMost` at the end. */
  keys(from: number, atMost: number): Promise<Result<string[]>>;
  /**
   * Once everything was given: makes what a quick search takes, and lets go of the places that this device filled before,
   * for another model say.
   */
  settle(): Promise<Result<void>>;
  close(): Promise<void>;
};
