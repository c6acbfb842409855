/**
 * Keeps a store in step with the index, and asks it. A store that cannot be used is tried again, later each time;
 * meanwhile the vectors of this device are searched, and whoever searched is told.
 */
import { backoffMs, nextTryMs } from '../../../shared/domain/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Clock, Random, Sql } from '../ports.ts';
import type { NearPassage } from './near-passages.ts';
import type { StoreOutbox } from './store-outbox.ts';
import type { StoreHit, StoreHoldings, StoreQuestion, VectorStore } from './vector-store.ts';

/** How a store stands, as people see it. */
export type StoreStanding = {
  state: 'ready' | 'behind' | 'filling' | 'failing';
  /** Passages that it is still to be given, or to let go of. */
  waiting: number;
  /** Passages that it is to hold in the end, and notes that are kept from it. */
  passages: number;
  kept: number;
  /** What it held when it was last asked. */
  held: number | null;
  /** Unix milliseconds of its last good answer. */
  answeredMs: number | null;
  problem: Problem | null;
  /** Unix milliseconds at which one that failed is tried again. */
  nextTryMs: number | null;
};

export type StoreFeed = {
  /** Gives the store what it lacks, until it has everything, fails, or `stop` is called. Calls while it works join it. */
  run(): Promise<void>;
  /** Asks the store whether it answers, also one that is to be left alone still. Fails with what is wrong. */
  check(): Promise<Result<void>>;
  /** Fails where this device is to be asked instead: with why. */
  find(question: StoreQuestion): Promise<Result<NearPassage[]>>;
  standing(): StoreStanding;
  /** A store that failed is tried again at the next run. Returns whether it had. */
  retry(): boolean;
  stop(): void;
};

type Deps = {
  sql: Sql;
  store: VectorStore;
  outbox: StoreOutbox;
  clock: Clock;
  random: Random;
  /** It got on, or failed. */
  progressed(): void;
};

