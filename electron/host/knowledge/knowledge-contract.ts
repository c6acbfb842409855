/** What the knowledge of one workspace offers to its hosts. */

import type { StoreKind } from '../../../shared/domain/knowledge/store-choice.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { IndexedNoteFacts } from '../../engine/knowledge/index-facts.ts';
import type { KeptEmbedding } from '../../engine/knowledge/kept-embeddings.ts';
import type {
  EmbeddingQuestion,
  SharedAnswer,
  SharedEmbeddings,
} from '../../engine/knowledge/knowledge-ports.ts';
import type { StuckNote } from '../../engine/knowledge/note-queue.ts';
import type { FoundPassage, SearchMode, SearchRequest } from '../../engine/knowledge/search.ts';
import type { SharedTotal } from '../../engine/knowledge/shared-count.ts';
import type { StoreStanding } from '../../engine/knowledge/store-feed.ts';
import type { TotalUse } from '../../engine/knowledge/use-count.ts';
import type { EmbedderPlan } from './open-embedder.ts';
import type { StorePlan } from './store/open-store.ts';

export type { FoundPassage, SearchMode, SearchRequest };

/** Where the vectors are searched, and how that stands; the embedded one always is as it should be. */
export type StoreState = StoreStanding & { kind: StoreKind; url: string | null; place: string | null };

export type Found = { passages: FoundPassage[]; behind: number; problem: Problem | undefined };

/** What making vectors takes, where a server makes them. */
export type EmbeddingState = {
  host: string;
  isLocal: boolean;
  /** Notes whose text is not sent there. */
  kept: number;
  use: TotalUse;
  /** What other devices gave, so that the server was not asked. */
  shared: SharedTotal;
  /** Of a million tokens; null when the user set none. */
  price: number | null;
};

export type KnowledgeState = {
  state: 'current' | 'indexing' | 'rebuilding';
  /** What keeps the index from being brought up: a full disk, say. What one note alone fails at is in `stuck`. */
  problem: Problem | null;
  model: string;
  notes: number;
  passages: number;
  bytes: number;
  behind: number;
  /** Unix milliseconds at which something that failed is tried again, null when nothing is due. */
  nextTryMs: number | null;
  lastIndexedMs: number | null;
  rebuild: {
    done: number;
    total: number;
    leftMs: number | null;
    /** What it took so far, and tokens that the rest will take by that; null while nobody can tell. */
    use: TotalUse;
    leftTokens: number | null;
  } | null;
  /** Whether what serves now is searched by meaning, too. */
  byMeaning: boolean;
  /** Null with the built-in embedder. */
  embedding: EmbeddingState | null;
  stuck: StuckNote[];
  store: StoreState;
};

/** Answers come from a thread of their own, which is started when it is needed. */
export type Knowledge = {
  search(request: SearchRequest): Promise<Result<Found>>;
  similar(place: { note: string; line: number; atMost: number }): Promise<Result<Found>>;
  state(): Promise<Result<KnowledgeState>>;
  notes(): Promise<Result<IndexedNoteFacts[]>>;
  /** One note, or all that failed. Returns how many. */
  retry(note: string | undefined): Promise<Result<number>>;
  rebuild(): Promise<Result<KnowledgeState>>;
  /** Resolves when nothing is due any more; `catchUpServing`: in the index that serves. */
  catchUp(): Promise<Result<void>>;
  catchUpServing(): Promise<Result<void>>;
  /** Resolves when the store has everything, or failed. */
  feed(): Promise<Result<void>>;
  /** Asks the store now. */
  checkStore(): Promise<Result<StoreState>>;
  /** What an index of exactly that model has of these vectors, with the notes in which their texts stand. */
  embeddings(question: EmbeddingQuestion): Promise<Result<KeptEmbedding[]>>;
};

export type KnowledgeCall = keyof Knowledge;

/** What an index is made with: who makes its vectors, and where they are searched. */
export type KnowledgePlans = { plan: EmbedderPlan; store: StorePlan };

/** What a thread is started with. */
export type KnowledgePlaces = KnowledgePlans & { logFile: string; folder: string };

/** `settings` say which files are tracked; undefined means all that the log knows. */
export type CallToThread = {
  id: number;
  call: KnowledgeCall;
  input: unknown;
  settings: Settings | undefined;
};
export type ToThread =
  | CallToThread
  /** Whether indexing gives way to others now. */
  | { held: boolean }
  /** What a question of the thread was answered. */
  | { asked: number; answer: SharedAnswer | undefined };
export type SharedQuestion = Parameters<SharedEmbeddings['ask']>[0];
export type FromThread =
  | { id: number; answer: Result<unknown> }
  /** A question to other devices, which only the main thread reaches. */
  | { event: 'ask'; asking: number; question: SharedQuestion }
  | { event: 'distrust'; device: Parameters<SharedEmbeddings['distrust']>[0] }
  | { event: 'changed' }
  /** It found an index that is not complete, and makes it when it is told to catch up. */
  | { event: 'unfinished' }
  | { event: 'log'; level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> };
