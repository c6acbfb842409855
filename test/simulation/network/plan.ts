/** What one seed draws: how many replicas there are, who exchanges changes with whom, and what goes wrong. */
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';

export const topologies = ['pair', 'ring', 'star', 'full', 'random'] as const;
export type Topology = (typeof topologies)[number];

/** Two replicas that exchange changes. */
export type Edge = {
  /** Indexes of replicas. `one` always asks `other`. */
  one: number;
  other: number;
  /** `other` asks `one`, too; else it only tells it that it has news. */
  mutual: boolean;
  /** Each takes instructions of the other without approval. */
  trusted: boolean;
  /** `one` takes only some files of `other`, until the network is calm. */
  partial?: true;
  /** `other` lets `one` read only some files, until the network is calm. */
  hides?: true;
};

/** Probabilities and sizes of what goes wrong. */
export type NetworkFaults = {
  /** Of a link that is cut, or joined again, at each step. */
  partition: number;
  /** Of a question that never arrives, an answer that never comes back, a question that arrives twice. */
  lostQuestion: number;
  lostAnswer: number;
  doubledQuestion: number;
  /** Milliseconds that one way takes at most; what is doubled arrives later still, after other questions. */
  wayMs: number;
  /** Of a death at each point that a process reaches; ten times that where the point changes something. */
  crash: number;
  /** Of a replica that is stopped or killed, at each step; it comes back some steps later. */
  absence: number;
  /** Of a database, or a whole machine, that is put back from a copy, at each step. */
  restoredBackup: number;
  /** Of an absence after which others let old versions go, at each step. */
  longAbsence: number;
  /** Milliseconds that a wall clock is off from the beginning, at most, and that it drifts in a second. */
  clockOffMs: number;
  clockDriftMs: number;
  /** Of a wall clock that jumps, at each step, and how far. */
  clockJump: number;
  clockJumpMs: number;
  /** Of a hint of the disk that is lost. */
  lostHints: number;
  /** Of an agent's write in the very moment of each step of a write of ours. */
  race: number;
  /** Milliseconds that one file operation takes at most. */
  operationMs: number;
  /** Whether one more peer lies to some of the replicas. */
  liar: boolean;
};

export const noFaults: NetworkFaults = {
  partition: 0,
  lostQuestion: 0,
  lostAnswer: 0,
  doubledQuestion: 0,
  wayMs: 2,
  crash: 0,
  absence: 0,
  restoredBackup: 0,
  longAbsence: 0,
  clockOffMs: 0,
  clockDriftMs: 0,
  clockJump: 0,
  clockJumpMs: 0,
  lostHints: 0,
  race: 0,
  operationMs: 0,
  liar: false,
};

export type Plan = {
  replicas: number;
  topology: Topology;
  edges: readonly Edge[];
  steps: number;
  /** How changes collide: by merge when absent; one strategy for all, or each replica its own. */
  strategies?: 'one' | 'each';
  /** Probability that a disk is full from one step to the next, and has room again. */
  fullDisk?: number;
  /** People fold what is pending, and take it back. */
  consolidates?: true;
  /** Git switches branches in some work trees. */
  switches?: true;
  faults: NetworkFaults;
};

/** Most worlds are small, because what two or three replicas cannot do wrong, forty seldom can. */
export function drawPlan(seed: number | string): Plan {
  const draw = createSeededRandom(seed).fork('plan');
  const replicas = drawSize(draw);
  const topology = replicas === 2 ? 'pair' : draw.pick(topologies.slice(1));
  const edges = drawEdges(draw, replicas, topology);
  addPartial(createSeededRandom(seed).fork('partial'), edges);
  addHiding(createSeededRandom(seed).fork('hides'), edges);
  const steps = 8 + draw.integer(replicas > 8 ? 12 : 8);
  const plan = { replicas, topology, edges, steps, faults: drawFaults(draw), ...drawSpecials(seed) };
  return createSeededRandom(seed)
    .fork('switches')
    .chance(1 / 8)
    ? withSwitches(plan)
    : plan;
}

/**
 * What git moves is told by its time and by what lay there before. So clocks do not jump in such a world, no database is
 * put back, and nobody writes in the middle of a write of ours: git would hold its own lock then.
 */
function withSwitches(plan: Plan): Plan {
  const faults = { ...plan.faults, clockJump: 0, restoredBackup: 0, race: 0, operationMs: 0 };
  return { ...plan, faults, switches: true };
}

