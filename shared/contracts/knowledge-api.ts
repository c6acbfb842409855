/** The part of the endpoint table that is about the knowledge index: search, and how the index stands. */
import { z } from 'zod';
import { fileClasses } from '../domain/change.ts';
import { serverStoreKinds, storeKinds } from '../domain/knowledge/store-choice.ts';
import { limits } from '../limits.ts';
import { problemShape } from './shapes.ts';
import { chosenStoreShape } from './store-choice-shape.ts';

const workspace = z.string().max(64).optional();
const path = z.string().min(1).max(limits.ownPathCharacters);
const whole = z.coerce.number().int();
const atMost = whole.min(1).max(limits.foundPassagesMost).optional();

export const searchModes = ['hybrid', 'words', 'meaning'] as const;

export const foundPassageShape = z.object({
  path: z.string(),
  file_class: z.enum(fileClasses).nullable(),
  /** The headings above it, outermost first. */
  headings: z.array(z.string()),
  text: z.string(),
  /** Where it stands in the file, from 1. */
  line: z.number(),
  last_line: z.number(),
  /** UTF-16 offsets in `text` of the words that matched. */
  marks: z.array(z.tuple([z.number(), z.number()])),
  /** Its place by words and by meaning, from 1, null where it is in that list not; and the cosine of the vectors. */
  why: z.object({
    words: z.number().nullable(),
    meaning: z.number().nullable(),
    cosine: z.number().nullable(),
  }),
  /** Only compares passages of one answer. */
  score: z.number(),
  /** Who made the file's last change, and Unix milliseconds of it; null when the file is gone meanwhile. */
  agent: z.string().nullable(),
  changed_ms: z.number().nullable(),
});
export type FoundPassageJson = z.infer<typeof foundPassageShape>;

const foundShape = z.object({
  passages: z.array(foundPassageShape),
  /** Notes that changed and are not indexed yet: the answer may lack them. */
  behind: z.number(),
  /** Why not all was searched that should be, and what was searched instead. */
  problem: problemShape.nullable(),
});
export type FoundJson = z.infer<typeof foundShape>;

const stuckNoteShape = z.object({
  path: z.string(),
  problem: problemShape,
  failures: z.number(),
  since_ms: z.number(),
  /** Unix milliseconds of the next try. */
  next_ms: z.number(),
});

const indexPeerShape = z.object({
  /** Its base address. */
  peer: z.string(),
  /** Unix milliseconds of the last exchange, and of the last one that ended well; null before. */
  last_run_ms: z.number().nullable(),
  last_success_ms: z.number().nullable(),
  /** Files, in the last exchange that ended well. */
  taken: z.number(),
  given: z.number(),
  removed_here: z.number(),
  removed_there: z.number(),
  refused: z.array(z.object({ path: z.string(), reason: z.string() })),
  /** The part of the files that still differed after it, from 0 to 1; null before the first. */
  drift: z.number().nullable(),
  /** More than that is warned of. */
  drift_limit: z.number(),
  /** Why the last exchange failed. */
  problem: problemShape.nullable(),
  /** Failed exchanges in a row. */
  failures: z.number(),
});
export type IndexPeerJson = z.infer<typeof indexPeerShape>;

export const indexExchangeShape = z.object({ peers: z.array(indexPeerShape) });
export type IndexExchangeJson = z.infer<typeof indexExchangeShape>;

export const storeShape = z.object({
  kind: z.enum(storeKinds),
  /** Of its server, without a login; null of the embedded one, and where none is set. */
  url: z.string().nullable(),
  /** Where it is found there. */
  place: z.string().nullable(),
  /** `behind`: it lacks passages; `filling`: so many that this device is searched; `failing`: that, because it does not answer. */
  state: z.enum(['ready', 'behind', 'filling', 'failing']),
  /** Passages that it is still to be given, or to let go of. */
  waiting: z.number(),
  /** Passages that it is to hold in the end. */
  passages: z.number(),
  /** Notes that are kept from it, because it is another machine; they are searched on this device. */
  kept: z.number(),
  /** Passages that it held when it was last asked. */
  held: z.number().nullable(),
  /** Unix milliseconds of its last good answer. */
  answered_ms: z.number().nullable(),
  problem: problemShape.nullable(),
  /** Unix milliseconds at which it is tried again. */
  next_try_ms: z.number().nullable(),
});
export type StoreJson = z.infer<typeof storeShape>;

/** What a server was asked. */
const embeddingUseShape = z.object({
  requests: z.number(),
  failures: z.number(),
  tokens: z.number(),
  /** Some of the tokens were not counted by the server but worked out from bytes. */
  estimated: z.boolean(),
  /** US dollars by the price that the user set; null without one. */
  cost: z.number().nullable(),
});
export type EmbeddingUseJson = z.infer<typeof embeddingUseShape>;

/** Embeddings that went between this device and its peers, so that nobody had to make them twice. */
const sharedEmbeddingsShape = z.object({
  /** Since the index was begun: taken as they came, made again here and found to be true, and not believed. */
  taken: z.number(),
  checked: z.number(),
  refused: z.number(),
  /** Of those that were taken, by the name of the device. */
  from: z.array(z.object({ name: z.string(), taken: z.number() })),
  /** To peers, since Skein started. */
  given: z.number(),
});
export type SharedEmbeddingsJson = z.infer<typeof sharedEmbeddingsShape>;