export function createStoreFeed(deps: Deps): StoreFeed {
  const { store, outbox, clock, progressed } = deps;
  const facts = createStoreFacts(deps);
  let running: Promise<void> | undefined;
  let isStopped = false;
  let isAskedAgain = false;
  let lookedMs: number | undefined;

  /** Notes how it went; after `stop` nothing may be written any more. */
  async function asked<Value>(answer: Promise<Result<Value>>): Promise<Result<Value>> {
    const answered = await answer;
    if (isStopped) return err(stopping);
    if (answered.ok) facts.answered();
    else facts.failed(answered.error);
    return answered;
  }

  async function look(): Promise<Result<StoreHoldings>> {
    const found = await asked(store.look());
    if (!found.ok) return found;
    lookedMs = clock.monotonicMs();
    facts.holds(found.value.count);
    return found;
  }

  /** Whether the store is as we left it: one that was emptied, put back or filled by another is not. */
  const isAsLeft = ({ count, marker }: StoreHoldings): boolean =>
    outbox.isOurs(marker) && (outbox.waiting() > 0 || count === outbox.passages());

  async function bringUp(): Promise<Result<void>> {
    for (let round = 0; round < limits.storeRounds; round += 1) {
      const found = await look();
      if (!found.ok) return found;
      if (isAsLeft(found.value) && outbox.waiting() === 0) return finish();
      const given = isAsLeft(found.value) ? ok(undefined) : await beginFilling(found.value.count);
      if (!given.ok) return given;
      const all = await giveAll();
      if (!all.ok) return all;
    }
    return giveUp();
  }

  const giveUp = (): Promise<Result<void>> => asked(Promise.resolve(err(unsteady(store.place))));

  async function finish(): Promise<Result<void>> {
    if (!outbox.isFilling()) return ok(undefined);
    const settled = await asked(store.settle());
    if (settled.ok) outbox.filled();
    return settled;
  }

  async function beginFilling(count: number): Promise<Result<void>> {
    const held: string[] = [];
    for (let isEnd = false; !isEnd; ) {
      const page = await asked(store.keys(held.length, limits.pageRows));
      if (!page.ok) return page;
      held.push(...page.value);
      // One that names the same ones again and again would never come to an end.
      if (held.length > count + limits.pageRows) return giveUp();
      isEnd = page.value.length < limits.pageRows;
    }
    outbox.fill(held);
    progressed();
    return ok(undefined);
  }

  /** One batch at least, since each brings the marker. */
  async function giveAll(): Promise<Result<void>> {
    do {
      const batch = outbox.next(limits.storedAtOnce);
      const { added, moved, removed } = batch;
      const given = await asked(store.swap({ added, moved, removed, marker: outbox.nextMarker() }));
      if (!given.ok) return given;
      outbox.given(batch);
      progressed();
    } while (outbox.waiting() > 0);
    return ok(undefined);
  }

  async function run(): Promise<void> {
    do {
      isAskedAgain = false;
      if (isStopped || facts.nextTryMs() > clock.nowMs()) break;
      await bringUp();
    } while (isAskedAgain);
    if (!isStopped) progressed();
  }

  /** Why the store cannot be asked now; looks at it when that is long ago. */
  async function obstacle(): Promise<Problem | undefined> {
    if (facts.nextTryMs() > clock.nowMs()) return facts.problem() ?? filling;
    if (outbox.isFilling()) return filling;
    if (lookedMs !== undefined && clock.monotonicMs() - lookedMs < limits.storeLookMs) return undefined;
    const found = await look();
    if (!found.ok) return found.error;
    return outbox.isOurs(found.value.marker) ? undefined : filling;
  }

  async function find(question: StoreQuestion): Promise<Result<NearPassage[]>> {
    if (question.vector.every((number) => number === 0)) return ok([]);
    const inTheWay = await obstacle();
    if (inTheWay !== undefined) return err(inTheWay);
    // What is gone here may be there still.
    const more = Math.min(outbox.waiting(), question.atMost);
    const found = await asked(store.find({ ...question, atMost: question.atMost + more }));
    return found.ok ? ok(ours(outbox, found.value).slice(0, question.atMost)) : found;
  }

  return {
    run() {
      isAskedAgain = true;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
    async check() {
      const found = await look();
      return found.ok ? ok(undefined) : found;
    },
    find,
    standing: () => ({
      ...facts.standing(),
      state: stateOf(facts.problem(), outbox),
      waiting: outbox.waiting(),
      passages: outbox.passages(),
      kept: outbox.kept(),
    }),
    retry: facts.retry,
    stop() {
      isStopped = true;
    },
  };
}

function stateOf(problem: Problem | null, outbox: StoreOutbox): StoreStanding['state'] {
  if (problem !== null) return 'failing';
  if (outbox.isFilling()) return 'filling';
  return outbox.waiting() > 0 ? 'behind' : 'ready';
}

/** What the store still holds and we have no more is left out. */
function ours(outbox: StoreOutbox, hits: readonly StoreHit[]): NearPassage[] {
  const idByKey = outbox.idsOf(hits.map(({ key }) => key));
  return hits.flatMap(({ key, cosine }) => {
    const id = idByKey.get(key);
    return id === undefined ? [] : [{ id, cosine }];
  });
}

type Failure = { problem: Problem; failures: number; nextMs: number };

/** How it went lately; in the index, since the thread that feeds the store comes and goes. */
function createStoreFacts({ sql, clock, random }: Deps) {
  const read = (): Failure | undefined => {
    const text = readMeta(sql, 'store-failure') ?? '';
    return text === '' ? undefined : (JSON.parse(text) as Failure);
  };
  let failure = read();
  const write = (it: Failure | undefined): void => {
    failure = it;
    writeMeta(sql, 'store-failure', it === undefined ? '' : JSON.stringify(it));
  };
  const numberOf = (key: string): number | null => {
    const text = readMeta(sql, key);
    return (text ?? '') === '' ? null : Number(text);
  };
  return {
    answered() {
      if (failure !== undefined) write(undefined);
      writeMeta(sql, 'store-answered', String(clock.nowMs()));
    },
    failed(it: Problem) {
      const failures = (failure?.failures ?? 0) + 1;
      const waitMs = backoffMs(failures, random.bytes(1)[0] ?? 0);
      write({ problem: it, failures, nextMs: clock.nowMs() + waitMs });
    },
    holds: (count: number) => writeMeta(sql, 'store-held', String(count)),
    nextTryMs: (): number => nextTryMs(failure?.nextMs ?? 0, clock.nowMs()),
    problem: (): Problem | null => failure?.problem ?? null,
    retry() {
      if (failure === undefined) return false;
      write({ ...failure, nextMs: 0 });
      return true;
    },
    standing: () => ({
      held: numberOf('store-held'),
      answeredMs: numberOf('store-answered'),
      problem: failure?.problem ?? null,
      nextTryMs: failure === undefined ? null : nextTryMs(failure.nextMs, clock.nowMs()),
    }),
  };
}

const filling: Problem = problem(
  'paused',
  'the store',
  'The store does not have all passages yet.',
  'It is asked as soon as it has; `skein knowledge store` shows how far it is.',
);

const unsteady = (place: string): Problem =>
  problem(
    'changed-meanwhile',
    place,
    `What ${place} holds changes while it is filled, so it does not equal the index.`,
    'Another program, or a copy of this data folder, writes there, too; give each a store of its own. It is tried again.',
  );

const stopping: Problem = problem(
  'stopping',
  'the store',
  'Skein is stopping, so the store was not asked.',
  'It goes on at the next start.',
);
