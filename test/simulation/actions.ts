/** What agents and people do in a simulated world. Every draw comes from the seed. */
import type { SeededRandom } from '../support/seeded-random.ts';
import type { World } from './world.ts';

export type Actors = {
  world: World;
  draw: SeededRandom;
  /** Whether, and for how long, somebody keeps writing into the report file. */
  busyDraw: SeededRandom;
  /** What was written so far: makes each text its own. */
  count: number;
  /** Lines that agents wrote into the report file, on top of what it held. */
  boardLines: string[];
  /** Lines that people wrote into skein.json, on top of what it held. */
  settingsLines: string[];
};

export const boardFile = 'SYNC_STATUS.md';
export const settingsFile = 'skein.json';
const notes = [
  'AGENTS.md',
  'docs/passation_claude.md',
  'docs/passation_codex.md',
  'ROADMAP.md',
  'packages/a/AGENTS.md',
  'HANDOFF.md',
];

const settings = {
  consolidation_threshold: 4,
  consolidation_interval_minutes: 2,
  check_interval_seconds: 10,
  reports_kept: 1000,
};
export const checkMs = settings.check_interval_seconds * 1000;

export function createActors(world: World): Actors {
  const actors: Actors = {
    world,
    draw: world.random.fork('actions'),
    busyDraw: world.random.fork('busy'),
    count: 0,
    boardLines: [],
    settingsLines: [],
  };
  save(actors, settingsFile, JSON.stringify(settings, null, 2));
  let lookedAt = boardFile;
  world.atPoint = ({ source, operation, subject }) => {
    if (source !== 'disk') return;
    if (operation === 'stat' && (subject === boardFile || notes.includes(subject))) lookedAt = subject;
    if (!ofOwnWrite.has(operation) || !actors.draw.chance(world.faults.race)) return;
    // Before it writes, an engine looks at what it will replace.
    race(actors, operation === 'writeTemporary' || operation === 'rename' ? lookedAt : subject);
  };
  return actors;
}

/** Operations that only a write of ours needs: the moments in which an agent can be in its way. */
const ofOwnWrite = new Set(['exchange', 'place', 'rename', 'writeTemporary']);

/** Somebody does something, often to the very file that is being read or written. */
export async function actOnce(actors: Actors): Promise<void> {
  const { world, draw } = actors;
  if (draw.chance(world.faults.clockJump)) jumpClock(actors);
  if (draw.chance(world.faults.fullDisk))
    world.setFull(draw.pick([[], [], ['files'], ['log'], ['files', 'log']]));
  const action = draw.pick([
    writeSlowly,
    writeSlowly,
    writeAtOnce,
    writeAtOnce,
    writeAtOnce,
    correct,
    remove,
    move,
    workOnBoard,
    giveCommand,
    giveCommand,
    editSettings,
    rest,
  ]);
  await action(actors);
}

function race(actors: Actors, path: string): void {
  if (path === boardFile) writeOnBoard(actors);
  else if (path === settingsFile) editSettings(actors);
  else if (!notes.includes(path)) return;
  else if (actors.draw.chance(0.3)) actors.world.disk.agentDelete(path);
  else writeAtOnce(actors, path);
}

export function save(
  { world }: Pick<Actors, 'world'>,
  path: string,
  text: string,
  manner: 'rename' | 'in-place' = 'rename',
): void {
  world.disk.agentWrite(path, new TextEncoder().encode(text), manner).finish();
}

const textOf = ({ world }: Actors, path: string): string =>
  new TextDecoder().decode(world.disk.read(path) ?? new Uint8Array());

function freshText(actors: Actors): string {
  actors.count += 1;
  return `# Entry ${actors.count}\n${'a line of text\n'.repeat(actors.draw.integer(20))}`;
}

function writeAtOnce(actors: Actors, path = actors.draw.pick(notes)): void {
  save(actors, path, freshText(actors), actors.draw.pick(['rename', 'in-place']));
}

/** In pieces, with time between them: the engine sees the file half-written. */
async function writeSlowly(actors: Actors): Promise<void> {
  const { world, draw } = actors;
  const path = draw.pick(notes);
  const bytes = new TextEncoder().encode(freshText(actors));
  const manner = draw.pick(['in-place', 'truncate-then-write'] as const);
  const write = world.disk.agentWrite(path, bytes, manner, 1 + draw.integer(5));
  await world.witness.writeSlowly(path, bytes, write, () => draw.integer(30));
}