/** What only some worlds have. */
function drawSpecials(seed: number | string): Partial<Plan> {
  const draw = createSeededRandom(seed).fork('specials');
  return {
    ...(draw.chance(1 / 6) ? { consolidates: true } : {}),
    ...(draw.chance(1 / 8) ? { strategies: draw.pick(['one', 'each'] as const) } : {}),
    ...(draw.chance(1 / 8) ? { fullDisk: 0.1 } : {}),
  };
}

function drawSize(draw: SeededRandom): number {
  const chance = draw.next();
  if (chance < 0.55) return 2;
  if (chance < 0.9) return 3;
  if (chance < 0.99) return 4 + draw.integer(3);
  return 10 + draw.integer(1 + draw.integer(31));
}

function drawEdges(draw: SeededRandom, replicas: number, topology: Topology): Edge[] {
  // In a third of the worlds some links go one way, or want approval.
  const oneWay = draw.chance(1 / 3) ? 0.4 : 0;
  const strange = draw.chance(1 / 3) ? 0.3 : 0;
  return pairsOf(draw, replicas, topology).map(([one, other]) => ({
    one,
    other,
    mutual: !draw.chance(oneWay),
    trusted: !draw.chance(strange),
  }));
}

/** In a sixth of the worlds some replicas take only some files. */
function addPartial(draw: SeededRandom, edges: Edge[]): void {
  if (!draw.chance(1 / 6)) return;
  for (const edge of edges) if (draw.chance(0.5)) edge.partial = true;
}

/** In an eighth of the worlds some replicas hide some files from others. */
function addHiding(draw: SeededRandom, edges: Edge[]): void {
  if (!draw.chance(1 / 8)) return;
  for (const edge of edges) if (draw.chance(0.5)) edge.hides = true;
}

function pairsOf(draw: SeededRandom, replicas: number, topology: Topology): [number, number][] {
  const others = Array.from({ length: replicas - 1 }, (_, index) => index + 1);
  switch (topology) {
    case 'pair':
      return [[0, 1]];
    case 'star':
      return others.map((other) => [other, 0]);
    case 'ring':
      return [...others.map((other): [number, number] => [other - 1, other]), [replicas - 1, 0]];
    case 'full':
      // Forty that all know each other are 780 links: nobody has that.
      return others.flatMap((other) =>
        Array.from({ length: Math.min(other, 4) }, (_, back): [number, number] => [other, other - 1 - back]),
      );
    case 'random':
      return others.flatMap((other): [number, number][] => {
        const wanted = new Set([draw.integer(other), draw.integer(other)]);
        return [...wanted].map((one) => [one, other]);
      });
  }
}

/** Some worlds are calm, most have a few faults, some have all of them and often. */
function drawFaults(draw: SeededRandom): NetworkFaults {
  if (draw.chance(0.12)) return { ...noFaults, wayMs: draw.pick([0, 2, 40]) };
  const weight = draw.chance(0.2) ? 2 : 1;
  return {
    partition: some(draw, 0.3 * weight),
    lostQuestion: some(draw, 0.15 * weight),
    lostAnswer: some(draw, 0.15 * weight),
    doubledQuestion: some(draw, 0.15 * weight),
    wayMs: draw.pick([0, 2, 40, 800]),
    crash: draw.chance(0.4) ? 0 : draw.pick([0.000_3, 0.001, 0.002 * weight]),
    absence: some(draw, 0.15 * weight),
    restoredBackup: draw.chance(0.75) ? 0 : 0.1,
    clockOffMs: draw.pick([0, 0, 1_000, 240_000, 3 * 86_400_000]),
    clockDriftMs: draw.pick([0, 0, 1, 50]),
    clockJump: some(draw, 0.05 * weight),
    clockJumpMs: draw.pick([500, 60_000, 3_600_000, 5 * 86_400_000]),
    lostHints: some(draw, 0.08 * weight),
    race: some(draw, 0.05 * weight),
    operationMs: draw.pick([0, 0, 0, 1, 5]),
    liar: draw.chance(0.15),
    longAbsence: draw.chance(0.85) ? 0 : 0.1,
  };
}

/** In a third of the worlds this fault does not exist. Rounded, so that a failure can be copied into the cases. */
function some(draw: SeededRandom, atMost: number): number {
  return draw.chance(1 / 3) ? 0 : Math.round(atMost * draw.next() * 1_000) / 1_000;
}
