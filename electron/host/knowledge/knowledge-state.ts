/** How the knowledge of one replica stands, out of its indexes. */

import { limits } from '../../../shared/limits.ts';
import {
  type IndexedNoteFacts,
  listIndexedNotes,
  readIndexFacts,
} from '../../engine/knowledge/index-facts.ts';
import type { Embedder, NoteChoice } from '../../engine/knowledge/knowledge-ports.ts';
import type { StuckNote } from '../../engine/knowledge/note-queue.ts';
import type { Clock } from '../../engine/ports.ts';
import { keptNotes, readEmbedding, tokensLeft } from './embedding-state.ts';
import type { Generation, Generations } from './generations.ts';
import type { KnowledgePlaces, KnowledgeState, StoreState } from './knowledge-contract.ts';
import { addressOf, type StorePlan } from './store/open-store.ts';

/** Unix milliseconds at which something that failed is tried again, null when nothing is due. */
export function nextTryMs(generations: Generations): number | null {
  const indexes = [generations.serving(), generations.building()];
  // Where not even the news could be heard, on a full disk say, nothing is due yet.
  const notes = indexes.flatMap((it) => it?.queue.nextMs() ?? (it?.indexer.problem() === undefined ? [] : 0));
  const times = [...notes, generations.feed()?.standing().nextTryMs ?? []].flat();
  return times.length === 0 ? null : Math.min(...times);
}

type StateDeps = {
  clock: Clock;
  embedder: Embedder;
  embeds: NoteChoice;
  plan: KnowledgePlaces['plan'];
  store: StoreState;
};

export function readState(generations: Generations, deps: StateDeps): KnowledgeState {
  const { clock, embedder, embeds, plan, store } = deps;
  const serving = generations.serving();
  const building = generations.building();
  const behind = serving.queue.behind();
  const problem = serving.indexer.problem() ?? building?.indexer.problem() ?? null;
  const isRebuilding = building !== undefined && building !== serving;
  return {
    state: isRebuilding ? 'rebuilding' : behind > 0 || building !== undefined ? 'indexing' : 'current',
    problem,
    model: embedder.model,
    ...readIndexFacts(serving.sql),
    bytes: generations.bytes(),
    behind,
    nextTryMs: nextTryMs(generations),
    rebuild: building === undefined ? null : progressOf(building, serving, { clock, plan, problem }),
    byMeaning: serving.canAsk,
    embedding: readEmbedding(plan, { serving, building, embeds }),
    stuck: stuckIn(generations),
    store,
  };
}

/** Until the index of a new model serves, its store waits to be filled. */
export function readStore(
  generations: Generations,
  { choice, env, place }: StorePlan & { env: NodeJS.ProcessEnv; place: string | null },
): StoreState {
  const rest = { kind: choice.kind, url: addressOf(choice, env), place };
  const standing = generations.feed()?.standing();
  if (standing !== undefined) return { ...standing, ...rest };
  const state = choice.kind === 'embedded' ? 'ready' : 'filling';
  const nothing = {
    waiting: 0,
    passages: 0,
    kept: 0,
    held: null,
    answeredMs: null,
    problem: null,
    nextTryMs: null,
  };
  return { state, ...nothing, ...rest };
}

/** In either index; a note that is stuck in both is named once. */
function stuckIn(generations: Generations): StuckNote[] {
  const stuck = [generations.building(), generations.serving()].flatMap((it) => it?.queue.stuck() ?? []);
  return [...new Map(stuck.map((it) => [it.note, it])).values()];
}

/** As the index that serves has them, but for those that the new one cannot take in, or of which it has the words only. */
export function listNotes(
  generations: Generations,
  { embeds, plan }: Pick<StateDeps, 'embeds' | 'plan'>,
): IndexedNoteFacts[] {
  const stuckByNote = new Map(stuckIn(generations).map((it) => [it.note, it]));
  const listed = listIndexedNotes(generations.serving().sql, limits.stuckFailures).map((it) => {
    const stuck = stuckByNote.get(it.note);
    return stuck === undefined ? it : { ...it, state: 'stuck' as const, reason: stuck.problem.message };
  });
  return keptNotes(listed, embeds, plan);
}

/** What is left takes as long as what is done did; nobody knows how long while it does not get on. */
function progressOf(
  building: Generation,
  serving: Generation,
  { clock, plan, problem }: Pick<StateDeps, 'clock' | 'plan'> & Pick<KnowledgeState, 'problem'>,
): NonNullable<KnowledgeState['rebuild']> {
  const left = building.queue.behind() - building.queue.stuck().length;
  const done = building.queue.done();
  const passedMs = clock.nowMs() - building.begunMs();
  return {
    done,
    total: done + left,
    leftMs: done === 0 || problem !== null ? null : Math.round((passedMs / done) * left),
    use: building.use(),
    leftTokens: tokensLeft(plan, { building, serving, done, left }),
  };
}
