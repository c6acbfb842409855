/** Several replicas in one process, and the network between them. Everything comes from one seed. */
import type { LinkRights, PeerLink } from '../../../electron/engine/replicate/link.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { allRights, type MemoryLinkOptions, memoryLink } from '../../support/memory-network.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';
import { connectLiar } from './liar.ts';
import { type Met, nothingMet } from './met.ts';
import type { Edge, NetworkFaults, Plan } from './plan.ts';
import { createReplica, type Replica } from './replica.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createFaultyWire } from './wires.ts';

export type World = {
  plan: Plan;
  /** In force now: a run may end its faults. */
  faults: NetworkFaults;
  clock: FakeClock;
  random: SeededRandom;
  replicas: readonly Replica[];
  met: Met;
  traffic: Traffic;
  /** Indexes of edges that are cut now. */
  cut: Set<number>;
  /** Those who took only some files take all now, and those who gave only some give all. */
  takesAll: boolean;
  /** Hashes of contents that only the liar named: nobody has their bytes. */
  hopeless: Set<string>;
  /** What the liar does at a step. */
  lie(): Promise<void>;
  /** What happened, in order, for a person who reads one seed. */
  story: string[];
  tell(sentence: string): void;
};

export function createWorld(seed: number | string, plan: Plan): World {
  const clock = createFakeClock();
  const random = createSeededRandom(seed);
  const met = nothingMet();
  const story: string[] = [];
  const tell = (sentence: string): void => void story.push(`${clock.monotonicMs()} ms: ${sentence}`);
  const faults = { ...plan.faults };
  const deps = { clock, random, met, tell, faults: () => faults };
  const replicas = Array.from({ length: plan.replicas }, (_, index) => createReplica(index, deps));
  const traffic = createTraffic(met);
  const world: World = {
    plan,
    faults,
    clock,
    random,
    replicas,
    met,
    traffic,
    cut: new Set(),
    takesAll: false,
    hopeless: new Set(),
    lie: async () => undefined,
    story,
    tell,
  };
  for (const [index, edge] of plan.edges.entries()) connect(world, index, edge);
  if (faults.liar) world.lie = connectLiar(world, at(world, 0), world.hopeless);
  return world;
}

function connect(world: World, index: number, edge: Edge): void {
  const one = at(world, edge.one);
  const other = at(world, edge.other);
  const isPartial = (): boolean => edge.partial === true && !world.takesAll;
  const rights = rightsOf(edge);
  const rightsOfOne = edge.hides === true ? hiding(world, rights) : rights;
  const takes = (): ((path: string) => boolean) | undefined => (isPartial() ? isTaken : undefined);
  one.links.push(link(world, index, one, other, { rights, rightsThere: rightsOfOne, takes }));
  if (edge.mutual)
    other.links.push(link(world, index, other, one, { rights: rightsOfOne, rightsThere: rights }));
}

const rightsOf = (edge: Edge): LinkRights => ({ ...allRights, trusted: edge.trusted });

/** Only some files may be read, as long as not everybody takes all. */
const hiding = (world: World, rights: LinkRights): LinkRights => ({
  ...rights,
  get mayRead() {
    return world.takesAll ? undefined : isTaken;
  },
  get scope() {
    return world.takesAll ? 2 : 1;
  },
});

/** What a replica takes that takes only some files. */
const isTaken = (path: string): boolean => path.startsWith('docs/');

function at(world: World, index: number): Replica {
  const replica = world.replicas[index];
  if (replica === undefined) throw new RangeError(`There is no replica ${index}.`);
  return replica;
}

function link(
  world: World,
  index: number,
  here: Replica,
  there: Replica,
  rights: Pick<MemoryLinkOptions, 'rights' | 'rightsThere' | 'takes'>,
): PeerLink {
  const wire = createFaultyWire({
    clock: world.clock,
    draw: world.random.fork(`wire ${here.name} ${there.name}`),
    faults: () => world.faults,
    isCut: () => world.cut.has(index),
    met: world.met,
  });
  const plain = memoryLink(() => there.engine, {
    id: there.name,
    name: there.name,
    from: { id: here.name, name: here.name },
    ...rights,
    wire,
  });
  return world.traffic.meter(plain, here, there);
}
