/** What may go wrong in a simulated world, as probabilities, and a fresh mix of it for each seed. */
import { limits } from '../../shared/limits.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** Probabilities and sizes of what goes wrong. */
export type Faults = {
  lostHints: number;
  lateHints: number;
  doubledHints: number;
  latestHintMs: number;
  /** Of a death at each point that the process reaches; ten times that where the point changes something. */
  crash: number;
  /** Of an agent's write in the very moment of each step of a write of ours. */
  race: number;
  /** Of a disk that fills up, or has room again, at each step of the world. */
  fullDisk: number;
  /** Of a jump of the wall clock at each step, and how far. */
  clockJump: number;
  clockJumpMs: number;
  /** Milliseconds that the disk rounds its time stamps to: 1, or 2,000 on old sticks. */
  stampMs: number;
  /** Milliseconds that one file operation takes at most: what agents do meanwhile falls into its middle. */
  operationMs: number;
  /** Bytes above which a version is prepared beside the loop, and milliseconds that each step of that takes at most. */
  atOnceBytes: number;
  preparingMs: number;
  /** Of a step of that which cannot be worked out. */
  failedPreparing: number;
};

export const noFaults: Faults = {
  lostHints: 0,
  lateHints: 0,
  doubledHints: 0,
  latestHintMs: 0,
  crash: 0,
  race: 0,
  fullDisk: 0,
  clockJump: 0,
  clockJumpMs: 0,
  stampMs: 1,
  operationMs: 0,
  atOnceBytes: limits.atOnceBytes,
  preparingMs: 0,
  failedPreparing: 0,
};

/** Some seeds are calm, some have no crash, most have a few faults, some have all of them and often. */
export function mixFaults(seed: number | string): Faults {
  const draw = createSeededRandom(seed).fork('faults');
  const atOnceBytes = draw.pick([limits.atOnceBytes, 200, 60, 0]);
  const preparingMs = draw.pick([0, 2, 8, 40]);
  if (draw.chance(0.1)) return { ...noFaults, operationMs: draw.integer(4), atOnceBytes, preparingMs };
  const weight = draw.chance(0.2) ? 3 : 1;
  return {
    lostHints: some(draw, 0.1 * weight),
    lateHints: some(draw, 0.15 * weight),
    doubledHints: some(draw, 0.15 * weight),
    latestHintMs: draw.pick([5, 200, 3_000]),
    crash: draw.chance(0.3) ? 0 : draw.pick([0.000_3, 0.001, 0.003 * weight]),
    race: some(draw, 0.06 * weight),
    fullDisk: some(draw, 0.06 * weight),
    clockJump: some(draw, 0.05 * weight),
    clockJumpMs: draw.pick([500, 60_000, 3_600_000, 90 * 86_400_000]),
    stampMs: draw.pick([1, 1, 1, 2_000]),
    operationMs: draw.pick([0, 0, 1, 3, 20]),
    atOnceBytes,
    preparingMs,
    failedPreparing: some(draw, 0.1 * weight),
  };
}

/** In a third of the worlds this fault does not exist. Rounded, so that a failure can be copied into the cases. */
function some(draw: SeededRandom, atMost: number): number {
  return draw.chance(1 / 3) ? 0 : Math.round(atMost * draw.next() * 10_000) / 10_000;
}

/**
 * Longest that a version may stand unseen, in milliseconds. A hint is believed within a moment, so without lost ones
 * that is the settle time of a file that looks cut, and what the loop, or an earlier version, was busy with; with them,
 * the next check.
 */
export function longestUnseenMs(faults: Faults, checkMs: number): number {
  const settleMs = limits.settleCutMs + 50;
  const loopMs = settleMs + 150 * faults.operationMs + 60 * faults.preparingMs;
  const hintMs = faults.lateHints > 0 ? faults.latestHintMs : 0;
  // What a full disk refused is tried again at the next check, too.
  const blindMs = faults.lostHints > 0 || faults.fullDisk > 0 ? checkMs + loopMs : 0;
  return settleMs + loopMs + hintMs + blindMs;
}
