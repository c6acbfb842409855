/**
 * Brings the index up to the notes: reads the outbox (reference/003), and brings each note that it names to its present
 * state. An event only says that there is something to look at, so one that comes twice, late or out of order changes
 * nothing (at least once, idempotent). Embedding runs outside of any transaction; what it took is put in by one short
 * transaction that is refused when a newer state got there first.
 */
import { backoffMs } from '../../../shared/domain/backoff.ts';
import {
  chunkerVersion,
  chunkMarkdown,
  embeddedText,
} from '../../../shared/domain/knowledge/chunk-markdown.ts';
import { together } from '../../../shared/domain/together.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../shared/result.ts';
import type { Clock, Codec, Log, Random } from '../ports.ts';
import type { IdentifiedChunk, IndexedNote, SwappedPassages } from './chunk-index.ts';
import { createComplaint } from './complaint.ts';
import type {
  DueNote,
  Embedder,
  NoteChoice,
  NoteState,
  Notes,
  NoteTarget,
  Spent,
  WorkQueue,
} from './knowledge-ports.ts';
import type { TakeShared } from './shared-vectors.ts';

export type IndexerDeps = {
  /** Makes due what happened to the notes since. */
  hear(): Promise<void>;
  source: Notes;
  queue: WorkQueue;
  index: NoteTarget;
  /** Passages came and went. */
  swapped(passages: SwappedPassages): void;
  /** There is nothing more to do now. */
  settled(): void;
  embedder: Embedder;
  /** Whose text the embedder may have; the others are found by their words. */
  embeds: NoteChoice;
  /** Told of what the embedder was asked. */
  spent: Spent;
  /** Milliseconds that the server of the embedder still wants to be left alone. */
  restMs(): number;
  /** What other devices have is asked for before the embedder is. */
  takeShared: TakeShared;
  codec: Codec;
  clock: Clock;
  random: Random;
  log: Log;
  /** Called after each note, and when there is nothing more to do now. */
  progressed(): void;
  /** Lets others have their turn. */
  pause(): Promise<void>;
};

export type Indexer = {
  /**
   * Works until nothing is due now. Calls while it works join it, and it looks once more for what came meanwhile.
   * What breaks it off, a full disk say, is said in the log and by `problem`, and is tried again with the next call.
   */
  catchUp(): Promise<void>;
  /** What broke the last call off; undefined once one came to its end. */
  problem(): Problem | undefined;
  isBusy(): boolean;
  /** What is under way ends with its note. */
  stop(): void;
};

/** Whoever works asks whether to go on: the database may be closed already. */
type Work = IndexerDeps & {
  isStopped(): boolean;
  /** What a note could not be written for; undefined once it was. */
  written(note: string, hindrance: Problem | undefined): void;
};

export function createIndexer(deps: IndexerDeps): Indexer {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isStopped = false;
  const complaint = createComplaint(deps.log, 'The indexing of the notes');
  const unwritten = new Set<string>();
  function written(note: string, hindrance: Problem | undefined): void {
    unwritten.delete(note);
    if (hindrance === undefined) return;
    unwritten.add(note);
    complaint.met(new ProblemError(hindrance));
  }
  const work: Work = { ...deps, isStopped: () => isStopped, written };

  async function run(): Promise<void> {
    try {
      do {
        isAskedAgain = false;
        await deps.hear();
        await workOff(work);
        if (!isStopped) deps.settled();
      } while (isAskedAgain && !isStopped);
      if (!isStopped && unwritten.size === 0) complaint.over();
    } catch (cause) {
      if (!isStopped) complaint.met(cause);
    } finally {
      running = undefined;
      deps.progressed();
    }
  }

  return {
    catchUp() {
      isAskedAgain = true;
      running ??= run();
      return running;
    },
    problem: complaint.now,
    isBusy: () => running !== undefined,
    stop() {
      isStopped = true;
    },
  };
}

async function workOff(work: Work): Promise<void> {
  const { notes } = work.embedder.atOnce;
  await together(Array.from({ length: notes }), notes, () => takeTurns(work));
}

async function takeTurns(work: Work): Promise<void> {
  while (!work.isStopped()) {
    const due = await work.queue.take({ nowMs: work.clock.nowMs(), draw: draw(work) });
    if (due === undefined) return;
    await workOn(work, due);
    work.progressed();
    await work.pause();
  }
}

/** One note that fails waits for its next try and holds up nobody. */
async function workOn(work: Work, due: DueNote): Promise<void> {
  const { queue, clock } = work;
  const outcome = await attempt(work, due);
  const hindrance = outcome.ok || !isOfDisk(outcome.error) ? undefined : outcome.error;
  work.written(due.note, hindrance);
  if (outcome.ok) return queue.finished(due, outcome.value);
  // It was broken off.
  if (work.isStopped()) return;
  const restMs = outcome.error.code === 'rate-limited' ? work.restMs() : 0;
  const waitMs = Math.max(restMs, backoffMs(due.failures + 1, draw(work)));
  await queue.failed(due, outcome.error, { nowMs: clock.nowMs(), waitMs });
}

/** Whatever note comes next will fail like this one. */
const isOfDisk = ({ code }: Problem): boolean => code === 'disk-full' || code === 'read-only';

const draw = ({ random }: IndexerDeps): number => random.bytes(1)[0] ?? 0;

async function attempt(work: Work, due: DueNote): Promise<Result<string | null>> {
  try {
    return await bringUp(work, due);
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    if (!work.isStopped()) work.log.error(`The note ${due.note} could not be indexed.`, { cause });
    return err(faulty(due.note, cause));
  }
}

