/**
 * Exchanging changes with one other replica: ask for what we lack, give what it lacks, until both have all. Runs
 * beside the loop and only enqueues; one exchange at a time, and news that come meanwhile start another.
 */
import type { Contents, Page, Places } from '../../../shared/contracts/peer-protocol.ts';
import { backoffMs } from '../../../shared/domain/backoff.ts';
import { coversAll, emptyVector, joinVectors, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import { toProblem } from '../loop.ts';
import type { Cancel, Clock, Random } from '../ports.ts';
import type { Apart } from './bytes-apart.ts';
import type { PeerLink } from './link.ts';
import { createMeeting } from './meeting.ts';
import {
  askForHidden,
  type Done,
  fetchContents,
  hear,
  noteWord,
  pull,
  type Round,
  type Tally,
} from './pull.ts';
import { giveContents, lacks, push } from './push.ts';
import type { Taken } from './take-page.ts';

/** What one exchange did (reference/002, `SyncStats`). */
export type SyncStats = { pulled: number; pushed: number; conflicts: number; durationMs: number };

export type Need = 'give' | 'take' | 'both';

/** `cut`: the rest of it has to be asked for again. */
export type PageTaken = Pick<Taken, 'problems' | 'parted' | 'cut'> & { conflicts: number };

/** This side of every exchange. */
export type HomeSide = {
  vector(): Vector;
  /** What the other side may have by now. */
  offered(link: PeerLink): Vector;
  page(link: PeerLink, since: Vector, limit: number): Page;
  /** What the other side lacks when it holds this. */
  ahead(link: PeerLink, vector: Vector): Apart;
  /** Lets go what was asked: it leaves only between two turns of everything, and taking a page is a long one. */
  turn(): Promise<void>;
  /** Nodes of which the sender of the page holds another run than we do. */
  parted(page: Page): string[];
  /** Many rows are to come: what is to help with them may start. */
  expectMany(): void;
  /** Begins with what can be done of a page before it is taken. */
  readAhead(page: Page, link: PeerLink): void;
  /** Through the loop. */
  take(page: Page, link: PeerLink): Promise<Result<PageTaken>>;
  /** Hashes of contents that changes name and that are not here. */
  awaited(): string[];
  /** Names what the other side may know from us. */
  scope(link: PeerLink): string;
  /** Rows in these places, as far as the other side may know them. */
  at(link: PeerLink, places: Places): Page;
  /** Places of rows that are hidden from us, and that the other side was not asked for yet. */
  unasked(state: Pick<LinkState, 'said' | 'shown'>): Places;
  /** Remembers what the other side hides. */
  noteHidden(state: LinkState, message: Pick<Page, 'changes' | 'scope'>): void;
  /** Those of the contents that we have and the other side may have, as many as go at once. */
  contents(link: PeerLink, hashes: readonly string[]): Contents['contents'];
  takeContents(contents: Contents): Promise<Result<null>>;
};

export type ExchangeSettings = {
  intervalMs: number;
  batchSize: number;
  /** Rows after which an exchange ends; the rest comes with the next one. */
  mostRows: number;
  retries: number;
};

/** What is known of the other side, and how the last exchanges went. */
export type LinkState = {
  running: boolean;
  /** What the other side holds, or will when it has our last answer. */
  vector: Vector;
  /** What it said that it holds. */
  said: Vector;
  /** What we lacked when it said so last. */
  toCome: Apart;
  /** Under which of our rights it spoke last, and how far it said under these what it hides. */
  scope: string;
  shown: Vector;
  /** It is being asked for what it hid. */
  asking: boolean;
  /** Under which of its rights we spoke last. */
  told: string;
  node: string;
  askedMs: number | undefined;
  /** When it last said what it holds. */
  heardMs: number | undefined;
  /** When it last came back after longer than others wait for it with their old versions, and how long it was away. */
  back: { atMs: number; awayMs: number } | undefined;
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
  hear(said: Heard): void;
  /** The other side asked for what a holder of `since` lacks, and got it up to `reached`. */
  answered(since: Vector, reached: Vector): void;
  /** One exchange now, whatever the timer says. */
  run(wanted?: Need): Promise<Result<SyncStats>>;
  stop(): void;
};

/** What every message says of its sender. */
export type Heard = Pick<Page, 'vector' | 'node_id' | 'now_ms' | 'scope' | 'to_come'>;

export type ExchangeDeps = {
  clock: Clock;
  random: Random;
  home: HomeSide;
  settings(): ExchangeSettings;
  /** The state is another now. */
  changed(state: LinkState): void;
};

export function createExchange(deps: ExchangeDeps, link: PeerLink, known: Partial<LinkState>): Exchange {
  const state: LinkState = { ...newState(), ...known, said: known.vector ?? emptyVector };
  const hasNews = (): boolean => lacks(deps, { link, state });
  let timer: Cancel | undefined;
  const needs = new Set<'give' | 'take'>();
  let stopped = false;
  let current: Promise<Result<SyncStats>> | undefined;
  /** Until then the other side, which has taken a page, is about to ask for the next by itself. */
  let takesUntilMs = Number.NEGATIVE_INFINITY;
  const meeting = createMeeting(deps.clock);

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
    const round = {
      link,
      state,
      wanted,
      isOver: () => stopped,
      isTaking: () => deps.clock.monotonicMs() < takesUntilMs,
      letAsk: meeting.letAsk,
      compared: new Set<string>(),
      parting: new Map<string, number>(),
      lacks: [],
    };
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
      // In a burst each change says so, and working out what the other side lacks takes longer than the change.
      if (what === 'give' && (needs.has('give') || !hasNews())) return;
      need(what);
      if (current === undefined && !stopped && state.failures === 0) void begin();
    },
    hear: (said) => hear(state, said, deps.clock.nowMs()),
    answered(since, reached) {
      // If the answer is lost it asks again, so nothing of it needs to be given besides.
      state.vector = joinVectors(since, reached);
      // It hears under which rights, and asks for what was hidden by itself.
      state.told = deps.home.scope(link);
      noteWord(state, deps.clock.nowMs());
      const waitsMs = coversAll(state.vector, deps.home.offered(link)) ? 0 : limits.takingMs;
      takesUntilMs = deps.clock.monotonicMs() + waitsMs;
      meeting.end();
    },
    async run(wanted = 'both') {
      // An exchange that runs already may have missed what the caller means.
      await current;
      return run(wanted);
    },
    stop() {
      stopped = true;
      timer?.();
      meeting.end();
    },
  };
}

