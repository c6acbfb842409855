/** The asking half of an exchange. */
import type { Page } from '../../../shared/contracts/peer-protocol.ts';
import {
  countMissing,
  coversAll,
  emptyVector,
  formatVector,
  joinVectors,
  parseVector,
  type Vector,
} from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import { askAhead } from './ask-ahead.ts';
import type { ExchangeDeps, Heard, LinkState, PageTaken, SyncStats } from './exchange.ts';
import { isFurther } from './hidden.ts';
import type { PeerLink } from './link.ts';
import { findParting } from './run-ends.ts';

export type Done = Omit<SyncStats, 'durationMs'>;

export type Round = {
  link: PeerLink;
  state: LinkState;
  wanted: ReadonlySet<'give' | 'take'>;
  isOver(): boolean;
  isTaking(): boolean;
  /** Waits, when the two have just met, until the other side has asked by itself or has had the time to. */
  letAsk(): Promise<void>;
  /** Nodes of which both sides hold other runs. */
  compared: Set<string>;
  /** By node, the last sequence up to which the other side holds our run: it must get ours from there. */
  parting: Map<string, number>;
  /** Contents that the other side said it lacks and cannot ask for. */
  lacks: readonly string[];
};
export type Tally = { done: Done; problems: Problem[] };

/**
 * Asks for what we lack, a page at a time, until we have what the other side held when it was first asked. What it
 * wrote since then comes with the next exchange, so that one that writes without end keeps none running.
 */
export async function pull(deps: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  const { home, settings } = deps;
  let goal: Vector | undefined;
  const ask = askAhead(
    (since) => askPage(deps, round, since, settings().batchSize),
    (held) => goal !== undefined && coversAll(held, goal),
  );
  if (countMissing(round.state.vector, home.vector()) >= limits.muchRows) home.expectMany();
  for (;;) {
    const since = home.vector();
    const page = await ask(since);
    if (!page.ok) return page;
    if (!mayTake(round)) return ok(null);
    goal ??= heldBy(page.value);
    if (page.value.changes.length === 0 && home.parted(page.value).length === 0) return ok(null);
    if (page.value.has_more) await home.turn();
    const taken = await take(deps, round, tally, page.value);
    if (!taken.ok) return taken;
    const parted = toCompare(round, taken.value);
    for (const node of parted) {
      const theirs = round.state.vector[node] ?? 0;
      const compared = await compareRuns(deps, round, tally, { node, theirs });
      if (!compared.ok) return compared;
    }
    // What was pushed to us meanwhile counts, too.
    const isNearer = countMissing(goal, home.vector()) < countMissing(goal, since);
    const goesOn = isMore(page.value, taken.value) && isNearer && mayTakeMore(deps, tally);
    if (parted.length === 0 && !goesOn) return ok(null);
  }
}

function heldBy({ vector }: Pick<Page, 'vector'>): Vector {
  const held = parseVector(vector);
  return held.ok ? held.value : emptyVector;
}

/** However much it says that it holds. */
const mayTakeMore = ({ settings }: ExchangeDeps, { done }: Tally): boolean =>
  done.pulled < settings().mostRows;

/** Those that are left come with the next exchange: who makes up a parting at each question keeps none running. */
const toCompare = ({ compared }: Round, { parted }: PageTaken): string[] =>
  parted.filter((node) => !compared.has(node)).slice(0, limits.comparedRuns - compared.size);

const isMore = (page: Page, { cut }: PageTaken): boolean => page.has_more || cut;

/** Rights are asked again whenever something came: they may be others by then. */
const mayTake = ({ isOver, link }: Round): boolean => !isOver() && link.rights().write;

async function askPage(
  { clock, home }: ExchangeDeps,
  round: Round,
  since: Vector,
  limit: number,
): Promise<Result<Page>> {
  const { link, state } = round;
  const [sentMs, before] = [clock.nowMs(), state.said];
  const page = await link.changes(formatVector(since), limit);
  if (page.ok) hear(state, page.value, (sentMs + clock.nowMs()) / 2, before);
  if (page.ok) round.lacks = page.value.lacks ?? [];
  if (page.ok) home.readAhead(page.value, link);
  return page;
}

async function take({ home }: ExchangeDeps, { link, state }: Round, { done, problems }: Tally, page: Page) {
  const before = home.vector();
  const taken = await home.take(page, link);
  if (!taken.ok) return taken;
  home.noteHidden(state, page);
  const gained = countMissing(home.vector(), before);
  done.pulled += gained;
  state.pulled += gained;
  done.conflicts += taken.value.conflicts;
  problems.push(...taken.value.problems);
  return taken;
}

/**
 * Finds where the two runs of a node part, and takes the other side's from there: whichever began later moves, ours
 * now, or theirs when they get ours.
 */
