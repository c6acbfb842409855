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
];
