/** What agents, people and mishap do in a simulated network. Every draw comes from the seed. */
import { collectVersions } from '../../../electron/engine/log/collect.ts';
import { type ConflictStrategy, conflictStrategies } from '../../../shared/domain/settings.ts';
import type { Result } from '../../../shared/result.ts';
import { Crash } from '../../support/life.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { boards, switchBranch } from './branches.ts';
import type { Replica } from './replica.ts';
import type { World } from './world.ts';

export type Actors = {
  world: World;
  draw: SeededRandom;
  /** What was written so far: makes each line its own. */
  count: number;
  /** Lines that agents added to a journal, by path: there nobody takes a line out. */
  journalLines: Map<string, Set<string>>;
};

/** Files to which lines are only added: each of them must still be somewhere when all is calm. */
export const journals = ['HANDOFF.md', 'docs/passation_claude.md'] as const;
/** Files that are edited in every way. */
const settingsFile = 'skein.json';

export const checkMs = 30_000;

/** Nothing consolidates by itself: what is watched here are files and their changes. */
const settings = { consolidation_threshold: 0, consolidation_interval_minutes: 0 };

export function createActors(world: World): Actors {
  const actors: Actors = { world, draw: world.random.fork('actions'), count: 0, journalLines: new Map() };
  const manner = actors.draw.pick(['same', 'one', 'none', 'different'] as const);
  const strategyOf = drawStrategies(world);
  for (const replica of world.replicas) {
    save(replica, settingsFile, JSON.stringify({ ...settings, ...strategyOf() }, null, 2));
    beginFiles(actors, replica, manner);
    watchSwaps(actors, replica);
  }
  return actors;
}

/** Settings of the next replica; none where everything is merged. */
function drawStrategies({ plan, random, met }: World): () => { conflict_strategy?: ConflictStrategy } {
  const draw = random.fork('strategies');
  if (plan.strategies === undefined) return () => ({});
  met.strategy += 1;
  const one = draw.pick(conflictStrategies);
  return () => ({ conflict_strategy: plan.strategies === 'one' ? one : draw.pick(conflictStrategies) });
}

/** Clones begin with the same bytes, others with nothing, or each with its own. */
function beginFiles(actors: Actors, replica: Replica, manner: 'same' | 'one' | 'none' | 'different'): void {
  if (manner === 'none' || (manner === 'one' && replica.index > 0)) return;
  for (const path of [...journals, 'ROADMAP.md']) {
    save(replica, path, `# ${path}\n\n- one\n- two\n`);
    if (manner === 'different') addLine(actors, replica, path);
  }
}

/** Somebody writes in the very moment of a write of ours. */
function watchSwaps(actors: Actors, replica: Replica): void {
  const ofOwnWrite = new Set(['exchange', 'place', 'rename']);
  replica.atPoint = ({ source, operation, subject }) => {
    if (source !== 'disk' || !ofOwnWrite.has(operation)) return;
    const path = [...journals, ...boards].find((it) => it === subject);
    if (path === undefined || !actors.draw.chance(actors.world.faults.race)) return;
    addLine(actors, replica, path);
  };
}

/** One thing happens somewhere. */
export async function actOnce(actors: Actors): Promise<void> {
  const { world, draw } = actors;
  const replica = draw.pick(world.replicas);
  await mishap(actors, replica);
  if (world.plan.switches && draw.chance(0.25)) return switchBranch(actors, replica);
  if (world.plan.consolidates && draw.chance(0.25)) return foldOrUnfold(actors, replica);
  const action = draw.pick([
    addToJournal,
    addToJournal,
    addToJournal,
    addToJournal,
    addToBoard,
    addToBoard,
    changeLine,
    changeLine,
    removeLine,
    rewrite,
    writeSlowly,
    remove,
    move,
    resolve,
    restoreVersion,
    rest,
  ]);
  await action(actors, replica);
}

async function mishap(actors: Actors, replica: Replica): Promise<void> {
  const { world, draw } = actors;
  const { faults } = world;
  for (const [index] of world.plan.edges.entries()) if (draw.chance(faults.partition)) toggle(actors, index);
  if (draw.chance(world.plan.fullDisk ?? 0)) fillOrEmpty(actors, replica);
  if (draw.chance(faults.clockJump)) jumpClock(actors, replica);
  if (draw.chance(faults.absence)) await comeOrGo(actors, replica);
  if (faults.restoredBackup > 0) await backUpOrPutBack(actors, replica);
  if (faults.longAbsence > 0 && draw.chance(faults.longAbsence)) await stayAway(actors, replica);
}

