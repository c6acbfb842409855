/**
 * Exchanging changes with one other replica: ask for what we lack, give what it lacks, until both have all. Runs
 * beside the loop and only enqueues; one exchange at a time, and news that come meanwhile start another.
 */
import type { Contents, Page, Push } from '../../../shared/contracts/peer-protocol.ts';
import { backoffMs } from '../../../shared/domain/backoff.ts';
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
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import { toProblem } from '../loop.ts';
import type { Cancel, Clock, Random } from '../ports.ts';
import type { PeerLink } from './link.ts';

/** What one exchange did (reference/002, `SyncStats`). */
export type SyncStats = { pulled: number; pushed: number; conflicts: number; durationMs: number };

export type Need = 'give' | 'take' | 'both';

/** This side of every exchange. */
export type HomeSide = {
  vector(): Vector;
  /** What the other side may have by now. */
  offered(link: PeerLink): Vector;
  page(link: PeerLink, since: Vector, limit: number): Page;
  /** Through the loop. */
  take(
    page: Page,
    link: PeerLink,
  ): Promise<Result<{ conflicts: number; stuck: boolean; problems: Problem[] }>>;
  /** Hashes of contents that changes name and that are not here. */
  awaited(): string[];
  takeContents(contents: Contents): Promise<Result<null>>;
};

export type ExchangeSettings = { intervalMs: number; batchSize: number; retries: number };

/** What is known of the other side, and how the last exchanges went. */
export type LinkState = {
  running: boolean;
  /** What the other side holds, as far as it said. */
  vector: Vector;
  node: string;
  askedMs: number | undefined;
  /** Its clock minus ours, in milliseconds. */
  clockOffsetMs: number | undefined;
  problem: Problem | undefined;
  failures: number;
  pulled: number;
  pushed: number;
};

export type Exchange = {
  readonly link: PeerLink;
  readonly state: LinkState;
  /** Something is new: here, so there is to give, or there, so there is to take. */
  wake(need: Need): void;
  /** The other side said what it holds. */
  hear(said: Pick<Page, 'vector' | 'node_id' | 'now_ms'>): void;
  /** The other side asked for what a holder of `since` lacks, and got it up to `reached`. */
  answered(since: Vector, reached: Vector): void;
  /** One exchange now, whatever the timer says. */
  run(wanted?: Need): Promise<Result<SyncStats>>;
  stop(): void;
};

export type ExchangeDeps = {
  clock: Clock;
  random: Random;
  home: HomeSide;
  settings(): ExchangeSettings;
  /** The state is another now. */
  changed(state: LinkState): void;
};

export function createExchange(deps: ExchangeDeps, link: PeerLink, known: Partial<LinkState>): Exchange {
  const state: LinkState = { ...newState(), ...known };
  let timer: Cancel | undefined;
  const needs = new Set<'give' | 'take'>();
  let stopped = false;
  let current: Promise<Result<SyncStats>> | undefined;
  /** The other side takes what it lacks by itself. */
  let isTaking = false;

  function schedule(): void {
    timer?.();
    if (stopped) return;
    const { intervalMs } = deps.settings();
    const failed = state.failures > 0;
    const backMs = Math.min(intervalMs, backoffMs(state.failures, deps.random.bytes(1)[0] ?? 0));
    // News that came meanwhile go at once, unless the other side does not answer.
    if (!failed && needs.size > 0) timer = deps.clock.after(0, () => void begin());
    else timer = deps.clock.after(failed ? backMs : intervalMs, () => void run('both'));
  }

  function need(what: Need): void {
    if (what !== 'take') needs.add('give');
    if (what !== 'give') needs.add('take');
  }

  async function once(): Promise<Result<SyncStats>> {
    state.running = true;
    deps.changed(state);
    const startedMs = deps.clock.monotonicMs();
    const wanted = new Set(needs);
    needs.clear();
    isTaking = false;
    const round = { link, state, wanted, isOver: () => stopped, isTaking: () => isTaking };
    const outcome = await exchange(deps, round);
    state.running = false;
    if (stopped) return outcome.ok ? ok({ ...outcome.value, durationMs: 0 }) : outcome;
    state.askedMs = deps.clock.nowMs();
    state.failures = outcome.ok ? 0 : state.failures + 1;
    if (!outcome.ok) state.problem = outcome.error;
    deps.changed(state);
    return outcome.ok ? ok({ ...outcome.value, durationMs: deps.clock.monotonicMs() - startedMs }) : outcome;
  }

  /** A full disk, for example: nobody waits for an exchange that a timer began, so it must not reject. */
  function noteFault(fault: unknown): Result<never> {
    state.running = false;
    state.failures += 1;
    state.problem = toProblem(fault);
    return err(state.problem);
  }

  function run(wanted: Need): Promise<Result<SyncStats>> {
    need(wanted);
    return begin();
  }

  function begin(): Promise<Result<SyncStats>> {
    timer?.();
    current ??= once()
      .catch(noteFault)
      .finally(() => {
        current = undefined;
        schedule();
      });
    return current;
  }

  return {
    link,
    state,
    wake(what) {
      if (what === 'give' && coversAll(state.vector, deps.home.offered(link))) return;
      need(what);
      if (current === undefined && !stopped && state.failures === 0) void begin();
    },
    hear: (said) => hear(state, said, deps.clock.nowMs()),
    answered(since, reached) {
      // If the answer is lost it asks again, so nothing of it needs to be given besides.
      state.vector = joinVectors(since, reached);
      isTaking = true;
    },
    async run(wanted = 'both') {
      // An exchange that runs already may have missed what the caller means.
      await current;
      return run(wanted);
    },
    stop() {
      stopped = true;
      timer?.();
    },
  };
}

