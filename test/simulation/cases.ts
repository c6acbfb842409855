/**
 * Runs that found a fault, with what was at fault. Each failed before its mending and passes since; the faults stand
 * here whole, so that another mix of faults for the same seed changes nothing.
 */
import { type Faults, noFaults } from './faults.ts';

export type Case = { seed: number; faults: Faults; why: string };

const crashes: Faults = { ...noFaults, crash: 0.003 };
const racesAndCrashes: Faults = { ...crashes, race: 0.15 };

export const cases: readonly Case[] = [
  {
    seed: 11,
    faults: crashes,
    why: 'a crash while skein.json was written left its temporary file for ever',
  },
  {
    seed: 3,
    faults: crashes,
    why: 'what a crash left of skein.json took the place of the report file at the next start',
  },
  {
    seed: 21,
    faults: racesAndCrashes,
    why: 'bytes that a crash left displaced were never recorded when somebody had written over ours',
  },
  {
    seed: 27,
    faults: racesAndCrashes,
    why: 'whoever wrote over ours while a start gave a file its bytes back was removed with ours',
  },
  {
    seed: 47,
    faults: racesAndCrashes,
    why: 'what was written over ours in a swap was removed before it was recorded, and a crash came between',
  },
  {
    seed: 9,
    faults: { ...crashes, operationMs: 20 },
    why: 'a command given during the start ran beside the settling of old writes, and both recorded the same write',
  },
  {
    seed: 23,
    faults: { ...noFaults, fullDisk: 0.15, operationMs: 1 },
    why: 'a file in a new folder that a full disk had refused was looked at again only ten minutes later',
  },
  {
    seed: 8,
    faults: { ...noFaults, fullDisk: 0.15 },
    why: 'a file that a full disk had refused counted as settled when it was next written, and was recorded half',
  },
  {
    seed: 105,
    faults: {
      ...noFaults,
      lateHints: 0.3714,
      doubledHints: 0.0084,
      latestHintMs: 5,
      race: 0.0594,
      fullDisk: 0.0255,
      stampMs: 2000,
      atOnceBytes: 0,
    },
    why: 'what an agent wrote over ours in the middle of a swap was recorded below what got its name back, and left the file',
  },
  {
    seed: 844,
    faults: {
      ...noFaults,
      lostHints: 0.195,
      lateHints: 0.2274,
      latestHintMs: 3000,
      crash: 0.0003,
      race: 0.0613,
      fullDisk: 0.1455,
      stampMs: 2000,
      atOnceBytes: 60,
      preparingMs: 2,
      failedPreparing: 0.2328,
    },
    why: 'two versions of one moment were merged only after a report that one of them held had been undone',
  },
  {
    seed: 5137,
    faults: {
      ...noFaults,
      lostHints: 0.1129,
      lateHints: 0.4399,
      doubledHints: 0.0356,
      latestHintMs: 3000,
      race: 0.069,
      fullDisk: 0.1715,
      atOnceBytes: 200,
      preparingMs: 40,
      failedPreparing: 0.2596,
    },
    why: 'a large version that a full disk had refused waited for the next look at its path, where its file was gone',
  },
];
