/**
 * What replicas say to each other (reference/002 with the repairs of DESIGN section 5). Everything that a peer sends
 * is checked against these shapes before anything looks at it.
 *
 * History: 1, the first.
 */
import { z } from 'zod';
import { evidenceSources, fileClasses } from '../domain/change.ts';
import { limits } from '../limits.ts';

export const protocolVersion = 1;
/** The oldest version that this Skein still speaks. */
export const protocolMinimum = 1;

const nodeText = z.string().regex(/^[0-9a-f]{16}$/);
const stampText = z.string().regex(/^[0-9a-f]{32}$/);
const hashText = z.string().regex(/^[0-9a-f]{64}$/);
const sequenceNumber = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** A path that no other system allows is refused by itself, not with the page that it stands in. */
const pathText = z.string().max(limits.ownPathCharacters);
const agentText = z.string().max(100);

const evidenceShape = z.object({
  agent: agentText,
  source: z.enum(evidenceSources),
  detail: z.string().max(1_000),
  at: z.number(),
});

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/**
 * The bytes of a content: `plain` as UTF-8 text, `zstd` packed, or `delta`, packed with the content `base` as the
 * dictionary. In JSON packed bytes are base64; between Skeins many of them follow the JSON as they are.
 */
export const bodyShape = z.object({
  packing: z.enum(['plain', 'zstd', 'delta']),
  base: hashText.optional(),
  data: z.union([z.string().max(limits.trackedFileBytes * 2), bytes]),
});
export type Body = z.infer<typeof bodyShape>;

const place = { node: nodeText, sequence: sequenceNumber, hlc: stampText };

const fileRowShape = z.object({
  ...place,
  kind: z.enum(['created', 'modified', 'deleted']),
  path: pathText,
  class: z.enum(fileClasses),
  /** SHA-256; null for a deletion. */
  content: hashText.nullable(),
  size: z.number().int().min(0).max(limits.trackedFileBytes),
  previous: hashText.nullable(),
  parents: z.array(stampText).max(limits.mergedHeads),
  evidence: z.array(evidenceShape).min(1).max(limits.evidenceEntries),
  baseline: z.literal(true).optional(),
  joins: z.enum(['merge', 'choice']).optional(),
  /** The consolidation whose report this change wrote or took back. */
  report_of: stampText.optional(),
  /** The sender holds it back from its own files until somebody approves it. */
  waiting: z.literal(true).optional(),
  /** Left out when the receiver holds the content. */
  body: bodyShape.optional(),
});
export type FileRow = z.infer<typeof fileRowShape>;

const covers = z.record(nodeText, z.array(z.tuple([sequenceNumber, sequenceNumber])).max(100_000));
export const consolidatedShape = z.object({
  trigger_type: z.enum(['threshold', 'time_based', 'manual']),
  conditions: z.record(z.string().max(100), z.number()),
  covers,
  /** For each of these runs the stamp of its last change, by which whoever calls its node otherwise finds it. */
  ends: z.record(nodeText, z.array(stampText.nullable()).max(100_000)).optional(),
  changes: z.number().int().min(0),
  files: z.number().int().min(0),
  agents: z.array(agentText).max(10_000),
  report: z.string().max(limits.reportCharacters),
  locale: z.enum(['en', 'fr', 'ru']),
  report_file: pathText.nullable(),
});
export type Consolidated = z.infer<typeof consolidatedShape>;
/** `overlap`: another one that stands covers some of the same changes. */
export const withdrawnShape = z.object({
  consolidation: stampText,
  overlap: z.literal(true).optional(),
});
export const conflictShape = z.object({
  path: pathText,
  winner: stampText,
  loser: stampText,
  base: hashText.nullable(),
});
export const resolvedShape = z.object({
  path: pathText,
  loser: stampText,
  state: z.enum(['resolved', 'dismissed', 'open']),
});

const record = <Kind extends string, Payload extends z.ZodType>(kind: Kind, payload: Payload) =>
  z.object({ ...place, kind: z.literal(kind), payload });

