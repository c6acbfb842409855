/** The knowledge of each workspace that is open: kept up as changes come, and asked when somebody searches. */
import { join } from 'node:path';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import type { EmbeddingQuestion, PackedEmbedding } from '../../engine/knowledge/knowledge-ports.ts';
import type { Clock, Log } from '../../engine/ports.ts';
import type { SettingsStore } from '../host-settings.ts';
import { databaseFile, replicaFolder } from '../workspace-id.ts';
import { createDueIndexes } from './due-indexes.ts';
import { createGivingWay } from './give-way.ts';
import type { Knowledge, KnowledgePlans, KnowledgeState } from './knowledge-contract.ts';
import { createKnowledgeThread, type KnowledgeThread } from './knowledge-thread.ts';
import { type EmbedderPlan, modelOfPlan } from './open-embedder.ts';
import { createSharedEmbeddings, type FindGivers, within } from './shared-embeddings.ts';
import { createStoreSettings, type StoreSettings } from './store/store-settings.ts';
import { createUpToDate } from './up-to-date.ts';

export type Knowledges = {
  /** Fails with no-workspace when it is not open. */
  of(id: string): Result<Knowledge>;
  /** How the index stood when it was last brought up; asks nobody, so it costs nothing to ask often. */
  lastKnown(id: string): KnowledgeState | undefined;
  /** Embeddings that peers were given of this one since Skein started. */
  given(id: string): number;
  /** Where the vectors of all workspaces are searched, as the user chose. */
  readonly stores: Omit<StoreSettings, 'plan'>;
};

export type KnowledgesOfHost = Knowledges & {
  /** Call when workspaces were opened or closed. */
  reconcile(): void;
  /** There may be changes in this one. */
  wake(id: string): void;
  /** Something is being exchanged: indexing waits for the end of it. */
  giveWay(): void;
  /** The embedder, its key, or what it and the store may have may be others now. */
  replan(): void;
  /**
   * What the index of this one has for a peer: only of the model that is chosen here, and only of notes that the peer may
   * see when they are given. Nothing when that takes too long.
   */
  give(id: string, question: EmbeddingQuestion, mayRead: () => MayRead): Promise<PackedEmbedding[]>;
  stop(): Promise<void>;
};

export type MayRead = (note: string) => boolean;

/** When a workspace is to be indexed, and since when it waits for that. */

type Deps = {
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
  workspaces(): readonly { id: string; name: string; engine: Pick<Engine, 'settings'> | undefined }[];
  settings: SettingsStore;
  /** The embedder of a workspace, and whose text it may have. */
  plan(id: string): EmbedderPlan;
  /** Devices that may have the same notes. */
  givers: FindGivers;
  /** Lists of patterns of which each must select a note of a workspace before a store on another machine gets it. */
  only(id: string): KnowledgePlans['store']['only'];
  /** Something of an index; null: of what all of them are made with. */
  changed(id: string | null): void;
  /** An index gave its thread and memory back. */
  rested(): void;
  /** False: an index is brought up only when somebody asks it something. */
  isActive: boolean;
};

