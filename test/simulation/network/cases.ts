/**
 * Runs that found a fault, with what was at fault. Each failed before its mending and passes since; the plans stand
 * here whole, so that another mix of faults for the same seed changes nothing.
 */
import { type Edge, noFaults, type Plan } from './plan.ts';

export type Case = { seed: number; plan: Plan; why: string };

const both = { mutual: true, trusted: true };
const pair: Edge[] = [{ one: 0, other: 1, ...both }];
const ring: Edge[] = [
  { one: 0, other: 1, ...both },
  { one: 1, other: 2, ...both },
  { one: 2, other: 0, ...both },
];
const star: Edge[] = [
  { one: 1, other: 0, ...both },
  { one: 2, other: 0, mutual: true, trusted: false },
];

export const cases: readonly Case[] = [
  {
    seed: 1004,
    plan: {
      replicas: 2,
      topology: 'pair',
      edges: pair,
      steps: 15,
      faults: {
        ...noFaults,
        partition: 0.042,
        lostQuestion: 0.133,
        lostAnswer: 0.119,
        doubledQuestion: 0.006,
        crash: 0.001,
        absence: 0.06,
        clockOffMs: 240_000,
        clockDriftMs: 1,
        clockJump: 0.018,
        clockJumpMs: 60_000,
        lostHints: 0.002,
        race: 0.003,
      },
    },
    why: 'two people decided one conflict apart, and each replica kept the decision that it heard of last',
  },
  {
    seed: 16,
    plan: {
      replicas: 3,
      topology: 'ring',
      edges: ring,
      steps: 15,
      faults: {
        ...noFaults,
        partition: 0.001,
        lostQuestion: 0.141,
        lostAnswer: 0.1,
        wayMs: 800,
        absence: 0.024,
        clockOffMs: 240_000,
        clockJump: 0.007,
        clockJumpMs: 432_000_000,
        lostHints: 0.033,
        race: 0.005,
      },
    },
    why: 'a file that came and went elsewhere was unknown here, and whoever wrote one of its name did not stand on that',
  },
  {
    seed: 142,
    plan: {
      replicas: 2,
      topology: 'pair',
      edges: pair,
      steps: 15,
      faults: { ...noFaults, wayMs: 40 },
    },
    why: 'an old answer made us forget what the other side had taken since, and it got that twice',
  },
  {
    seed: 108,
    plan: { replicas: 3, topology: 'star', edges: star, steps: 13, faults: noFaults },
    why: 'the answer to a push made us forget what the other side had said meanwhile, and it got that back',
  },
  {
    seed: 5055,
    plan: {
      replicas: 2,
      topology: 'pair',
      edges: [{ one: 0, other: 1, mutual: false, trusted: true }],
      steps: 23,
      faults: {
        ...noFaults,
        lostQuestion: 0.136,
        lostAnswer: 0.061,
        crash: 0.000_3,
        restoredBackup: 0.3,
        clockOffMs: 240_000,
        clockDriftMs: 50,
        clockJumpMs: 432_000_000,
        lostHints: 0.002,
        race: 0.023,
      },
    },
    why: 'a log that went back in time and never asks was believed to hold what it held before',
  },
  {
    seed: 5077,
    plan: {
      replicas: 2,
      topology: 'pair',
      edges: pair,
      steps: 18,
      faults: {
        ...noFaults,
        lostQuestion: 0.061,
        doubledQuestion: 0.118,
        wayMs: 0,
        restoredBackup: 0.3,
        clockOffMs: 240_000,
        clockDriftMs: 50,
        clockJump: 0.011,
        clockJumpMs: 500,
        lostHints: 0.051,
        race: 0.017,
        operationMs: 1,
        liar: true,
      },
    },
    why: 'a machine that was put back gave out the same stamps again, because its clock stood behind its log',
  },
  {
    seed: 5221,
    plan: {
      replicas: 3,
      topology: 'star',
      edges: [
        { one: 1, other: 0, ...both },
        { one: 2, other: 0, ...both },
      ],
      steps: 23,
      faults: { ...noFaults, wayMs: 40, restoredBackup: 0.3 },
    },
    why: 'of two decisions about one conflict the one that came last counted, which is another one on each replica',
  },
  {
    seed: 570,
    plan: {
      replicas: 3,
      topology: 'full',
      edges: [
        { one: 1, other: 0, mutual: false, trusted: true },
        { one: 2, other: 1, mutual: true, trusted: false },
        { one: 2, other: 0, mutual: false, trusted: true },
      ],
      steps: 15,
      faults: {
        ...noFaults,
        partition: 0.303,
        lostQuestion: 0.074,
        lostAnswer: 0.112,
        wayMs: 0,
        crash: 0.004,
        absence: 0.029,
        clockOffMs: 240_000,
        clockDriftMs: 1,
        clockJump: 0.097,
        clockJumpMs: 60_000,
        lostHints: 0.098,
        race: 0.084,
      },
    },
    why: 'a content went with a row that had to wait, and a replica that never asks did not get it for another row',
  },
  {
    seed: 821,
    plan: {
      replicas: 5,
      topology: 'full',
      edges: [
        { one: 1, other: 0, ...both },
        { one: 2, other: 1, ...both },
        { one: 2, other: 0, mutual: true, trusted: false },
        { one: 3, other: 2, mutual: true, trusted: false },
        { one: 3, other: 1, ...both },
        { one: 3, other: 0, ...both },
        { one: 4, other: 3, mutual: true, trusted: false },
        { one: 4, other: 2, ...both },
        { one: 4, other: 1, ...both },
        { one: 4, other: 0, ...both },
      ],
      steps: 15,
      strategies: 'each',
      fullDisk: 0.1,
      faults: {
        ...noFaults,
        lostQuestion: 0.085,
        lostAnswer: 0.091,
        doubledQuestion: 0.113,
        wayMs: 40,
        crash: 0.000_3,
        restoredBackup: 0.1,
        clockOffMs: 240_000,
        clockDriftMs: 1,
        clockJump: 0.004,
        clockJumpMs: 500,
        lostHints: 0.039,
        race: 0.049,
        operationMs: 5,
      },
    },
    why: 'the disk filled up right after rows were taken, and nobody looked at their files again',
  },
];