async function compareRuns(
  deps: ExchangeDeps,
  round: Round,
  tally: Tally,
  { node, theirs }: { node: string; theirs: number },
): Promise<Result<null>> {
  const { home, settings } = deps;
  round.compared.add(node);
  const ask = (sequence: number, limit: number): Promise<Result<Page>> =>
    askPage(deps, round, { ...home.vector(), [node]: sequence }, limit);
  const parting = await findParting(Math.min(theirs, home.vector()[node] ?? 0), async (sequence) => {
    const probe = await ask(sequence, 1);
    return probe.ok ? ok(!home.parted(probe.value).includes(node)) : probe;
  });
  if (!parting.ok) return parting;
  let goal: Vector | undefined;
  for (;;) {
    const since = home.vector();
    const page = await ask(parting.value, settings().batchSize);
    if (!page.ok) return page;
    if (!mayTake(round)) return ok(null);
    goal ??= heldBy(page.value);
    const taken = await take(deps, round, tally, page.value);
    if (!taken.ok) return taken;
    if (!taken.value.parted.includes(node)) return ok(null);
    const isNearer = countMissing(goal, home.vector()) < countMissing(goal, since);
    if (!isMore(page.value, taken.value) || !isNearer || !mayTakeMore(deps, tally)) break;
  }
  round.parting.set(node, parting.value);
  return ok(null);
}

/**
 * Notes what the other side says of itself. It may have said so before it got our last answer: what it had then it
 * has still, unless it is another log by now, or went back in time: then it holds less than `before`, which it had
 * said when it was asked.
 */
export function hear(state: LinkState, said: Heard, ourMs: number, before: Vector = emptyVector): void {
  const vector = parseVector(said.vector);
  const isAnother = state.node !== '' && state.node !== said.node_id;
  const isOlder = vector.ok && !coversAll(vector.value, before);
  if (isAnother || isOlder) Object.assign(state, { vector: emptyVector, said: emptyVector, told: '' });
  if (isAnother || isOlder || state.scope !== (said.scope ?? '')) state.shown = emptyVector;
  state.scope = said.scope ?? '';
  if (vector.ok) learn(state, vector.value);
  state.toCome = said.to_come ?? { changes: 0, bytes: 0 };
  state.node = said.node_id;
  state.clockOffsetMs = Math.round(said.now_ms - ourMs);
  noteWord(state, Math.round(ourMs));
}

/** The other side said that it holds this. Who names other nodes each time is believed the last of it. */
export function learn(state: Pick<LinkState, 'vector' | 'said'>, vector: Vector): void {
  const within = (joined: Vector): Vector =>
    Object.keys(joined).length > limits.vectorNodes ? vector : joined;
  state.vector = within(joinVectors(vector, state.vector));
  state.said = within(joinVectors(vector, state.said));
}

/** It said something: it is there, again or still. */
export function noteWord(state: LinkState, nowMs: number): void {
  const awayMs = nowMs - (state.heardMs ?? nowMs);
  if (awayMs > limits.awayReplicaDays * 86_400_000) state.back = { atMs: nowMs, awayMs };
  state.heardMs = nowMs;
}

/** Asks for what was hidden from us and may be shown by now. */
export async function askForHidden(deps: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  round.state.asking = true;
  try {
    return await askWhileLess(deps, round, tally);
  } finally {
    round.state.asking = false;
  }
}

/** For as long as each answer leaves less to ask for. */
async function askWhileLess(deps: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  const { home, clock } = deps;
  const { link, state } = round;
  let places = home.unasked(state);
  while (places.length > 0 && mayTake(round)) {
    const page = await link.hidden(places);
    if (!page.ok) return page;
    hear(state, page.value, clock.nowMs());
    const taken = await take(deps, round, tally, page.value);
    if (!taken.ok) return taken;
    const left = home.unasked(state);
    if (!isFurther(left, places)) return ok(null);
    places = left;
  }
  return ok(null);
}

/** Asks once for everything that did not come along. An answer may leave some out for its size. */
export async function fetchContents({ home }: ExchangeDeps, round: Round): Promise<Result<null>> {
  let waiting = home.awaited();
  while (waiting.length > 0 && mayTake(round)) {
    const asked = waiting.slice(0, limits.contentsAsked);
    const contents = await round.link.contents(asked);
    if (!contents.ok) return contents;
    const taken = await home.takeContents(contents.value);
    if (!taken.ok) return taken;
    const answered = new Set(contents.value.contents.map(({ hash }) => hash));
    if (!asked.some((hash) => answered.has(hash))) return ok(null);
    waiting = waiting.filter((hash) => !answered.has(hash));
  }
  return ok(null);
}