const newState = (): LinkState => ({
  running: false,
  vector: {},
  said: {},
  toCome: { changes: 0, bytes: 0 },
  scope: '',
  shown: {},
  asking: false,
  told: '',
  node: '',
  askedMs: undefined,
  heardMs: undefined,
  back: undefined,
  clockOffsetMs: undefined,
  problem: undefined,
  failures: 0,
  pulled: 0,
  pushed: 0,
});

/** Both directions. What one page could not bring is asked for at the next exchange, not in a circle. */
async function exchange(deps: ExchangeDeps, round: Round): Promise<Result<Done>> {
  const tally: Tally = { done: { pulled: 0, pushed: 0, conflicts: 0 }, problems: [] };
  if (round.link.rights().write && round.wanted.has('take')) {
    const pulled = await pull(deps, round, tally);
    if (!pulled.ok) return pulled;
    const revealed = await askForHidden(deps, round, tally);
    if (!revealed.ok) return revealed;
    const fetched = await fetchContents(deps, round);
    if (!fetched.ok) return fetched;
  }
  const { state, parting } = round;
  state.vector = { ...state.vector, ...Object.fromEntries(parting) };
  if (round.wanted.has('give') || parting.size > 0) {
    const pushed = await push(deps, round, tally);
    if (!pushed.ok) return pushed;
  }
  const given = await giveContents(deps, round, tally);
  if (!given.ok) return given;
  round.state.problem = tally.problems[0];
  return ok(tally.done);
}
