/**
 * Runs that found a fault, with what was at fault. Each failed before its mending and passes since; the faults stand
 * here whole, so that another mix of faults for the same seed changes nothing.
 */
import { type Faults, noFaults } from './faults.ts';

export type Case = { seed: number; faults: Faults; why: string };

export const cases: readonly Case[] = [
  {
    seed: 4,
    faults: { ...noFaults, doubledHints: 0.0837, latestHintMs: 3_000, crash: 0.001 },
    why: 'a crash while skein.json was written left its temporary file for ever',
  },
  {
    seed: 16,
    faults: {
      ...noFaults,
      lostHints: 0.0483,
      lateHints: 0.1032,
      doubledHints: 0.0753,
      latestHintMs: 3_000,
      crash: 0.001,
      clockJump: 0.0404,
      clockJumpMs: 500,
    },
    why: 'what a crash left of skein.json took the place of the report file at the next start',
  },
  {
    seed: 25,
    faults: {
      ...noFaults,
      lostHints: 0.0844,
      lateHints: 0.0769,
      doubledHints: 0.0929,
      latestHintMs: 3_000,
      crash: 0.003,
      race: 0.0528,
      fullDisk: 0.0016,
      clockJump: 0.026,
      clockJumpMs: 7_776_000_000,
    },
    why: 'bytes that a crash left displaced were never recorded when somebody had written over ours',
  },
  {
    seed: 797,
    faults: {
      ...noFaults,
      lostHints: 0.0594,
      latestHintMs: 5,
      crash: 0.001,
      race: 0.0322,
      clockJump: 0.0465,
      clockJumpMs: 7_776_000_000,
      operationMs: 3,
    },
    why: 'whoever wrote over ours while a start gave a file its bytes back was removed with ours',
  },
  {
    seed: 35,
    faults: { ...noFaults, fullDisk: 0.15, operationMs: 1 },
    why: 'a file in a new folder that a full disk had refused was looked at again only ten minutes later',
  },
  {
    seed: 22,
    faults: { ...noFaults, crash: 0.001, operationMs: 20 },
    why: 'a command given during the start ran beside the settling of old writes, and both recorded the same write',
  },
  {
    seed: 2085,
    faults: {
      ...noFaults,
      lostHints: 0.0901,
      lateHints: 0.0465,
      latestHintMs: 200,
      crash: 0.003,
      race: 0.0057,
      fullDisk: 0.0276,
      clockJump: 0.0353,
      clockJumpMs: 500,
    },
    why: 'what somebody wrote over ours in the middle of a swap was removed before it was recorded, and a crash came between',
  },
  {
    seed: 2641,
    faults: {
      ...noFaults,
      lostHints: 0.0154,
      latestHintMs: 5,
      crash: 0.0003,
      race: 0.012,
      fullDisk: 0.0547,
      clockJump: 0.0028,
      clockJumpMs: 60_000,
    },
    why: 'a file that a full disk had refused counted as settled when it was next written, and was recorded half',
  },
];