export const rowShape = z.discriminatedUnion('kind', [
  fileRowShape,
  record('consolidated', consolidatedShape),
  record('withdrawn', withdrawnShape),
  record('conflict', conflictShape),
  record('resolved', resolvedShape),
  /** Keeps the place of a row that the receiver may not see, or that was refused and that everybody refuses. */
  z.object({ ...place, kind: z.literal('hidden'), refused: z.literal(true).optional() }),
]);
export type Row = z.infer<typeof rowShape>;

const vectorText = z.string().max(limits.vectorNodes * 34);

/** GET /sync/watermark. `hlc` and `node_id` are the documented fields; only `vector` is exact. */
export const watermarkShape = z.object({
  hlc: z.string().max(32),
  node_id: nodeText,
  vector: vectorText,
  now_ms: z.number(),
});
export type Watermark = z.infer<typeof watermarkShape>;

/**
 * What the sender holds at the last sequence of a node that both sides hold. A receiver that holds something else
 * there knows that two runs of changes have one node id, and takes no more of that node until one of them has moved.
 */
export const runEndShape = z.object(place);
export type RunEnd = z.infer<typeof runEndShape>;
const ends = z.array(runEndShape).max(limits.vectorNodes).optional();

/**
 * Under which rights of the receiver the sender speaks: a word that says nothing by itself, left out where there never
 * was a limit. Where it is another than before, the sender may show what it hid then.
 */
const scope = z.string().max(40).optional();
/** Sequences of a node from the first to the last. */
const placesShape = z
  .array(z.object({ node: nodeText, first: sequenceNumber, last: sequenceNumber }))
  .max(limits.pageRowsUsual);
export type Places = z.infer<typeof placesShape>;

/** What the receiver lacks, this message with it: how many changes, and about how many bytes their contents have. */
const toCome = z.object({ changes: z.number().int().min(0), bytes: z.number().int().min(0) }).optional();

/** Contents that the answerer waits for and cannot ask for by itself, because it does not reach the asker. */
const lacks = z.array(hashText).max(limits.contentsAsked).optional();
const givenContents = z
  .array(z.object({ hash: hashText, body: bodyShape.nullable() }))
  .max(limits.pageRowsSent);

/** GET /sync/changes. `watermark` is the stamp of the last change of this page, never that of the whole store. */
export const pageShape = z.object({
  changes: z.array(rowShape).max(limits.pageRowsSent),
  watermark: z.string().max(32),
  has_more: z.boolean(),
  node_id: nodeText,
  /** Everything that the sender holds. */
  vector: vectorText,
  /** Of every node that both hold. */
  ends,
  scope,
  to_come: toCome,
  lacks,
  now_ms: z.number(),
});
export type Page = z.infer<typeof pageShape>;

/** POST /sync/changes: its body, and its answer. */
export const pushShape = z.object({
  changes: z.array(rowShape).max(limits.pageRowsSent),
  source_watermark: z.string().max(32),
  node_id: nodeText,
  vector: vectorText,
  /** Of the nodes in `changes`. */
  ends,
  scope,
  to_come: toCome,
  /** Of those that the receiver said it lacks. */
  contents: givenContents.optional(),
  now_ms: z.number(),
});
export type Push = z.infer<typeof pushShape>;

const problemText = z.string().max(limits.problemCharacters);
export const pushAnswerShape = z.object({
  accepted: z.boolean(),
  conflicts: z.array(z.object({ file_path: pathText, loser: stampText, winner: stampText })).max(10_000),
  new_watermark: z.string().max(32),
  vector: vectorText,
  /** Why some changes were not taken. */
  problems: z
    .array(z.object({ code: problemText, message: problemText, subject: problemText, advice: problemText }))
    .max(100),
  /** Rows that were hidden from the answerer, and that the sender may show by now. */
  hidden: placesShape.optional(),
  lacks,
});
export type PushAnswer = z.infer<typeof pushAnswerShape>;

