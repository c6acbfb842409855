/** The exchange of index files of one Skein: answers peers, and asks them from time to time (reference/000). */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { limits } from '../../../../shared/limits.ts';
import { err, ok, ProblemError, type Result } from '../../../../shared/result.ts';
import { openSql } from '../../../adapters/better-sqlite.ts';
import { openIndexFolder } from '../../../adapters/index-folder.ts';
import { answerMessage } from '../../../engine/knowledge/exchange/answer-message.ts';
import type { Agreements, IndexFolder } from '../../../engine/knowledge/exchange/exchange-ports.ts';
import { type IndexLedger, openIndexLedger } from '../../../engine/knowledge/exchange/index-ledger.ts';
import { runExchange } from '../../../engine/knowledge/exchange/run-exchange.ts';
import type { Cancel, Clock, Log } from '../../../engine/ports.ts';
import type {
  ExchangeAnswer,
  ExchangeOutcome,
  ExchangeQuestion,
  IndexExchangeOfHost,
  PeerExchange,
} from './exchange-contract.ts';
import type { ExchangeSettings } from './exchange-settings.ts';
import { createHttpPeer } from './http-peer.ts';
import { ownFormType, readOwnMessage } from './own-form.ts';
import { readJsonMessage } from './read-json.ts';
import { writeJsonMessage, writeOwnMessage } from './write-message.ts';

type Deps = {
  settings: ExchangeSettings;
  dataFolder: string;
  clock: Clock;
  log: Log;
  /** Something of `peers` is other than before. */
  changed(): void;
};

type Opened = { folder: IndexFolder; agreements: Agreements };

export function createIndexExchange(deps: Deps): IndexExchangeOfHost {
  const { settings } = deps;
  const stopping = new AbortController();
  const store = createStore(deps);
  const exchanges = settings.peers.map((address) =>
    createPeerJob(address, deps, store.open, stopping.signal),
  );
  /** One exchange at a time, so that two peers do not write the same files at once. */
  let last: Promise<unknown> = Promise.resolve();
  let cancel: Cancel = () => {};
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const runAll = async (which: (job: PeerJob) => boolean): Promise<void> => {
    for (const job of exchanges.filter(which)) if (!stopping.signal.aborted) await job.run();
  };
  return {
    token: settings.token,
    listen: settings.listen,
    answer: (question) => answer(store.open, question),
    peers: () => exchanges.map(({ state }) => state()),
    async syncNow() {
      await inTurn(() => runAll(() => true));
      return exchanges.map(({ state }) => state());
    },
    start() {
      cancel = startTimer(deps, () => inTurn(() => runAll((job) => job.isDue())));
    },
    async stop() {
      cancel();
      stopping.abort();
      await last;
      await store.close();
    },
  };
}

/** Each time a little later or earlier than the interval, so that clusters do not ask each other in one moment. */
function startTimer({ clock, settings, log }: Deps, run: () => Promise<void>): Cancel {
  let cancel: Cancel = () => {};
  let isOver = false;
  const wait = (delayMs: number): void => {
    if (!isOver)
      cancel = clock.after(delayMs, () => {
        void run()
          .catch((cause) => log.error('The exchange of index files failed; it is tried again.', { cause }))
          .then(() => wait(jittered(settings.intervalMs)));
      });
  };
  wait(randomInt(Math.min(limits.indexStartMs, settings.intervalMs)));
  return () => {
    isOver = true;
    cancel();
  };
}

const jittered = (ms: number): number => ms - randomInt(Math.ceil(ms / 10));

