/**
 * Vectors that other devices made of the same texts. Nobody can tell from a vector whether it is that of its text, so some
 * of them are made again here, drawn so that the other side cannot know which: the first answer of a device always has one
 * of these, later ones in proportion to their size. Whoever is caught once is believed no more.
 */
import { embeddedText } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import { nearness } from '../../../shared/domain/knowledge/packed-vector.ts';
import { readReceived } from '../../../shared/domain/knowledge/received-vector.ts';
import { limits } from '../../../shared/limits.ts';
import type { Log, Random } from '../ports.ts';
import type { IdentifiedChunk } from './chunk-index.ts';
import type { Embedder, SharedAnswer, SharedEmbeddings, Spent } from './knowledge-ports.ts';
import type { SharedCount } from './shared-count.ts';

type Vectors = Map<string, Float32Array>;

/** The vectors of those of these passages of a note that other devices have, by hash; never fails. */
export type TakeShared = (note: string, missing: readonly IdentifiedChunk[]) => Promise<Vectors>;

export type SharedVectorsDeps = {
  /** Undefined where nobody is asked. */
  shared: SharedEmbeddings | undefined;
  embedder: Embedder;
  spent: Spent;
  count: Pick<SharedCount, 'add'>;
  random: Random;
  log: Log;
};

/** `vouched`: devices of which a vector was made again, and fitted. */
type Work = SharedVectorsDeps & { shared: SharedEmbeddings; vouched: Set<string> };

/** Only where vectors come from elsewhere: to make one here costs less than to ask. */
export function createSharedVectors(deps: SharedVectorsDeps): TakeShared {
  const { shared, embedder } = deps;
  if (shared === undefined || !embedder.answersLater) return async () => new Map();
  const work: Work = { ...deps, shared, vouched: new Set() };
  return async (note, missing) => {
    const taken: Vectors = new Map();
    for (let start = 0; start < missing.length; start += limits.sharedHashes)
      await askEach(work, note, missing.slice(start, start + limits.sharedHashes), taken);
    return taken;
  };
}

/** One device after another, each for what those before it had not. */
async function askEach(
  work: Work,
  note: string,
  chunks: readonly IdentifiedChunk[],
  taken: Vectors,
): Promise<void> {
  const { shared, embedder } = work;
  const { model, dimensions } = embedder;
  const asked: string[] = [];
  for (let open = chunks; open.length > 0; open = open.filter(({ hash }) => !taken.has(hash))) {
    const hashes = open.map(({ hash }) => hash);
    const answer = await shared.ask({ model, dimensions, note, hashes, asked });
    if (answer === undefined) return;
    asked.push(answer.id);
    for (const [hash, vector] of await believe(work, answer, open)) taken.set(hash, vector);
  }
}

/** All of it that was asked for, or nothing. */
async function believe(work: Work, answer: SharedAnswer, open: readonly IdentifiedChunk[]): Promise<Vectors> {
  const packed = new Map(answer.embeddings.map(({ hash, vector }) => [hash, vector]));
  const offered = open.filter(({ hash }) => packed.has(hash));
  if (offered.length === 0) return new Map();
  const vectors = readAll(offered, packed, work.embedder);
  if (vectors === undefined) return refuse(work, answer, wrongForm(work.embedder));
  const sample = drawSample(work, answer, offered);
  const own = sample && (await makeAgain(work, sample));
  if (sample !== undefined && own !== undefined) {
    if (nearness(own, packed.get(sample.hash) as Uint8Array) < limits.sharedCosine)
      return refuse(work, answer, 'the embedder here makes another vector of the same text');
    work.vouched.add(answer.id);
    vectors.set(sample.hash, own);
  }
  const checked = own === undefined ? 0 : 1;
  work.count.add(answer.name, { taken: vectors.size - checked, checked, refused: 0 });
  return vectors;
}

/** Undefined when one of them is none. */
function readAll(
  offered: readonly IdentifiedChunk[],
  packed: ReadonlyMap<string, Uint8Array>,
  { dimensions }: Embedder,
): Vectors | undefined {
  const vectors: Vectors = new Map();
  for (const { hash } of offered) {
    const vector = readReceived(packed.get(hash) as Uint8Array, dimensions);
    if (vector === undefined) return undefined;
    vectors.set(hash, vector);
  }
  return vectors;
}

function drawSample(
  { vouched, random }: Work,
  { id }: SharedAnswer,
  offered: readonly IdentifiedChunk[],
): IdentifiedChunk | undefined {
  const [high = 0, low = 0, luck = 0] = random.bytes(3);
  const isDue = !vouched.has(id) || luck < (256 * offered.length) / limits.sharedSampleEvery;
  return isDue ? offered[(256 * high + low) % offered.length] : undefined;
}

/** Undefined where the embedder cannot be asked: then what can be seen of the vectors has to do. */
async function makeAgain(
  { embedder, spent }: Work,
  sample: IdentifiedChunk,
): Promise<Float32Array | undefined> {
  const made = await embedder.embed([embeddedText(sample)], spent);
  const [own] = made.ok ? made.value : [];
  return own?.length === embedder.dimensions ? own : undefined;
}

function refuse({ shared, embedder, count, log }: Work, answer: SharedAnswer, why: string): Vectors {
  const { id, name, embeddings } = answer;
  shared.distrust({ id, model: embedder.model });
  count.add(name, { taken: 0, checked: 0, refused: embeddings.length });
  log.warn(
    `${name} gave embeddings of ${embedder.model} that are not believed: ${why}. None of that answer is used, and ${name} is asked for no more of that model until Skein starts again. Make its index anew there, with \`skein knowledge rebuild\`, and here, if ${name} gave embeddings before.`,
  );
  return new Map();
}

const wrongForm = ({ dimensions }: Embedder): string =>
  `one of them is no vector of ${dimensions} numbers and length 1`;