/** POST /sync/hidden: rows that were hidden from the asker. The answer is a page of those, some of them hidden still. */
export const hiddenRequestShape = z.object({ places: placesShape.min(1) });

/** POST /sync/contents: the bytes of contents that the asker lacks. */
export const contentsRequestShape = z.object({ hashes: z.array(hashText).min(1).max(limits.pageRowsSent) });
export const contentsShape = z.object({ contents: givenContents });
export type Contents = z.infer<typeof contentsShape>;

/** A vector as the index keeps it (`packed-vector.ts`), in base64. */
const packedVectorText = z
  .string()
  .max(4 * Math.ceil((4 + limits.embeddingDimensions) / 3))
  .regex(/^[A-Za-z0-9+/]+={0,2}$/);

/**
 * POST /sync/embeddings: vectors of texts that the asker holds, by the hash of text and chunker. Those of other models,
 * and of notes that the asker may not see, are as if they were not there.
 */
export const embeddingsRequestShape = z.object({
  model: z.string().min(1).max(limits.embedderNameCharacters),
  dimensions: z.number().int().min(1).max(limits.embeddingDimensions),
  hashes: z.array(hashText).min(1).max(limits.sharedHashes),
});
export const embeddingsShape = z.object({
  embeddings: z.array(z.object({ hash: hashText, vector: packedVectorText })).max(limits.sharedHashes),
});
export type Embeddings = z.infer<typeof embeddingsShape>;

/** GET /sync/hello: who answers, what it speaks, and what it shares with the asker. */
export const helloShape = z.object({
  protocol: z.number().int().min(1),
  minimum: z.number().int().min(1),
  device: z.string().max(80),
  name: z.string().max(limits.deviceNameCharacters),
  version: z.string().max(60),
  workspaces: z
    .array(
      z.object({
        workspace: z.string().regex(/^[0-9a-f]{32}$/),
        name: z.string().max(200),
        /** The asker's workspace that this one is joined with. */
        theirs: z.string().regex(/^[0-9a-f]{32}$/),
        /** Whether changes of the asker are taken. */
        write: z.boolean(),
      }),
    )
    .max(limits.openWorkspaces * 4),
});
export type Hello = z.infer<typeof helloShape>;

/** What every request says of its sender, so that versions are agreed on before anything else. */
export const protocolHeader = 'x-skein-protocol';
/** Another value in each process: two machines that pass for one device are told apart by it. */
export const instanceHeader = 'x-skein-instance';
/** `PORT` at which the asker listens, if it does. */
export const portHeader = 'x-skein-port';

/** One event of GET /sync/news: what the sender holds now. */
export const newsShape = z.object({ vector: vectorText });

const nonceText = z.string().regex(/^[0-9a-f]{64}$/);
const blindedShape = z.array(nonceText).max(limits.openWorkspaces);

/** POST /pair/begin: who knows the code, and is bound to a nonce that it shows later. */
export const pairBeginShape = z.object({
  name: z.string().max(limits.deviceNameCharacters),
  commitment: nonceText,
  proof: nonceText,
});
export const pairBegunShape = z.object({
  name: z.string().max(limits.deviceNameCharacters),
  nonce: nonceText,
  proof: nonceText,
  expires_ms: z.number(),
});
/** POST /pair/reveal: the nonce, and the workspaces of each side as only the other one can recognise them. */
export const pairRevealShape = z.object({ nonce: nonceText, workspaces: blindedShape });
export const pairRevealedShape = z.object({ workspaces: blindedShape });
/** POST /pair/finish: what people said. The answer may take a while, and `waiting` means: ask again. */
export const pairFinishShape = z.object({ match: z.boolean() });
export const pairFinishedShape = z.object({ state: z.enum(['waiting', 'yes', 'no']) });
export type PairBegin = z.infer<typeof pairBeginShape>;
export type PairBegun = z.infer<typeof pairBegunShape>;
export type PairReveal = z.infer<typeof pairRevealShape>;
export type PairRevealed = z.infer<typeof pairRevealedShape>;
export type PairFinished = z.infer<typeof pairFinishedShape>;
