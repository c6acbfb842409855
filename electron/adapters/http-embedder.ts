/** An embedder that asks a server: Ollama, or whoever speaks OpenAI's protocol. */
import {
  type ChosenServer,
  estimateTokens,
  hostOf,
  modelNameOf,
} from '../../shared/domain/knowledge/embedder-choice.ts';
import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { together } from '../../shared/domain/together.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import type { Embedder, Learner, Spent } from '../engine/knowledge/knowledge-ports.ts';
import type { Clock } from '../engine/ports.ts';
import { createEmbeddingLine, type EmbeddingLine } from './embedding-line.ts';
import { type EmbeddingAnswer, embeddingProtocols } from './embedding-protocols.ts';
import { requestEmbedding } from './embedding-request.ts';
import { meanDirection, toUnitVector } from './unit-vectors.ts';

type HttpEmbedderDeps = {
  /** Or why there is none to be had; undefined for a server that wants none. */
  key: Result<string | undefined>;
  clock: Clock;
  /** Ends what is under way. */
  signal: AbortSignal;
};

type Asking = HttpEmbedderDeps & { server: ChosenServer; line: EmbeddingLine };
/** Milliseconds that remain to wait for a turn, and for the answer. */
type Patience = { turnMs(): number; answerMs(): number; urgent: boolean };

const forPassages: Patience = {
  turnMs: () => limits.embeddingPatienceMs,
  answerMs: () => limits.embeddingSilenceMs,
  urgent: false,
};

/** A person waits: turn and answer have to come within one time. */
function forQuestion(clock: Clock): Patience {
  const untilMs = clock.monotonicMs() + limits.questionVectorMs;
  const leftMs = (): number => Math.max(0, untilMs - clock.monotonicMs());
  return { turnMs: leftMs, answerMs: leftMs, urgent: true };
}

/**
 * Makes no request yet. Texts go without the secrets that stand in them. One that is too long for the model is embedded
 * in parts, and its vector is their mean.
 */
export function createHttpEmbedder(server: ChosenServer, deps: HttpEmbedderDeps): Embedder {
  const line = createEmbeddingLine({
    ...deps,
    host: hostOf(server.url),
    perMinute: server.requests_per_minute,
  });
  const asking: Asking = { ...deps, server, line };
  return {
    model: modelNameOf(server),
    dimensions: server.dimensions,
    answersLater: true,
    atOnce: { texts: limits.embeddingTexts * limits.embeddingRequests, notes: limits.embeddingNotes },
    embed: (texts, spent) =>
      embedAll(
        asking,
        texts.map((text) => withoutSecrets(text)),
        spent,
      ),
    leaveAlone: (restMs) => (restMs > 0 ? line.hold(restMs) : line.release()),
    learner: (_, spent) => createLearner(asking, spent),
  };
}

/** A model that is trained learns nothing of one workspace. Questions that were asked before cost nothing. */
function createLearner(asking: Asking, spent: Spent): Learner {
  const known = new Map<string, Float32Array>();
  return {
    add: () => {},
    remove: () => {},
    save: () => new Uint8Array(),
    async embedQuery(text) {
      const found = known.get(text);
      if (found !== undefined) return ok(found);
      const made = await embedSome(asking, [withoutSecrets(text)], { spent, ...forQuestion(asking.clock) });
      if (!made.ok) return made;
      const [vector = new Float32Array()] = made.value;
      if (known.size >= limits.questionVectors) known.delete(known.keys().next().value ?? '');
      known.set(text, vector);
      return ok(vector);
    },
  };
}

async function embedAll(
  asking: Asking,
  texts: readonly string[],
  spent: Spent,
): Promise<Result<Float32Array[]>> {
  try {
    const made = await together(batchesOf(texts), limits.embeddingRequests, async (batch) => {
      const vectors = await embedSome(asking, batch, { spent, ...forPassages });
      if (!vectors.ok) throw new ProblemError(vectors.error);
      return vectors.value;
    });
    return ok(made.flat());
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    throw cause;
  }
}

/** In order; each within the limits of one request, or a single text. */
function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    const last = batches.at(-1);
    bytes += size;
    if (last === undefined || last.length >= limits.embeddingTexts || bytes > limits.embeddingBytes) {
      batches.push([text]);
      bytes = size;
    } else last.push(text);
  }
  return batches;
}

type Manner = Patience & { spent: Spent };