/** One is away for up to two years; all others let go what the retention lets them. */
async function stayAway({ world, draw }: Actors, replica: Replica): Promise<void> {
  const days = 100 + draw.integer(600);
  world.met.longAbsence += 1;
  world.tell(`${replica.name} is away for ${days} days`);
  if (replica.engine !== undefined) await replica.stop();
  for (const { wall } of world.replicas) wall.jump(days * 86_400_000);
  for (const { engine, sql, wall } of world.replicas) {
    if (engine === undefined) continue;
    // Nothing consolidates here, and what waits for a report is kept for ever.
    sql.exec('UPDATE log SET consolidation = 0 WHERE path IS NOT NULL AND consolidation IS NULL');
    world.met.collected += collectVersions(sql, wall.nowMs());
  }
}

function toggle({ world }: Actors, index: number): void {
  const edge = world.plan.edges[index];
  const isCut = world.cut.delete(index);
  if (!isCut) world.cut.add(index);
  if (!isCut) world.met.partition += 1;
  world.tell(`R${edge?.one} and R${edge?.other} are ${isCut ? 'joined' : 'cut'}`);
}

function fillOrEmpty({ world }: Actors, replica: Replica): void {
  replica.setFull(!replica.isFull);
  if (replica.isFull) world.met.fullDisk += 1;
  world.tell(`the disk of ${replica.name} ${replica.isFull ? 'is full' : 'has room again'}`);
}

function jumpClock({ world, draw }: Actors, replica: Replica): void {
  const byMs = Math.round((draw.next() * 2 - 1) * world.faults.clockJumpMs);
  world.met.clockJump += 1;
  world.tell(`the clock of ${replica.name} jumps by ${byMs} ms`);
  replica.wall.jump(byMs);
}

async function comeOrGo({ world, draw }: Actors, replica: Replica): Promise<void> {
  if (replica.engine === undefined) return replica.start();
  const kills = draw.chance(0.5);
  world.met[kills ? 'killed' : 'stopped'] += 1;
  return kills ? replica.kill() : replica.stop();
}

async function backUpOrPutBack({ world, draw }: Actors, replica: Replica): Promise<void> {
  if (!draw.chance(world.faults.restoredBackup * 3)) return;
  if (!replica.hasBackup()) return replica.backUp();
  if (!draw.chance(0.6)) return;
  await replica.stop();
  const what = draw.pick(['database', 'machine'] as const);
  replica.putBack(what);
  world.met[what === 'machine' ? 'restoredMachine' : 'restoredBackup'] += 1;
  await replica.start();
}

type Save = 'rename' | 'in-place';

function save({ disk }: Replica, path: string, text: string, manner: Save = 'rename'): void {
  disk.agentWrite(path, new TextEncoder().encode(text), manner).finish();
}

