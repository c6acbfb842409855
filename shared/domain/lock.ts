/** What is said about the lock of a repository: by those who wait for it, and about those who held it. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { visibleText } from './visible-text.ts';

/** Any number of `shared` holders at a time, or one `exclusive`. */
export const lockModes = ['exclusive', 'shared'] as const;
export type LockMode = (typeof lockModes)[number];

/** A name on one line, of bounded length, that drives no terminal on which it is read. */
export const nameInLine = (text: string): string =>
  visibleText(text.slice(0, limits.lockNameCharacters)).slice(0, limits.lockNameCharacters);

const name = z.string().max(limits.lockNameCharacters).transform(nameInLine);

/** What a holder or waiter says of itself. */
export const lockFactsShape = z.object({
  /** The machine: on a shared disk it may be another. */
  device: name,
  pid: z.number().int(),
  agent: name,
  operation: name,
  mode: z.enum(lockModes),
  /** Unix milliseconds since when it waits, or holds. */
  sinceMs: z.number(),
  /** Only of a holder: grows with each exclusive holder of the repository. */
  token: z.number().int().optional(),
  /** How often it has renewed its lease: one that hangs does not. */
  renewals: z.number().int(),
});
export type LockFacts = z.infer<typeof lockFactsShape>;

/** One hold that is over. */
export const lockUseShape = z.object({
  agent: name,
  operation: name,
  mode: z.enum(lockModes),
  token: z.number().int(),
  /** Unix milliseconds of its end. */
  endMs: z.number(),
  waitedMs: z.number(),
  heldMs: z.number(),
  /** It had to wait for somebody. */
  contended: z.boolean(),
});
export type LockUse = z.infer<typeof lockUseShape>;

/** Milliseconds until a waiter tries again: the hand-over costs a small part of the wait, and a long wait costs no power. */
export function lockPollMs(waitedMs: number): number {
  const part = Math.floor(waitedMs / 8);
  return Math.min(limits.lockPollLongestMs, Math.max(limits.lockPollShortestMs, part));
}