/** Opened when it is first needed, and again after it could not be: a disk may come later. */
function createStore({ settings, dataFolder, clock, log }: Deps) {
  let ledger: IndexLedger | undefined;
  let opening: Promise<Result<Opened>> | undefined;
  const openOnce = async (): Promise<Result<Opened>> => {
    try {
      ledger ??= openIndexLedger(openSql(join(dataFolder, 'knowledge-exchange.db')));
    } catch (cause) {
      if (cause instanceof ProblemError) return err(cause.problem);
      throw cause;
    }
    const folder = await openIndexFolder(settings.folder, { ledger, log, nowMs: clock.nowMs });
    return folder.ok ? ok({ folder: folder.value, agreements: ledger }) : folder;
  };
  return {
    async open(): Promise<Result<Opened>> {
      opening ??= openOnce();
      try {
        const opened = await opening;
        if (!opened.ok) opening = undefined;
        return opened;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async close(): Promise<void> {
      await opening;
      ledger?.close();
    },
  };
}

async function answer(
  open: () => Promise<Result<Opened>>,
  { body, contentType, accept }: ExchangeQuestion,
): Promise<Result<ExchangeAnswer>> {
  const opened = await open();
  if (!opened.ok) return opened;
  const { folder } = opened.value;
  const read = contentType.startsWith(ownFormType) ? readOwnMessage : readJsonMessage;
  const message = await answerMessage(folder, read(body));
  if (!message.ok) return message;
  const isOwnForm = accept.includes(ownFormType);
  const write = isOwnForm ? writeOwnMessage : writeJsonMessage;
  return ok({
    body: write(message.value, folder.read),
    contentType: isOwnForm ? ownFormType : 'application/json',
  });
}

type PeerJob = { state(): PeerExchange; isDue(): boolean; run(): Promise<void> };

function createPeerJob(
  address: string,
  { settings, clock, log, changed }: Deps,
  open: () => Promise<Result<Opened>>,
  signal: AbortSignal,
): PeerJob {
  let state: PeerExchange = {
    peer: address,
    lastRunMs: null,
    lastSuccessMs: null,
    outcome: null,
    problem: null,
    failures: 0,
  };
  let dueMs = 0;

  /** The ledger of what was agreed may not be to be written, on a full disk say. */
  async function tryExchange(): Promise<Result<ExchangeOutcome>> {
    try {
      const opened = await open();
      if (!opened.ok) return opened;
      return await runExchange(opened.value, createHttpPeer(address, { ...opened.value, settings, signal }));
    } catch (cause) {
      if (cause instanceof ProblemError) return err(cause.problem);
      throw cause;
    }
  }

  return {
    state: () => state,
    isDue: () => clock.monotonicMs() >= dueMs,
    async run() {
      const done = await tryExchange();
      if (signal.aborted) return;
      state = after(state, done, clock.nowMs());
      dueMs = clock.monotonicMs() + waitMs(state.failures, settings.intervalMs);
      if (!done.ok && state.failures === 1) log.warn(`${done.error.message} ${done.error.advice}`);
      if (done.ok) report(log, address, done.value);
      changed();
    },
  };
}

function after(before: PeerExchange, done: Result<ExchangeOutcome>, nowMs: number): PeerExchange {
  if (!done.ok) return { ...before, lastRunMs: nowMs, problem: done.error, failures: before.failures + 1 };
  const { peer } = before;
  const outcome = { ...done.value, refused: done.value.refused.slice(0, limits.indexRefusalsNamed) };
  return { peer, lastRunMs: nowMs, lastSuccessMs: nowMs, outcome, problem: null, failures: 0 };
}

/** Without failures whenever the timer comes; then twice as long each time, up to an hour or the interval. */
const waitMs = (failures: number, intervalMs: number): number =>
  failures <= 1
    ? 0
    : Math.min(Math.max(limits.indexRetryLongestMs, intervalMs), intervalMs * 2 ** (failures - 1)) -
      intervalMs / 2;

function report(log: Log, peer: string, { drift, refused }: ExchangeOutcome): void {
  for (const { path, reason } of refused.slice(0, limits.indexRefusalsNamed))
    log.warn(`An index file of ${peer} was not taken: ${reason}`, { path });
  if (refused.length > limits.indexRefusalsNamed)
    log.warn(`${refused.length - limits.indexRefusalsNamed} more index files of ${peer} were not taken.`);
  if (drift > limits.indexDrift)
    log.warn(
      `After the exchange ${(drift * 100).toFixed(1)} % of the index files still differ from ${peer}.`,
      {
        drift,
      },
    );
}