export const textOf = ({ disk }: Replica, path: string): string | undefined => {
  const bytes = disk.read(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
};

const words = 'merge report agent branch deploy review schema index cache token'.split(' ');

function freshLine(actors: Actors, replica: Replica): string {
  actors.count += 1;
  return `- ${replica.name} ${actors.count}: ${actors.draw.pick(words)} ${actors.draw.pick(words)} ${actors.count}`;
}

/** On top of what the file holds at this moment; in a journal nobody ever takes the line out again. */
function addLine(actors: Actors, replica: Replica, path: string): void {
  const line = freshLine(actors, replica);
  const lines = (textOf(replica, path) ?? `# ${path}\n\n`).split('\n');
  // Below the heading, at the end, or somewhere between.
  const place = actors.draw.pick([
    2,
    lines.length - 1,
    2 + actors.draw.integer(Math.max(1, lines.length - 2)),
  ]);
  lines.splice(Math.min(place, lines.length - 1), 0, line);
  if (isJournal(path)) noteJournalLine(actors, path, line);
  actors.world.tell(`an agent adds "${line}" to ${path} of ${replica.name}`);
  save(
    replica,
    path,
    lines.join('\n'),
    isJournal(path) ? 'rename' : actors.draw.pick(['rename', 'in-place']),
  );
}

const isJournal = (path: string): boolean => (journals as readonly string[]).includes(path);

function noteJournalLine({ journalLines }: Actors, path: string, line: string): void {
  const lines = journalLines.get(path) ?? new Set();
  journalLines.set(path, lines.add(line));
}

function addToJournal(actors: Actors, replica: Replica): void {
  addLine(actors, replica, actors.draw.pick(journals));
}

function addToBoard(actors: Actors, replica: Replica): void {
  addLine(actors, replica, actors.draw.pick(boards));
}

function editBoard(
  actors: Actors,
  replica: Replica,
  edit: (lines: string[], at: number) => unknown,
  what: string,
): void {
  const path = actors.draw.pick(boards);
  const lines = textOf(replica, path)?.split('\n') ?? [];
  if (lines.length < 4) {
    addLine(actors, replica, path);
    return;
  }
  edit(lines, 2 + actors.draw.integer(lines.length - 3));
  actors.world.tell(`an agent ${what} in ${path} of ${replica.name}`);
  save(replica, path, lines.join('\n'), actors.draw.pick(['rename', 'in-place']));
}

function changeLine(actors: Actors, replica: Replica): void {
  const line = freshLine(actors, replica);
  editBoard(actors, replica, (lines, at) => lines.splice(at, 1, line), `writes "${line}" over a line`);
}

function removeLine(actors: Actors, replica: Replica): void {
  editBoard(actors, replica, (lines, at) => lines.splice(at, 1), 'removes a line');
}

function rewrite(actors: Actors, replica: Replica): void {
  const path = actors.draw.pick(boards);
  const lines = Array.from({ length: 1 + actors.draw.integer(4) }, () => freshLine(actors, replica));
  actors.world.tell(`an agent writes ${path} of ${replica.name} anew: ${JSON.stringify(lines)}`);
  save(replica, path, `# New ${actors.count}\n\n${lines.join('\n')}\n`);
}

/** In pieces, with time between them: the engine sees the file half-written. */
async function writeSlowly(actors: Actors, replica: Replica): Promise<void> {
  const { draw, world } = actors;
  const path = draw.pick(boards);
  const bytes = new TextEncoder().encode(`${textOf(replica, path) ?? ''}${freshLine(actors, replica)}\n`);
  world.tell(`an agent writes ${path} of ${replica.name} slowly`);
  const write = replica.disk.agentWrite(path, bytes, draw.pick(['in-place', 'truncate-then-write']), 3);
  await replica.witness.writeSlowly(path, bytes, write, () => draw.integer(20));
}

function remove({ world, draw }: Actors, replica: Replica): void {
  const path = draw.pick(boards);
  world.tell(`an agent removes ${path} of ${replica.name}`);
  replica.disk.agentDelete(path);
}

function move({ world, draw }: Actors, replica: Replica): void {
  const [from, to] = [draw.pick(boards), draw.pick(boards)];
  if (from === to || textOf(replica, from) === undefined) return;
  world.met.move += 1;
  world.tell(`an agent moves ${from} of ${replica.name} to ${to}`);
  replica.disk.agentMove(from, to);
}

/** What an engine answers at once; undefined when its process dies over the question. */
function asked<Value>(question: () => Value): Value | undefined {
  try {
    return question();
  } catch (failure) {
    if (failure instanceof Crash) return undefined;
    throw failure;
  }
}

/** A person decides about a conflict of a file in which lines may go. */
async function resolve(actors: Actors, replica: Replica): Promise<void> {
  const { world, draw } = actors;
  const all = asked(() => replica.engine?.conflicts('open')) ?? [];
  const open = all.filter(({ path }) => !isJournal(path));
  if (open.length === 0) return;
  const { path, loser } = draw.pick(open);
  const how = draw.pick(['keep', 'take'] as const);
  world.tell(`a person resolves a conflict of ${path} on ${replica.name}: ${how}`);
  const resolved = replica.engine?.resolveConflict({ path, loser, resolution: { how }, agent: 'human' });
  await giveMoment(actors, 'resolution', resolved);
}

async function restoreVersion(actors: Actors, replica: Replica): Promise<void> {
  const { world, draw } = actors;
  const [path, version] = [draw.pick(boards), draw.pick(['latest~1', 'latest~2'])];
  world.tell(`a person restores ${path} of ${replica.name} to ${version}`);
  const restored = replica.engine?.restore(path, version, 'human');
  await giveMoment(actors, 'restore', restored);
}

/** A person folds what is pending into a report, or takes the newest report back. */
async function foldOrUnfold(actors: Actors, replica: Replica): Promise<void> {
  const { world, draw } = actors;
  const all = asked(() => replica.engine?.log.consolidations(undefined, 5)) ?? [];
  const newest = all.find((it) => it.state !== 'undone');
  if (newest !== undefined && draw.chance(0.25)) {
    world.tell(`a person takes a report back on ${replica.name}`);
    await giveMoment(actors, 'undo', replica.engine?.undoConsolidation(newest.stamp));
    return;
  }
  world.tell(`a person consolidates on ${replica.name}`);
  await giveMoment(actors, 'consolidation', replica.engine?.consolidate());
}

/** The answer of a command may never come, because the process dies first. */
async function giveMoment(
  { world, draw }: Actors,
  kind: 'resolution' | 'restore' | 'consolidation' | 'undo',
  answer: Promise<Result<unknown>> | undefined,
): Promise<void> {
  const count = ({ ok }: Result<unknown>): void => {
    if (ok) world.met[kind] += 1;
  };
  answer?.then(count).catch(() => undefined);
  await world.clock.advance(draw.integer(40));
}

function rest(): void {
  // Time alone passes.
}
