/** Search, and how the knowledge index stands. */
import type {
  EmbeddingUseJson,
  FoundJson,
  FoundPassageJson,
  IndexExchangeJson,
  KnowledgeJson,
  StoreJson,
} from '../../../shared/contracts/knowledge-api.ts';
import { costOf } from '../../../shared/domain/knowledge/embedder-choice.ts';
import {
  otherStoreMachine,
  type StoreChoice,
  storeHostOf,
} from '../../../shared/domain/knowledge/store-choice.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Host } from '../../host/host-contract.ts';
import type { PeerExchange } from '../../host/knowledge/exchange/exchange-contract.ts';
import type {
  EmbeddingState,
  Found,
  FoundPassage,
  Knowledge,
  KnowledgeState,
  StoreState,
} from '../../host/knowledge/knowledge-contract.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';

export const search: Handler<'search'> = ({ host }, { workspace, q, mode, limit, ...filter }) =>
  within(host, workspace, async (knowledge) =>
    toFoundJson(
      await knowledge.search({
        text: q,
        mode: mode ?? 'hybrid',
        atMost: limit ?? limits.foundPassages,
        path: filter.path,
        agent: filter.agent,
        fileClass: filter.file_class,
        sinceMs: filter.since_ms,
      }),
    ),
  );

export const findSimilar: Handler<'findSimilar'> = ({ host }, { workspace, path, line, limit }) =>
  within(host, workspace, async (knowledge) =>
    toFoundJson(await knowledge.similar({ note: path, line, atMost: limit ?? limits.foundPassages })),
  );

/** An index that cannot be opened is an answer, too: everything else works. */
export const getKnowledge: Handler<'getKnowledge'> = ({ host }, { workspace }) =>
  within(host, workspace, async (knowledge, id) => {
    const state = await knowledge.state();
    return ok({
      ...(state.ok ? toKnowledgeJson(state.value, host.knowledges.given(id)) : unavailable(state.error)),
      ...exchangeOf(host),
    });
  });

export const listIndexedNotes: Handler<'listIndexedNotes'> = ({ host }, { workspace }) =>
  within(host, workspace, async (knowledge) => {
    const listed = await knowledge.notes();
    if (!listed.ok) return listed;
    const notes = listed.value.map(({ note, indexedMs, ...rest }) => ({
      path: note,
      ...rest,
      indexed_ms: indexedMs,
    }));
    return ok({ notes });
  });

export const retryNotes: Handler<'retryNotes'> = ({ host }, { workspace, path }) =>
  within(host, workspace, async (knowledge) => {
    const retried = await knowledge.retry(path);
    return retried.ok ? ok({ retried: retried.value }) : retried;
  });

export const rebuildKnowledge: Handler<'rebuildKnowledge'> = ({ host }, { workspace }) =>
  within(host, workspace, async (knowledge, id) => {
    const begun = await knowledge.rebuild();
    if (!begun.ok) return begun;
    return ok({ ...toKnowledgeJson(begun.value, host.knowledges.given(id)), ...exchangeOf(host) });
  });

export const checkKnowledgeStore: Handler<'checkKnowledgeStore'> = ({ host }, { workspace }) =>
  checkStore(host, workspace);

const checkStore = (host: Host, workspace: string | undefined): Promise<Result<StoreJson>> =>
  within(host, workspace, async (knowledge) => {
    const state = await knowledge.checkStore();
    return state.ok ? ok(toStoreJson(state.value)) : state;
  });

/** It counts also where it does not answer yet: until it does, this device is searched. */
export const chooseKnowledgeStore: Handler<'chooseKnowledgeStore'> = async (
  { host },
  { workspace, kind, url = null, only, agreed },
) => {
  const { choice, choose } = host.knowledges.stores;
  const before = choice().kind === kind ? onlyOf(choice()) : [];
  const wish = kind === 'embedded' ? { kind } : { kind, url, only: only ?? before };
  const chosen = await choose(wish, agreed);
  if (!chosen.ok) return chosen;
  return workspace === undefined && !chooseEngine(host, undefined).ok
    ? ok(unasked(host.knowledges.stores))
    : checkStore(host, workspace);
};

const onlyOf = (choice: StoreChoice): string[] => (choice.kind === 'embedded' ? [] : choice.only);

/** Of a store that no index uses now, since no workspace is open. */
const unasked = ({ choice, address }: Host['knowledges']['stores']): StoreJson => ({
  kind: choice().kind,
  url: address(choice()),
  place: null,
  state: choice().kind === 'embedded' ? 'ready' : 'filling',
  waiting: 0,
  passages: 0,
  kept: 0,
  held: null,
  answered_ms: null,
  problem: null,
  next_try_ms: null,
});

export const getStoreChoice: Handler<'getStoreChoice'> = ({ host: { knowledges } }) => {
  const { choice, address, device } = knowledges.stores;
  const { kind, ...chosen } = choice();
  const url = address(choice());
  return ok({
    kind,
    url: 'url' in chosen ? chosen.url : null,
    host: (url && storeHostOf(url)) ?? null,
    local: otherStoreMachine(url) === undefined,
    only: onlyOf(choice()),
    from_environment: address({ kind: 'pgvector', url: null }),
    device: device() || null,
  });
};