/** Another text of the same length, in the same file, soon after the first: only the content tells. */
async function correct(actors: Actors): Promise<void> {
  const path = actors.draw.pick(notes);
  const text = freshText(actors);
  save(actors, path, text, 'in-place');
  await actors.world.clock.advance(actors.draw.pick([0, 9, 300, 1_000]));
  save(actors, path, text.replace('Entry', 'entry'), 'in-place');
}

function remove({ world, draw }: Actors): void {
  world.disk.agentDelete(draw.pick(notes));
}

function move({ world, draw }: Actors): void {
  world.disk.agentMove(draw.pick(notes), draw.pick(notes));
}

/** An agent adds a line to the report file, on top of what it holds at this moment. */
export function writeOnBoard(actors: Actors, manner: 'rename' | 'in-place' = 'rename'): void {
  actors.count += 1;
  const line = `- note ${actors.count} of an agent`;
  actors.boardLines.push(line);
  save(actors, boardFile, `${line}\n${textOf(actors, boardFile)}`, manner);
}

/** Some add one line; some keep adding lines, so fast that the file never lies still. */
async function workOnBoard(actors: Actors): Promise<void> {
  const { world, busyDraw } = actors;
  writeOnBoard(actors);
  if (!busyDraw.chance(0.1)) return;
  for (let lines = busyDraw.integer(100); lines > 0; lines--) {
    await world.clock.advance(1 + busyDraw.integer(12));
    writeOnBoard(actors, 'in-place');
  }
}

/** A person edits skein.json by hand: a remark and another threshold. */
export function editSettings(actors: Actors): void {
  actors.count += 1;
  const line = `// remark ${actors.count} of a person`;
  actors.settingsLines.push(line);
  const threshold = `"consolidation_threshold": ${3 + actors.draw.integer(3)}`;
  const text = textOf(actors, settingsFile).replace(/"consolidation_threshold": \d+/, threshold);
  save(actors, settingsFile, `${line}\n${text}`, actors.draw.pick(['rename', 'in-place']));
}

/** A person clicks; the answer may never come, because the process dies first. */
async function giveCommand(actors: Actors): Promise<void> {
  const { draw } = actors;
  const kind = draw.pick([
    'consolidate',
    'undo',
    'restore',
    'restore',
    'restore',
    'scan',
    'settings',
  ] as const);
  if (kind === 'consolidate') await ask(actors, 'consolidate');
  if (kind === 'undo') await ask(actors, 'undo');
  if (kind === 'restore')
    await ask(actors, 'restore', draw.pick(notes), draw.pick(['latest', 'latest~1', 'latest~3']));
  if (kind === 'scan') await ask(actors, 'scan');
  if (kind === 'settings') await ask(actors, 'settings');
}

/** Gives a command and lets a moment pass; what came of it is counted when the answer comes. */
export async function ask(
  { world, draw }: Actors,
  kind: 'consolidate' | 'undo' | 'restore' | 'scan' | 'settings',
  path = '',
  version = '',
): Promise<void> {
  const { engine, met } = world;
  if (engine === undefined) return;
  const run = {
    consolidate: async () => void (await engine.consolidate()),
    undo: async () => {
      const newest = engine.log.consolidations(undefined, 1)[0];
      if ((await engine.undoConsolidation(newest?.stamp ?? 'ffffffff')).ok) met.undo += 1;
    },
    restore: async () => {
      const restored = await engine.restore(path, version, 'human');
      const change = restored.ok ? restored.value.change : null;
      if (change !== null) met[change.kind === 'deleted' ? 'restoredDeletion' : 'restore'] += 1;
    },
    scan: async () => void (await engine.scan()),
    settings: async () => {
      const changed = await engine.changeSettings({ consolidation_threshold: 3 + draw.integer(3) });
      if (changed.ok) met.settingsChange += 1;
    },
  }[kind];
  run().catch(() => undefined);
  await world.clock.advance(draw.integer(40));
}

function rest(): void {
  // Time alone passes.
}

function jumpClock({ world, draw }: Actors): void {
  const byMs = Math.round((draw.next() * 2 - 1) * world.faults.clockJumpMs);
  if (byMs !== 0) world.met[byMs > 0 ? 'clockForward' : 'clockBackward'] += 1;
  world.clock.jump(byMs);
}
