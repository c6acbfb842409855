/** What the knowledge of one workspace offers to its hosts. */

import type { StoreKind } from '../../../shared/domain/knowledge/store-choice.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { IndexedNoteFacts } from '../../engine/knowledge/index-facts.ts';
import type { StuckNote } from '../../engine/knowledge/note-queue.ts';
import type { FoundPassage, SearchMode, SearchRequest } from '../../engine/knowledge/search.ts';
import type { StoreStanding } from '../../engine/knowledge/store-feed.ts';
import type { StorePlan } from './store/open-store.ts';

export type { FoundPassage, SearchMode, SearchRequest };

/** Where the vectors are searched, and how that stands; the embedded one always is as it should be. */
export type StoreState = StoreStanding & { kind: StoreKind; url: string | null; place: string | null };

export type Found = { passages: FoundPassage[]; behind: number; problem: Problem | undefined };

export type KnowledgeState = {
  state: 'current' | 'indexing' | 'rebuilding';
  model: string;
  notes: number;
  passages: number;
  bytes: number;
  behind: number;
  /** Unix milliseconds at which something that failed is tried again, null when nothing is due. */
  nextTryMs: number | null;
  lastIndexedMs: number | null;
  rebuild: { done: number; total: number; leftMs: number | null } | null;
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
  /** Resolves when nothing is due any more. */
  catchUp(): Promise<Result<void>>;
  /** Resolves when the store has everything, or failed. */
  feed(): Promise<Result<void>>;
  /** Asks the store now. */
  checkStore(): Promise<Result<StoreState>>;
};

export type KnowledgeCall = keyof Knowledge;

/** What a thread is started with. */
export type KnowledgePlaces = { logFile: string; folder: string; store: StorePlan };

/** `settings` say which files are tracked; undefined means all that the log knows. */
export type ToThread = { id: number; call: KnowledgeCall; input: unknown; settings: Settings | undefined };
export type FromThread =
  | { id: number; answer: Result<unknown> }
  | { event: 'changed' }
  | { event: 'log'; level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> };