const newState = (): LinkState => ({
  running: false,
  vector: {},
  node: '',
  askedMs: undefined,
  clockOffsetMs: undefined,
  problem: undefined,
  failures: 0,
  pulled: 0,
  pushed: 0,
});

type Done = Omit<SyncStats, 'durationMs'>;

/** Both directions. What one page could not bring is asked for at the next exchange, not in a circle. */
async function exchange(deps: ExchangeDeps, round: Round): Promise<Result<Done>> {
  const tally: Tally = { done: { pulled: 0, pushed: 0, conflicts: 0 }, problems: [] };
  const rights = round.link.rights();
  if (rights.write && round.wanted.has('take')) {
    const pulled = await pull(deps, round, tally);
    if (!pulled.ok) return pulled;
    const fetched = await fetchContents(deps, round);
    if (!fetched.ok) return fetched;
  }
  if (rights.read && round.wanted.has('give') && !round.isOver()) {
    const pushed = await push(deps, round, tally);
    if (!pushed.ok) return pushed;
  }
  round.state.problem = tally.problems[0];
  return ok(tally.done);
}

type Round = {
  link: PeerLink;
  state: LinkState;
  wanted: ReadonlySet<'give' | 'take'>;
  isOver(): boolean;
  isTaking(): boolean;
};
type Tally = { done: Done; problems: Problem[] };

async function pull(
  { home, settings, clock }: ExchangeDeps,
  round: Round,
  tally: Tally,
): Promise<Result<null>> {
  const { link, state } = round;
  for (;;) {
    const sentMs = clock.nowMs();
    const page = await link.changes(formatVector(home.vector()), settings().batchSize);
    if (!page.ok) return page;
    if (round.isOver()) return ok(null);
    hear(state, page.value, (sentMs + clock.nowMs()) / 2);
    if (page.value.changes.length === 0) return ok(null);
    const before = home.vector();
    const taken = await home.take(page.value, link);
    if (!taken.ok) return taken;
    const gained = countMissing(home.vector(), before);
    tally.done.pulled += gained;
    state.pulled += gained;
    tally.done.conflicts += taken.value.conflicts;
    tally.problems.push(...taken.value.problems);
    if (!page.value.has_more || taken.value.stuck) return ok(null);
  }
}

/**
 * Notes what the other side says of itself. It may have said so before it got our last answer: what it had then it
 * has still, unless it is another log by now.
 */
function hear(state: LinkState, said: Pick<Page, 'vector' | 'node_id' | 'now_ms'>, ourMs: number): void {
  const isAnother = state.node !== '' && state.node !== said.node_id;
  const before = isAnother ? emptyVector : state.vector;
  const vector = parseVector(said.vector);
  if (vector.ok) state.vector = joinVectors(vector.value, before);
  state.node = said.node_id;
  state.clockOffsetMs = Math.round(said.now_ms - ourMs);
}

/** Asks once for everything that did not come along. An answer may leave some out for its size. */
async function fetchContents({ home }: ExchangeDeps, round: Round): Promise<Result<null>> {
  let waiting = home.awaited();
  while (waiting.length > 0 && !round.isOver()) {
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

async function push({ home, settings }: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  const { link, state } = round;
  while (!round.isOver() && !round.isTaking() && !coversAll(state.vector, home.offered(link))) {
    const page = home.page(link, state.vector, settings().batchSize);
    if (page.changes.length === 0) return ok(null);
    const answer = await link.push(toPush(page));
    if (!answer.ok) return answer;
    const before = state.vector;
    const after = parseVector(answer.value.vector);
    if (!after.ok) return after;
    // It may have said more meanwhile than when it answered.
    state.vector = joinVectors(after.value, state.vector);
    const gained = countMissing(after.value, before);
    tally.done.pushed += Math.min(gained, page.changes.length);
    state.pushed += Math.min(gained, page.changes.length);
    tally.done.conflicts += answer.value.conflicts.length;
    tally.problems.push(...(answer.value.problems as Problem[]));
    if (gained === 0) return ok(null);
  }
  return ok(null);
}

const toPush = ({ changes, watermark, node_id, vector, now_ms }: Page): Push => ({
  changes,
  source_watermark: watermark,
  node_id,
  vector,
  now_ms,
});
