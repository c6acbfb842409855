/** What the knowledge index asks of the world, besides its own database. */
import type { FileClass } from '../../../shared/domain/change.ts';
import type { Result } from '../../../shared/result.ts';

export type NoteEventType = 'NoteCreated' | 'NoteUpdated' | 'NoteDeleted' | 'NoteRestored';

/** One row of an outbox (reference/003): something happened to a note, and its state is to be read anew. */
export type NoteEvent = {
  /** Grows with each event; where an outbox gives ids of its own, these. */
  position: number;
  type: NoteEventType;
  note: string;
  /** Unix milliseconds. */
  atMs: number;
};

/** A note as it is now. `content` is the hash of its bytes; null where it is deleted. */
export type NoteState = {
  note: string;
  /** Of the event that brought this state. */
  position: number;
  content: string | null;
};

/** Where notes come from: the outbox that says what happened, and the notes themselves, which are only read. */
export type NoteSource = {
  /** Oldest first. Empty at the end. */
  eventsAfter(position: number, atMost: number): Promise<NoteEvent[]>;
  /** Every note, deleted ones too: what the events come to, for whoever missed some. */
  states(): Promise<NoteState[]>;
  /** Undefined of a note that never was. */
  state(note: string): Promise<NoteState | undefined>;
  /** Undefined when these bytes are no longer kept. */
  bytes(content: string): Promise<Uint8Array | undefined>;
  /** Names the event at this position, so that another outbox in the place of the known one is noticed. */
  nameOf(position: number): Promise<string | undefined>;
};

/** What one request to a server that embeds came to. */
export type EmbeddingUse = {
  tokens: number;
  /** The server did not count, so this was worked out from the bytes. */
  isEstimated: boolean;
  isFailure: boolean;
};

/** Told of every request, as soon as it is answered or failed. */
export type Spent = (use: EmbeddingUse) => void;

/** Makes vectors of texts. Those of different models are never compared. */
export type Embedder = {
  /** Name and version: part of the identity of every vector. */
  readonly model: string;
  /** Known before the first vector is made: an answer of other dimensions is refused. */
  readonly dimensions: number;
  /** Its vectors come from elsewhere, in their own time: until then the words of a note are found. */
  readonly answersLater: boolean;
  /** How many texts are worth being given at once, and on how many notes to work at a time. */
  readonly atOnce: { texts: number; notes: number };
  /** A vector of length 1 for each text, in their order. */
  embed(texts: readonly string[], spent: Spent): Promise<Result<Float32Array[]>>;
  /** What it knows of one index: nothing yet, or what `save` gave. */
  learner(saved: Uint8Array | undefined, spent: Spent): Learner;
};

/** Some of the notes. */
export type NoteChoice = {
  /** Equal for equal choices. */
  readonly name: string;
  has(note: string): boolean;
};

/** Learns from the passages of one index how to ask it. A model that learns nothing ignores them. */
export type Learner = {
  add(text: string): void;
  remove(text: string): void;
  save(): Uint8Array;
  /** The vector of a question. */
  embedQuery(text: string): Promise<Result<Float32Array>>;
};

/** What a person sees of a passage's file besides the passage. */
export type NoteFacts = {
  note: string;
  fileClass: FileClass;
  /** Who made its last change. */
  agent: string;
  /** Unix milliseconds of that change. */
  changedMs: number;
};

/** Which notes a search is about; absent means all. */
export type NoteFilter = {
  /** A glob pattern over workspace paths. */
  path?: string | undefined;
  /** Who wrote to the note at any time. */
  agent?: string | undefined;
  fileClass?: FileClass | undefined;
  /** Unix milliseconds: changed at or after that. */
  sinceMs?: number | undefined;
};

/** What is known of notes, for filters and answers. */
export type NoteCatalogue = {
  facts(notes: readonly string[]): ReadonlyMap<string, NoteFacts>;
  /** The notes that a filter lets through. Fails with `bad-input` for a pattern that is none. */
  select(filter: NoteFilter): Result<string[]>;
};
