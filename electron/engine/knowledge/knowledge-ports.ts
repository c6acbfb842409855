/** What the knowledge index asks of the world, besides its own database. */
import type { FileClass } from '../../../shared/domain/change.ts';
import type { Coarse } from '../../../shared/domain/knowledge/coarse-vector.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { IndexedNote, SwappedPassages } from './chunk-index.ts';

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

/** The notes themselves, which are only read. */
export type Notes = {
  /** Undefined of a note that never was. */
  state(note: string): Promise<NoteState | undefined>;
  /** Undefined when these bytes are no longer kept. */
  bytes(content: string): Promise<Uint8Array | undefined>;
};

/** Where notes come from: the notes, and the outbox that says what happened to them. */
export type NoteSource = Notes & {
  /** Oldest first. Empty at the end. */
  eventsAfter(position: number, atMost: number): Promise<NoteEvent[]>;
  /** Every note, deleted ones too: what the events come to, for whoever missed some. */
  states(): Promise<NoteState[]>;
  /** Names the event at this position, so that another outbox in the place of the known one is noticed. */
  nameOf(position: number): Promise<string | undefined>;
};

/** What one request to a server that embeds came to. */
export type EmbeddingUse = {
  tokens: number;
  /** The server did not count, so this was worked out from the bytes. */
  isEstimated: boolean;
  isFailure: boolean;
  /** The server said that it wants to be left alone for so many milliseconds. */
  restMs?: number;
};

/** Told of every request, as soon as it is answered or failed. */
export type Spent = (use: EmbeddingUse) => void;
/** What answers at once need not be waited for. */
type Awaitable<Value> = Value | Promise<Value>;

/** A note that is due, and the news that it is due for: whatever is indexed of it now is of this position at least. */
export type DueNote = { note: string; news: number; failures: number };

/** Which notes are to be indexed. Several workers may share one; each note is with one of them at a time. */
export type WorkQueue = {
  /**
   * The next whose time has come. That it is tried is noted before the work, as a failure, so that a note on which its
   * worker dies waits its turn like any other. `draw` is a random byte for that wait.
   */
  take(at: { nowMs: number; draw: number }): Awaitable<DueNote | undefined>;
  /** What the note is now was indexed. */
  finished(due: DueNote, content: string | null): Awaitable<void>;
  failed(due: DueNote, problem: Problem, at: { nowMs: number; waitMs: number }): Awaitable<void>;
};

/** Where the passages go. Doing a step twice changes nothing, and an older state never takes the place of a newer one. */
export type NoteTarget = {
  /** Those of these hashes that have no vector yet, each once. */
  missing(hashes: readonly string[]): Awaitable<string[]>;
  /**
   * Puts the note's passages in the place of those that it had; none of them where it is deleted. Undefined when a
   * newer state is there already: then nothing is changed.
   */
  swap(
    note: IndexedNote,
    vectors: ReadonlyMap<string, Float32Array>,
    nowMs: number,
  ): Awaitable<SwappedPassages | undefined>;
  /** Whether each passage of a note has a vector. */
  isEmbedded(note: string): Awaitable<boolean>;
  /** The content that a note's passages are of; undefined while none was indexed. */
  contentOf(note: string): Awaitable<{ content: string | null; position: number } | undefined>;
  /** The passages of a note are right as they are, up to this position. */
  confirm(note: string, position: number, nowMs: number): Awaitable<void>;
};

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
  /** Its server is left alone for so many milliseconds; 0: not any more. Absent where no server is asked. */
  leaveAlone?(restMs: number): void;
  /** What it knows of one index: nothing yet, or what `save` gave. */
  learner(saved: Uint8Array | undefined, spent: Spent): Learner;
};

/** A vector as an index keeps it, packed, under the hash of its text. */
export type PackedEmbedding = { hash: string; vector: Uint8Array };

/** Of which texts vectors are wanted, and of which model. */
export type EmbeddingQuestion = { model: string; dimensions: number; hashes: readonly string[] };

/** What one device had of them. */
export type SharedAnswer = { id: string; name: string; embeddings: readonly PackedEmbedding[] };

/** Other devices that have the same notes. To ask them never fails and takes a bounded time: one that is away has none. */
export type SharedEmbeddings = {
  /**
   * The answer of the next device that may see this note; undefined when there is none. `asked` are those whose answers
   * are there.
   */
  ask(
    question: EmbeddingQuestion & { note: string; asked: readonly string[] },
  ): Promise<SharedAnswer | undefined>;
  /** What this device says of this model was not true: it is asked no more until Skein starts again. */
  distrust(device: { id: string; model: string }): void;
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

/** Coarse vectors, one place after the other from 0, and which of them are probably nearest to a question. */
export type CodeIndex = {
  /** Bytes of codes of each vector. */
  readonly width: number;
  /** Gives it the next place. */
  add(coarse: Coarse): void;
  /** The one of the last place takes the place of the one that goes. */
  remove(place: number): void;
  /** Places of the likeliest, of those `among` only where some are given; of equally likely ones the lower first. */
  nearest(question: Float32Array, atMost: number, among?: readonly number[]): number[];
};

/** `expected` is how many there will be, more or less. */
export type OpenCodeIndex = (width: number, expected: number) => CodeIndex;