/** Returns the content that is indexed now. */
async function bringUp(work: Work, due: DueNote): Promise<Result<string | null>> {
  const { source, index, clock, embeds } = work;
  const state = await source.state(due.note);
  const position = Math.max(state?.position ?? 0, due.news);
  const indexed = await index.contentOf(due.note);
  const content = state?.content ?? null;
  const isEmbedded = embeds.has(due.note);
  if (indexed?.content === content && (!isEmbedded || (await index.isEmbedded(due.note)))) {
    await index.confirm(due.note, position, clock.nowMs());
    return ok(content);
  }
  const read =
    content === null ? ok({ chunks: [] }) : await readChunks(work, { note: due.note, position, content });
  if (!read.ok) return read;
  const note = { note: due.note, position, content, ...read.value };
  const missing = isEmbedded ? await missingIn(work, read.value.chunks) : [];
  if (missing.length > 0 && work.embedder.answersLater)
    await put(work, { ...note, isWhole: false }, new Map());
  const { vectors, failure } = await findVectors(work, due.note, missing);
  if (failure !== undefined && work.isStopped()) return err(failure);
  await put(work, { ...note, isWhole: failure === undefined }, vectors);
  return failure === undefined ? ok(content) : err(failure);
}

async function put(
  { index, clock, swapped }: Work,
  note: IndexedNote,
  vectors: Made['vectors'],
): Promise<void> {
  const change = await index.swap(note, vectors, clock.nowMs());
  if (change !== undefined) swapped(change);
}

type ReadChunks = { chunks: IdentifiedChunk[]; leftOut?: string };

async function readChunks(
  { source, codec }: IndexerDeps,
  { content, note }: NoteState & { content: string },
): Promise<Result<ReadChunks>> {
  const bytes = await source.bytes(content);
  if (bytes === undefined) return err(contentGone(note));
  const { text, valid } = decodeUtf8(bytes);
  if (!valid) return ok({ chunks: [], leftOut: 'It is not UTF-8 text.' });
  const chunks = chunkMarkdown(text).map((chunk) => ({
    ...chunk,
    hash: chunkHash(codec, embeddedText(chunk)),
  }));
  return ok({ chunks });
}

/** Equal texts have one vector, in whatever note, workspace or device they stand. */
export const chunkHash = (codec: Codec, text: string): string =>
  codec.sha256(encodeUtf8(`${chunkerVersion}\n${text}`));

type Made = { vectors: Map<string, Float32Array>; failure: Problem | undefined };

/** Only texts that no note had before cost anything; each once. */
async function missingIn({ index }: Work, chunks: readonly IdentifiedChunk[]): Promise<IdentifiedChunk[]> {
  const chunkByHash = new Map(chunks.map((chunk) => [chunk.hash, chunk]));
  const missing = await index.missing([...chunkByHash.keys()]);
  return missing.flatMap((hash) => chunkByHash.get(hash) ?? []);
}

/** Of passages that no note had before. */
async function findVectors(work: Work, note: string, missing: readonly IdentifiedChunk[]): Promise<Made> {
  const shared = await work.takeShared(note, missing);
  const { vectors, failure } = await embed(
    work,
    missing.filter(({ hash }) => !shared.has(hash)),
  );
  return { vectors: new Map([...shared, ...vectors]), failure };
}

/** What was made before a failure is kept. */
async function embed({ embedder, pause, spent }: Work, missing: readonly IdentifiedChunk[]): Promise<Made> {
  const vectors = new Map<string, Float32Array>();
  const { texts: atOnce } = embedder.atOnce;
  for (let start = 0; start < missing.length; start += atOnce) {
    const chunks = missing.slice(start, start + atOnce);
    const texts = chunks.map(embeddedText);
    const made = await embedder.embed(texts, spent);
    const failure = made.ok ? complaint(embedder, texts.length, made.value) : made.error;
    if (!made.ok || failure !== undefined) return { vectors, failure };
    for (const [nth, { hash }] of chunks.entries()) vectors.set(hash, made.value[nth] as Float32Array);
    await pause();
  }
  return { vectors, failure: undefined };
}

/** A model behind an address may be another one than it says. */
function complaint(
  { model, dimensions }: Embedder,
  count: number,
  vectors: Float32Array[],
): Problem | undefined {
  const isRight = vectors.length === count && vectors.every((it) => it.length === dimensions && isUnit(it));
  if (isRight) return undefined;
  return problem(
    'unreadable',
    model,
    `The embedder ${model} answered with vectors that cannot be used: ${count} of ${dimensions} numbers and length 1 were asked for.`,
    'Check which model the address in the settings serves. It is tried again.',
  );
}

function isUnit(vector: Float32Array): boolean {
  const square = vector.reduce((sum, number) => sum + number * number, 0);
  // A text without any word has no direction.
  return square === 0 || Math.abs(square - 1) < 0.01;
}

const contentGone = (note: string): Problem =>
  problem(
    'content-missing',
    note,
    `The text of ${note} is not here yet, so it could not be indexed.`,
    'It is tried again; it comes with the next exchange with a device that has it.',
  );

const faulty = (note: string, cause: unknown): Problem =>
  problem(
    'internal',
    note,
    `${note} could not be indexed because of a fault in Skein: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'The note itself is untouched. It is tried again; if it stays, report it with the output of `skein doctor`.',
  );
