/** One seeded run: replicas, agents and faults for a while, then calm, then judgement. */
import { renewedMs } from '../../../electron/engine/log/open-log.ts';
import { type Actors, actOnce, createActors } from './actions.ts';
import { comeHome } from './branches.ts';
import { type Judged, judge, judgedNetwork } from './judge.ts';
import type { Met } from './met.ts';
import { drawPlan, noFaults, type Plan } from './plan.ts';
import type { Replica } from './replica.ts';
import { createWorld, type World } from './world.ts';

export type Outcome = { seed: number; plan: Plan; wrong: string[]; met: Met; story: readonly string[] };

export type RunOptions = {
  /** What the seed draws unless told otherwise. */
  plan?: Plan;
  /** Gets the network after the run, in calm, before it is judged. */
  onCalm?: (judged: Judged) => void | Promise<void>;
};

export async function runNetworkSeed(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const plan = options.plan ?? drawPlan(seed);
  const world = createWorld(seed, plan);
  const actors = createActors(world);
  for (const replica of world.replicas) await replica.start();
  for (let step = 0; step < plan.steps; step++) {
    await actOnce(actors);
    await world.lie();
    await world.clock.advance(actors.draw.pick([0, 5, 40, 300, 1_500, 6_000]));
    await reviveSome(actors);
  }
  const settled = await calm(actors);
  countWhatCame(world);
  const judged = judgedNetwork(actors, settled);
  await options.onCalm?.(judged);
  const outcome = { seed, plan, wrong: judge(judged), met: world.met, story: world.story };
  for (const replica of world.replicas) await replica.stop();
  for (const replica of world.replicas) replica.close();
  return outcome;
}

/** What the logs tell of the run. */
function countWhatCame({ plan, replicas, met }: World): void {
  const [first] = replicas;
  const count = (text: string): number => first?.sql.prepare<{ n: number }>(text).get()?.n ?? 0;
  met[plan.topology] += 1;
  if (plan.replicas >= 10) met.large += 1;
  met.conflict += count('SELECT count(*) AS n FROM conflicts');
  met.merge += count('SELECT count(*) AS n FROM log WHERE merge = 1');
  met.movedRun += count('SELECT count(*) AS n FROM log WHERE substr(stamp, 17) <> node') > 0 ? 1 : 0;
  met.carried += replicas.reduce((sum, { sql }) => sum + carriedIn(sql), 0);
  met.returned += count('SELECT count(*) AS n FROM links WHERE back_ms IS NOT NULL');
  met.renewed += replicas.filter(({ sql }) => renewedMs(sql) !== undefined).length;
  met.deletion += count("SELECT count(*) AS n FROM log WHERE kind = 'deleted' AND via IS NOT NULL");
}

/** Versions of files that git moved, which somebody wrote. */
const carriedIn = (sql: Replica['sql']): number =>
  sql.prepare<{ n: number }>('SELECT count(*) AS n FROM log WHERE local = 1 AND movement IS NULL').get()?.n ??
  0;

/** Whoever died is started again, sooner or later. */
async function reviveSome({ world, draw }: Actors): Promise<void> {
  for (const replica of world.replicas) {
    if ((await replica.buryDead()) && draw.chance(0.7)) await replica.start();
  }
}

/** Milliseconds after which each replica has asked each peer, whatever failed before. */
const roundMs = 61_000;
/** Rounds in which everything must come to rest. */
const rounds = 16;

/** Faults end, links are joined, clocks agree, and everybody has time. False when something still moved at the end. */
export async function calm(actors: Actors): Promise<boolean> {
  const { world } = actors;
  world.tell('calm');
  Object.assign(world.faults, { ...noFaults, wayMs: 1 });
  world.cut.clear();
  for (const replica of world.replicas) {
    replica.disk.setFaults({});
    replica.setFull(false);
  }
  agreeOnTime(world);
  for (const replica of world.replicas) {
    await replica.buryDead();
    if (replica.engine === undefined) await replica.start();
  }
  // What was written last is passed on before all are woken at once: to wake them in between would send it twice.
  await world.clock.advance(1_000);
  takeAll(world);
  if (world.plan.switches) await comeHome(actors);
  let before = '';
  for (let round = 0; round < rounds; round++) {
    await world.clock.advance(round === 0 ? 5_000 : roundMs);
    const approved = await approveAll(world);
    const now = digest(world);
    if (now === before && !approved) return true;
    before = now;
  }
  return false;
}

/** Nobody leaves files out any more, or hides them. */
function takeAll(world: World): void {
  world.takesAll = true;
  for (const { index, sql, engine, links } of world.replicas) {
    const count = (where: string): number =>
      sql.prepare<{ n: number }>(`SELECT count(*) AS n FROM log WHERE ${where}`).get()?.n ?? 0;
    world.met.leftOut += count('held = 3');
    world.met.hidden += count("kind = 'hidden' AND payload IS NULL");
    // Who gave all before has nothing new for anybody: to send it once more would count as sent twice.
    if (gaveLess(world, index)) engine?.replication.wake();
    for (const { id } of links) void engine?.replication.takeLeftOut(id);
  }
}

const gaveLess = ({ plan }: World, index: number): boolean =>
  plan.edges.some(
    ({ one, other, partial, hides }) =>
      (one === index || other === index) && (partial === true || hides === true),
  );

/** The clocks are set, all alike, to a time at which no recorded change lies in the future. */
function agreeOnTime(world: World): void {
  const offMs = Math.max(
    0,
    ...world.replicas.map((replica) => Math.max(replica.wall.offMs(), aheadMs(world, replica))),
  );
  for (const replica of world.replicas) replica.wall.correct(offMs);
}

function aheadMs({ clock }: World, { sql }: Replica): number {
  const newest = sql.prepare<{ at: number | null }>('SELECT max(at_ms) AS at FROM log').get()?.at;
  return (newest ?? 0) - clock.nowMs();
}

/** A person says yes to everything that waits. */
async function approveAll({ replicas, met, clock }: World): Promise<boolean> {
  let any = false;
  for (const { engine } of replicas) {
    const waiting = engine?.heldChanges() ?? [];
    if (waiting.length === 0) continue;
    any = true;
    met.approval += 1;
    void engine?.decideHeld(
      waiting.map(({ stamp }) => stamp),
      'approve',
    );
    await clock.advance(100);
  }
  return any;
}

/** What every replica holds, as far as it can still move. */
const digest = ({ replicas }: World): string =>
  JSON.stringify(
    replicas.map((replica) => [
      replica.engine?.replication.peerSide.watermark().vector,
      [...replica.disk.snapshot()].map(([path, bytes]) => [path, bytes.length]),
      // Contents, and what was hidden, come from neighbour to neighbour, a round each.
      replica.sql.prepare('SELECT count(*) FROM content WHERE packed IS NULL').get(),
      replica.sql.prepare("SELECT count(*) FROM log WHERE kind = 'hidden'").get(),
    ]),
  );
