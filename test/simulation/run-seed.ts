/** One seeded run: agents and faults for a while, then calm, then judgement. */
import type { SeededRandom } from '../support/seeded-random.ts';
import {
  agentLinesRemain,
  contentIsWhole,
  eachChangeIsFoldedOnce,
  logEqualsDisk,
  logIsWellFormed,
  noLitter,
  nothingThatStoodIsMissing,
  reportsStandOnce,
} from './checkers.ts';
import { createWorld, type Faults, type World } from './world.ts';

export type Outcome = { wrong: string[]; met: World['met']; deaths: World['deaths'] };

const settings = {
  consolidation_threshold: 4,
  consolidation_interval_minutes: 2,
  check_interval_seconds: 10,
  reports_kept: 1000,
};
const paths = [
  'AGENTS.md',
  'docs/passation_claude.md',
  'docs/passation_codex.md',
  'ROADMAP.md',
  'packages/a/AGENTS.md',
  'HANDOFF.md',
];

/** Longest that a version may stand unseen: the check interval, both settle times, and what the loop waits for. */
const boundWithFaultsMs = 10_000 + 2_000 + 2_000 + 3_000;

type Run = { world: World; faults: Faults; draw: SeededRandom; boardLines: string[]; count: number };

export async function runSeed(seed: number | string, faults: Faults, steps: number): Promise<Outcome> {
  const world = createWorld(seed, faults);
  (globalThis as any).__world?.(world);
  const run: Run = { world, faults, draw: world.random.fork('actions'), boardLines: [], count: 0 };
  put(run, 'skein.json', JSON.stringify(settings));
  await world.start();
  for (let step = 0; step < steps; step++) {
    await act(run);
    await world.clock.advance(run.draw.pick([0, 1, 7, 30, 120, 600, 4_000, 15_000]));
    if ((await world.buryDead()) || world.engine === undefined) await world.start();
  }
  await calm(run);
  return { wrong: judge(run), met: world.met, deaths: world.deaths };
}

/** The faults end, a last engine starts and has time for everything. */
async function calm({ world, faults }: Run): Promise<void> {
  world.disk.setFaults({});
  world.disk.setQuota(Number.POSITIVE_INFINITY);
  await world.stop();
  faults.crash = 0;
  await world.start();
  await world.clock.advance(60_000);
  await world.buryDead();
  await world.clock.advance(180_000);
  world.met.consolidation +=
    world.sql.prepare<{ n: number }>('SELECT count(*) AS n FROM consolidations').get()?.n ?? 0;
}

function judge({ world, boardLines }: Run): string[] {
  return [
    ...logEqualsDisk(world),
    ...logIsWellFormed(world.sql),
    ...contentIsWhole(world.sql),
    ...eachChangeIsFoldedOnce(world.sql),
    ...reportsStandOnce(world),
    ...agentLinesRemain(world, boardLines),
    ...nothingThatStoodIsMissing(world, boundWithFaultsMs),
    ...noLitter(world),
  ];
}

async function act(run: Run): Promise<void> {
  const { world, faults, draw } = run;
  if (draw.chance(faults.clockJump)) jumpClock(run);
  if (draw.chance(faults.fullDisk)) toggleDisk(run);
  const action = draw.pick([
    slowWrite,
    slowWrite,
    quickWrite,
    quickWrite,
    quickWrite,
    remove,
    move,
    board,
    command,
    rest,
  ]);
  await action(run);
  world.met.lostHint += draw.chance(faults.lostHints) ? 1 : 0;
}

const text = (run: Run): string => {
  run.count += 1;
  return `# Entry ${run.count}\n${'a line of text\n'.repeat(run.draw.integer(20))}`;
};

function put({ world }: Run, path: string, content: string): void {
  world.disk.agentWrite(path, new TextEncoder().encode(content), 'rename').finish();
}

function quickWrite(run: Run): void {
  const manner = run.draw.pick(['rename', 'in-place'] as const);
  run.world.disk.agentWrite(run.draw.pick(paths), new TextEncoder().encode(text(run)), manner).finish();
}

/** In pieces, with time between them: the engine sees the file half-written. */
async function slowWrite(run: Run): Promise<void> {
  const { world, draw } = run;
  const manner = draw.pick(['in-place', 'truncate-then-write'] as const);
  const write = world.disk.agentWrite(
    draw.pick(paths),
    new TextEncoder().encode(text(run)),
    manner,
    1 + draw.integer(5),
  );
  while (write.step()) await world.clock.advance(draw.integer(30));
}

function remove(run: Run): void {
  run.world.disk.agentDelete(run.draw.pick(paths));
}

function move(run: Run): void {
  run.world.disk.agentMove(run.draw.pick(paths), run.draw.pick(paths));
}

/** An agent adds a line to the report file, on top of what it holds at this moment. */
function board(run: Run): void {
  const before = new TextDecoder().decode(run.world.disk.read('SYNC_STATUS.md') ?? new Uint8Array());
  run.count += 1;
  const line = `- note ${run.count} of an agent`;
  run.boardLines.push(line);
  put(run, 'SYNC_STATUS.md', `${line}\n${before}`);
}

/** A person clicks; the answer may never come, because the process dies first. */
async function command({ world, draw }: Run): Promise<void> {
  const { engine } = world;
  if (engine === undefined) return;
  const kind = draw.pick(['consolidate', 'undo', 'restore', 'scan'] as const);
  const newest = draw.chance(0.5) ? safely(() => engine.log.consolidations(undefined, 1)[0]) : undefined;
  const answer = {
    consolidate: () => engine.consolidate(),
    undo: () => engine.undoConsolidation(newest?.stamp ?? 'ffffffff'),
    restore: () => engine.restore(draw.pick(paths), draw.pick(['latest', 'latest~1', 'latest~3']), 'human'),
    scan: () => engine.scan(),
  }[kind]();
  answer.then(
    (result) => {
      if (result.ok && kind === 'undo') world.met.undo += 1;
      if (result.ok && kind === 'restore') world.met.restore += 1;
      if (result.ok && kind === 'scan') world.met.midScan += 1;
    },
    () => undefined,
  );
  await world.clock.advance(draw.integer(40));
}

/** A dead process answers nothing. */
function safely<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function rest(): void {
  // Time alone passes.
}

function jumpClock({ world, faults, draw }: Run): void {
  world.met.clockJump += 1;
  world.clock.jump((draw.next() * 2 - 1) * faults.clockJumpMs);
}

function toggleDisk({ world, draw }: Run): void {
  const full = draw.chance(0.5);
  if (full) world.met.fullDisk += 1;
  world.disk.setQuota(full ? 1 : Number.POSITIVE_INFINITY);
}