/** Where something is too long for the model, the texts are asked for by halves, and at last the text itself is. */
async function embedSome(
  asking: Asking,
  texts: readonly string[],
  manner: Manner,
): Promise<Result<Float32Array[]>> {
  const made = await askFor(asking, texts, manner);
  if (made.ok || made.error.code !== 'too-large') return made;
  const [only = ''] = texts;
  if (texts.length === 1 && only.length <= limits.embeddingShortestCharacters) return made;
  const [one, other] = texts.length === 1 ? cutInTwo(only).map((part) => [part]) : halvesOf(texts);
  const first = await embedSome(asking, one ?? [], manner);
  if (!first.ok) return first;
  const second = await embedSome(asking, other ?? [], manner);
  if (!second.ok) return second;
  const vectors = [...first.value, ...second.value];
  return ok(texts.length === 1 ? [meanDirection(vectors)] : vectors);
}

const halvesOf = (texts: readonly string[]): [readonly string[], readonly string[]] => {
  const middle = Math.ceil(texts.length / 2);
  return [texts.slice(0, middle), texts.slice(middle)];
};

/** At the blank before its middle, where there is one in its second quarter; never within a character. */
function cutInTwo(text: string): [string, string] {
  const middle = Math.ceil(text.length / 2);
  const blank = text.slice(0, middle).search(/\s\S*$/);
  let at = blank > text.length / 4 ? blank : middle;
  if (/[\uDC00-\uDFFF]/.test(text[at] ?? '')) at += 1;
  return [text.slice(0, at), text.slice(at)];
}

/** Sends it again where the server says when; for everything else the queue of notes has its back-off. */
async function askFor(
  asking: Asking,
  texts: readonly string[],
  manner: Manner,
): Promise<Result<Float32Array[]>> {
  for (let tried = 1; ; tried += 1) {
    const turn = await asking.line.turn({ patienceMs: manner.turnMs(), urgent: manner.urgent });
    if (!turn.ok) return turn;
    const made = await askOnce(asking, texts, manner).finally(turn.value);
    if (made.ok || made.error.retryMs === undefined) return made;
    asking.line.hold(made.error.retryMs);
    if (tried >= limits.embeddingTries) return made;
  }
}

async function askOnce(
  { server, key, clock, signal }: Asking,
  texts: readonly string[],
  { spent, answerMs }: Manner,
): Promise<Result<Float32Array[], Problem & { retryMs?: number }>> {
  if (!key.ok) return key;
  const protocol = embeddingProtocols[server.kind];
  const answer = await requestEmbedding({
    server,
    path: protocol.path,
    body: protocol.body(server.model, texts),
    key: key.value,
    withinMs: answerMs(),
    clock,
    signal,
  });
  const read = answer.ok ? protocol.read(answer.value) : undefined;
  const vectors = answer.ok ? readVectors(server, texts.length, read) : answer;
  const tokens = read?.tokens;
  const restMs = answer.ok ? undefined : answer.error.retryMs;
  spent({
    tokens: tokens ?? (answer.ok ? estimateTokens(Buffer.byteLength(texts.join(''))) : 0),
    isEstimated: answer.ok && tokens === undefined,
    isFailure: !vectors.ok,
    ...(restMs !== undefined && { restMs }),
  });
  return vectors;
}

function readVectors(
  server: ChosenServer,
  count: number,
  answer: EmbeddingAnswer | undefined,
): Result<Float32Array[]> {
  if (answer === undefined) return err(wrong(server, 'something else than vectors'));
  if (answer.vectors.length !== count)
    return err(wrong(server, `${answer.vectors.length} vectors for ${count} texts`));
  const vectors: Float32Array[] = [];
  for (const numbers of answer.vectors) {
    if (numbers.length !== server.dimensions) return err(otherDimensions(server, numbers.length));
    const vector = toUnitVector(numbers);
    if (vector === undefined) return err(wrong(server, 'a vector without a direction'));
    vectors.push(vector);
  }
  return ok(vectors);
}

const wrong = ({ url, model }: ChosenServer, what: string): Problem =>
  problem(
    'unreadable',
    model,
    `${hostOf(url)} answered with ${what}.`,
    'Check which model the address in the settings serves. It is tried again.',
  );

const otherDimensions = ({ url, model, dimensions }: ChosenServer, found: number): Problem =>
  problem(
    'unreadable',
    model,
    `${hostOf(url)} answered with vectors of ${found} numbers; the index is made of ${dimensions}, as it answered when ${model} was chosen.`,
    'If that server has another model now, choose it again: `skein knowledge embedder` then makes another index beside this one.',
  );