export const knowledgeShape = z.object({
  /** `indexing`: notes are behind; `rebuilding`: another index is made beside the one that serves. */
  state: z.enum(['current', 'indexing', 'rebuilding', 'unavailable']),
  /** Why there is no index; of one that is there: what keeps it from being brought up, a full disk say. */
  problem: problemShape.nullable(),
  model: z.string(),
  notes: z.number(),
  passages: z.number(),
  /** On the disk. */
  bytes: z.number(),
  behind: z.number(),
  last_indexed_ms: z.number().nullable(),
  rebuild: z
    .object({
      done: z.number(),
      total: z.number(),
      /** Milliseconds that it will still take by how fast it went so far; null while nobody can tell. */
      left_ms: z.number().nullable(),
      /** What it took so far, and about what the rest will take by that; null where no server is asked. */
      use: embeddingUseShape.nullable(),
      left_use: z.object({ tokens: z.number(), cost: z.number().nullable() }).nullable(),
    })
    .nullable(),
  /** False while only the words can be searched: the index that serves is of a model that is set no longer. */
  by_meaning: z.boolean(),
  /** The server that makes the vectors; null with the built-in embedder. */
  embedding: z
    .object({
      host: z.string(),
      /** Whether the text of notes stays on this machine. */
      local: z.boolean(),
      /** Notes whose text is kept from it, and which are found by their words only. */
      kept: z.number(),
      /** Since the index was begun. */
      use: embeddingUseShape,
      shared: sharedEmbeddingsShape,
    })
    .nullable(),
  stuck: z.array(stuckNoteShape),
  /** Where the vectors are searched; null when there is no index. */
  store: storeShape.nullable(),
  /** The exchange of index files with other clusters; null when it is off. */
  exchange: indexExchangeShape.nullable(),
});
export type KnowledgeJson = z.infer<typeof knowledgeShape>;

const indexedNoteShape = z.object({
  path: z.string(),
  passages: z.number(),
  /** `left-out`: it is there, and has no passages for the reason that is given. */
  state: z.enum(['current', 'behind', 'stuck', 'left-out']),
  reason: z.string().nullable(),
  indexed_ms: z.number().nullable(),
});
export type IndexedNoteJson = z.infer<typeof indexedNoteShape>;

export const knowledgeEndpoints = {
  search: {
    method: 'GET',
    path: '/api/search',
    summary: 'Passages of the notes that answer a question, best first',
    input: z.object({
      workspace,
      q: z.string().min(1).max(limits.questionCharacters),
      mode: z.enum(searchModes).optional(),
      limit: atMost,
      /** A glob pattern: only files that it matches. */
      path: path.optional(),
      /** Only files that this agent wrote to at any time. */
      agent: z.string().max(100).optional(),
      file_class: z.enum(fileClasses).optional(),
      /** Only files that changed at or after these Unix milliseconds. */
      since_ms: whole.optional(),
    }),
    output: foundShape,
  },
  findSimilar: {
    method: 'GET',
    path: '/api/search/similar',
    summary: 'Passages of other notes that are about the same as the one at this line',
    input: z.object({ workspace, path, line: whole.min(1), limit: atMost }),
    output: foundShape,
  },
  getKnowledge: {
    method: 'GET',
    path: '/api/knowledge',
    summary: 'What is indexed, how fresh it is, and which notes are stuck, why',
    input: z.object({ workspace }),
    output: knowledgeShape,
  },
  listIndexedNotes: {
    method: 'GET',
    path: '/api/knowledge/notes',
    summary: 'Every note of the index, and how fresh its passages are',
    input: z.object({ workspace }),
    output: z.object({ notes: z.array(indexedNoteShape) }),
  },
  retryNotes: {
    method: 'POST',
    path: '/api/knowledge/retry',
    summary: 'Try stuck notes again now: one, or all',
    input: z.object({ workspace, path: path.optional() }),
    output: z.object({ retried: z.number() }),
  },
  rebuildKnowledge: {
    method: 'POST',
    path: '/api/knowledge/rebuild',
    summary: 'Make the index anew from the log; the old one serves meanwhile',
    input: z.object({ workspace }),
    output: knowledgeShape,
  },
  checkKnowledgeStore: {
    method: 'GET',
    path: '/api/knowledge/store',
    summary: 'Where the vectors are searched; a server is asked now whether it answers',
    input: z.object({ workspace }),
    output: storeShape,
  },
  chooseKnowledgeStore: {
    method: 'POST',
    path: '/api/knowledge/store',
    summary: 'Search the vectors of all workspaces of this device there, and ask it whether it answers',
    input: z.object({
      workspace,
      kind: z.enum(storeKinds),
      /** Without a password; absent: the variable KNOWLEDGE_STORE_URL says it. */
      url: z.string().max(limits.ownPathCharacters).optional(),
      /** Absent: as before, where the same kind was chosen. */
      only: z.array(z.string().min(1).max(300)).max(limits.patterns).optional(),
      /** The host that gets the vectors, where that is another machine: whoever names it agrees. */
      agreed: z.string().max(limits.ownPathCharacters).optional(),
    }),
    output: storeShape,
  },
  getStoreChoice: {
    method: 'GET',
    path: '/api/knowledge/store/choice',
    summary: 'Which store this device chose; asks nobody',
    input: z.object({}),
    output: chosenStoreShape,
  },
  tryKnowledgeStore: {
    method: 'POST',
    path: '/api/knowledge/store/check',
    summary: 'Ask a server whether it could be the store; makes nothing there, and sends nothing of any note',
    input: z.object({
      kind: z.enum(serverStoreKinds),
      url: z.string().max(limits.ownPathCharacters).optional(),
    }),
    output: z.object({ url: z.string(), host: z.string(), local: z.boolean() }),
  },
  syncKnowledge: {
    method: 'POST',
    path: '/api/knowledge/sync',
    summary: 'Exchange index files with every peer now',
    input: z.object({}),
    output: indexExchangeShape,
  },
} as const;