export const tryKnowledgeStore: Handler<'tryKnowledgeStore'> = async ({ host }, { kind, url: said }) => {
  const { check, address } = host.knowledges.stores;
  const wish = { kind, url: said ?? null };
  const found = await check(wish);
  if (!found.ok) return found;
  const url = address(wish) ?? '';
  return ok({ url, host: storeHostOf(url) ?? url, local: otherStoreMachine(url) === undefined });
};

export const syncKnowledge: Handler<'syncKnowledge'> = async ({ host }) => {
  if (host.indexExchange === undefined) return err(exchangeIsOff);
  return ok(toExchangeJson(await host.indexExchange.syncNow()));
};

const exchangeIsOff = problem(
  'not-found',
  'ENABLE_GLOBAL_KNOWLEDGE_SYNC',
  'The exchange of index files with other clusters is off.',
  'Start Skein with ENABLE_GLOBAL_KNOWLEDGE_SYNC=true, and GLOBAL_KNOWLEDGE_SYNC_PEERS for whom to ask.',
);

const exchangeOf = ({ indexExchange: it }: Host) => ({
  exchange: it === undefined ? null : toExchangeJson(it.peers()),
});

const toExchangeJson = (peers: readonly PeerExchange[]): IndexExchangeJson => ({
  peers: peers.map(({ peer, lastRunMs, lastSuccessMs, outcome, problem, failures }) => ({
    peer,
    last_run_ms: lastRunMs,
    last_success_ms: lastSuccessMs,
    taken: outcome?.taken ?? 0,
    given: outcome?.given ?? 0,
    removed_here: outcome?.removedHere ?? 0,
    removed_there: outcome?.removedThere ?? 0,
    refused: outcome?.refused ?? [],
    drift: outcome?.drift ?? null,
    drift_limit: limits.indexDrift,
    problem,
    failures,
  })),
});

async function within<Value>(
  host: Host,
  workspace: string | undefined,
  work: (knowledge: Knowledge, id: string) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const knowledge = host.knowledges.of(engine.value.id);
  return knowledge.ok ? work(knowledge.value, engine.value.id) : knowledge;
}

function toFoundJson(found: Result<Found>): Result<FoundJson> {
  if (!found.ok) return found;
  const { passages, behind, problem = null } = found.value;
  return ok({ passages: passages.map(toPassageJson), behind, problem });
}

const toPassageJson = ({ note, lastLine, facts, id: _, ...passage }: FoundPassage): FoundPassageJson => ({
  path: note,
  last_line: lastLine,
  file_class: facts?.fileClass ?? null,
  agent: facts?.agent ?? null,
  changed_ms: facts?.changedMs ?? null,
  headings: [...passage.headings],
  text: passage.text,
  line: passage.line,
  marks: passage.marks,
  why: passage.why,
  score: passage.score,
});

/** `given` are embeddings that peers were given of it. */
const toKnowledgeJson = (
  { lastIndexedMs, rebuild, stuck, byMeaning, embedding, nextTryMs: _, store, ...state }: KnowledgeState,
  given: number,
): Omit<KnowledgeJson, 'exchange'> => ({
  ...state,
  last_indexed_ms: lastIndexedMs,
  store: toStoreJson(store),
  rebuild: rebuild && toRebuildJson(rebuild, embedding),
  by_meaning: byMeaning,
  embedding: embedding && {
    host: embedding.host,
    local: embedding.isLocal,
    kept: embedding.kept,
    use: toUseJson(embedding.use, embedding.price),
    shared: { ...embedding.shared, given },
  },
  stuck: stuck.map(({ note, problem, failures, sinceMs, nextMs }) => ({
    path: note,
    problem,
    failures,
    since_ms: sinceMs,
    next_ms: nextMs,
  })),
});

function toRebuildJson(
  { done, total, leftMs, use, leftTokens }: NonNullable<KnowledgeState['rebuild']>,
  embedding: KnowledgeState['embedding'],
): KnowledgeJson['rebuild'] {
  const left =
    embedding === null || leftTokens === null
      ? null
      : { tokens: leftTokens, cost: costBy(embedding.price, leftTokens) };
  return {
    done,
    total,
    left_ms: leftMs,
    use: embedding && toUseJson(use, embedding.price),
    left_use: left,
  };
}

const toUseJson = (
  { isEstimated, ...use }: EmbeddingState['use'],
  price: number | null,
): EmbeddingUseJson => ({ ...use, estimated: isEstimated, cost: costBy(price, use.tokens) });

const costBy = (price: number | null, tokens: number): number | null =>
  price === null ? null : costOf(tokens, price);

const toStoreJson = ({ answeredMs, nextTryMs, ...state }: StoreState): StoreJson => ({
  ...state,
  answered_ms: answeredMs,
  next_try_ms: nextTryMs,
});

const unavailable = (problem: Problem): Omit<KnowledgeJson, 'exchange'> => ({
  state: 'unavailable',
  problem,
  model: '',
  notes: 0,
  passages: 0,
  bytes: 0,
  behind: 0,
  last_indexed_ms: null,
  rebuild: null,
  by_meaning: false,
  embedding: null,
  stuck: [],
  store: null,
});