export function createKnowledges(deps: Deps): KnowledgesOfHost {
  const stores = createStoreSettings(deps.settings, deps.env);
  const threadById = new Map<string, KnowledgeThread>();
  const closingById = new Map<string, Promise<void>>();
  /** The plans that each open workspace was last brought up with, as text. */
  const plansById = new Map<string, string>();
  const lastKnownById = new Map<string, KnowledgeState>();
  const due = createDueIndexes(deps.clock, beginUnlessHeld);
  /** Why an index was not brought up, as the log has it. */
  const toldById = new Map<string, string>();
  /** Indexes of several workspaces are brought up one after another at the start. */
  let last: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  const shared = createSharedEmbeddings(deps);
  const upToDate = createUpToDate(deps.clock);
  const givenById = new Map<string, number>();
  const givingWay = createGivingWay(deps.clock, (isHeld) => {
    for (const thread of threadById.values()) thread.hold(isHeld);
  });

  const isOpen = (id: string): boolean =>
    deps.workspaces().some((it) => it.id === id && it.engine !== undefined);

  const nameOf = (id: string): string => deps.workspaces().find((it) => it.id === id)?.name ?? '';
  const plansOf = (id: string): KnowledgePlans => ({
    plan: deps.plan(id),
    store: stores.plan({ id, name: nameOf(id) }, () => deps.only(id)),
  });

  function threadOf(id: string): KnowledgeThread {
    const known = threadById.get(id);
    if (known !== undefined) return known;
    const { dataFolder, clock, log, env } = deps;
    const thread = createKnowledgeThread({
      env,
      clock,
      log,
      logFile: databaseFile(dataFolder, id),
      folder: join(replicaFolder(dataFolder, id), 'knowledge'),
      plans: () => plansOf(id),
      shared: shared.of(id),
      settings: () =>
        deps
          .workspaces()
          .find((it) => it.id === id)
          ?.engine?.settings().settings,
      after: closingById.get(id) ?? Promise.resolve(),
      changed: () => deps.changed(id),
      unfinished: () => finish(id),
      rested: deps.rested,
    });
    threadById.set(id, thread);
    return thread;
  }

  function close(id: string, thread: KnowledgeThread): void {
    threadById.delete(id);
    const closing = thread.stop().then(() => {
      if (closingById.get(id) === closing) closingById.delete(id);
    });
    closingById.set(id, closing);
  }

  /** Resolves when what serves is up; another index may be made for a long time after that. */
  async function bringUp(id: string): Promise<void> {
    if (!isOpen(id)) return;
    const thread = threadOf(id);
    const done = await thread.catchUpServing();
    await note(id, thread, done);
    if (done.ok)
      void thread.catchUp().then((all) => {
        if (all.ok) toldById.delete(id);
        return note(id, thread, all);
      });
  }

  async function note(id: string, thread: KnowledgeThread, done: Result<void>): Promise<void> {
    const state = done.ok ? await thread.state() : done;
    if (state.ok && isOpen(id)) {
      noteState(id, state.value);
      if (state.value.store.kind !== 'embedded') void feed(id, thread);
    }
    if (!done.ok && done.error.code !== 'stopping') tell(id, `${done.error.message} ${done.error.advice}`);
  }

  /** Once, however often it is tried. */
  function tell(id: string, why: string): void {
    if (toldById.get(id) !== why) deps.log.warn(why);
    toldById.set(id, why);
  }

  /** Beside what comes next: a store may take its time. */
  async function feed(id: string, thread: KnowledgeThread): Promise<void> {
    const fed = await thread.feed();
    const state = fed.ok ? await thread.state() : fed;
    if (state.ok && threadById.get(id) === thread) noteState(id, state.value);
    deps.changed(id);
  }

  /** The thread may be given back before something that failed is to be tried again. */
  function noteState(id: string, state: KnowledgeState): void {
    lastKnownById.set(id, state);
    if (state.nextTryMs === null || due.isPlanned(id)) return;
    wakeIn(id, Math.max(limits.knowledgeAgainMs, state.nextTryMs - deps.clock.nowMs()));
  }

  function wakeIn(id: string, delayMs: number, plan = due.plan): void {
    if (deps.isActive && !isStopped) plan(id, delayMs);
  }

  /** A burst is indexed once it is over, so that it has the processor for itself, or after some time of it. */
  function wake(id: string): void {
    givingWay.others();
    const quietMs = givingWay.quietMs(due.waitedMs(id), threadById.get(id)?.isRunning() === true);
    // What is planned already may be the next try of what failed, minutes away.
    wakeIn(id, quietMs || limits.knowledgeWakeMs, quietMs > 0 ? due.plan : due.planWithin);
  }

  /** A thread that runs already is told that it is held; one that does not would start all the same. */
  function beginUnlessHeld(id: string): void {
    const isStarting = threadById.get(id)?.isRunning() !== true;
    const isLate = givingWay.quietMs(due.waitedMs(id), false) === 0;
    if (isStarting && givingWay.isHeld() && !isLate) wakeIn(id, limits.knowledgeWakeMs);
    else begin(id);
  }

  function begin(id: string): void {
    due.forget(id);
    last = threadById.has(id) ? bringUp(id) : last.then(() => turnOf(id));
  }

  /** A server may take hours for a first index: the next one does not wait for that. */
  function turnOf(id: string): Promise<void> {
    return new Promise((resolve) => {
      const cancel = deps.clock.after(limits.knowledgeTurnMs, resolve);
      void bringUp(id).finally(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Nobody was going to bring it up: the thread was started by a question, and found its index gone say. */
  function finish(id: string): void {
    if (!deps.isActive || isStopped) return;
    begin(id);
  }

  /** Whoever asks waits for nothing that was put off. */
  function hurry(id: string): void {
    givingWay.asked();
    if (due.isPlanned(id)) begin(id);
  }

  /** Threads know only what they were started with. */
  function replan(): void {
    for (const [id, before] of plansById) {
      const plans = JSON.stringify(plansOf(id));
      if (plans === before) continue;
      plansById.set(id, plans);
      void threadById.get(id)?.restart();
      wakeIn(id, limits.knowledgeWakeMs);
    }
  }

  function forget(id: string): void {
    plansById.delete(id);
    due.forget(id);
    lastKnownById.delete(id);
    toldById.delete(id);
    const thread = threadById.get(id);
    if (thread !== undefined) close(id, thread);
  }

  return {
    of(id) {
      if (!isOpen(id)) return err(notOpen(id));
      hurry(id);
      return ok(deps.isActive ? threadOf(id) : upToDate(threadOf(id)));
    },
    lastKnown: (id) => lastKnownById.get(id),
    given: (id) => givenById.get(id) ?? 0,
    async give(id, question, mayRead) {
      if (!isOpen(id) || modelOfPlan(deps.plan(id)) !== question.model) return [];
      const found = await within(deps.clock, limits.sharedGiveMs, threadOf(id).embeddings(question));
      if (found?.ok !== true) return [];
      // To find them took a while, and the rights may be others by now.
      const isReadable = mayRead();
      const given = found.value.filter(({ notes }) => notes.some(isReadable));
      givenById.set(id, (givenById.get(id) ?? 0) + given.length);
      return given.map(({ hash, vector }) => ({ hash, vector }));
    },
    stores: {
      ...stores,
      async choose(choice, agreed) {
        const chosen = await stores.choose(choice, agreed);
        if (chosen.ok) replan();
        if (chosen.ok) deps.changed(null);
        return chosen;
      },
    },
    reconcile() {
      for (const { id } of deps.workspaces()) {
        if (!isOpen(id) || plansById.has(id)) continue;
        plansById.set(id, JSON.stringify(plansOf(id)));
        wakeIn(id, limits.knowledgeOpenMs);
      }
      for (const id of plansById.keys()) if (!isOpen(id)) forget(id);
    },
    wake,
    giveWay: givingWay.exchange,
    replan,
    async stop() {
      isStopped = true;
      givingWay.stop();
      for (const id of [...plansById.keys(), ...threadById.keys()]) forget(id);
      await Promise.all(closingById.values());
    },
  };
}

const notOpen = (id: string) =>
  problem(
    'no-workspace',
    id,
    'This workspace is not open, so its notes cannot be searched.',
    'Open it first; GET /api/workspaces says which ones are open.',
  );
