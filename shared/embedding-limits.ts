/** The bounds of embedding; part of `limits`. */
export const embeddingLimits = {
  /** Texts that the built-in embedder gets at a time; then others have their turn. */
  embeddedAtOnce: 32,
  /** Characters of the address and of the model's name of a server that embeds. */
  embedderUrlCharacters: 1_000,
  embedderModelCharacters: 200,
  /** Characters of the name that is made of both, by which vectors are shared. */
  embedderNameCharacters: 1_300,
  /** Requests a minute and price that its user may set. */
  embedderRequestsPerMinute: 100_000,
  embedderPrice: 1_000_000,
  /** Numbers of a vector: the largest models have 4,096 and some more. */
  embeddingDimensions: 16_384,
  /** Texts and their bytes in one request: less than what any server takes (a token has some four bytes). */
  embeddingTexts: 32,
  embeddingBytes: 96 * 1024,
  /** Requests at a time to one server: the time that each is on its way is used, and no local model is overrun. */
  embeddingRequests: 4,
  /** Notes that are on their way to it at a time; most have fewer passages than a request takes. */
  embeddingNotes: 4,
  /** Bytes of one answer: `embeddingTexts` of `embeddingDimensions` numbers as text, and the half again. */
  embeddingAnswerBytes: 16 * 1024 * 1024,
  /** Milliseconds of silence after which a request is given up: a local model may have to be loaded first. */
  embeddingSilenceMs: 120_000,
  /** Milliseconds for the vector of a question, which a person waits for; then the words alone are searched. */
  questionVectorMs: 5_000,
  /** Questions of which the vectors are kept: search as you type asks the same again. */
  questionVectors: 200,
  /** Milliseconds that a request waits for its turn, or as the server said; longer, and the note waits in the queue. */
  embeddingPatienceMs: 60_000,
  /** Milliseconds that a server is left alone at most, whatever it says: a wrong number must not stop an index for days. */
  embeddingHoldMs: 60 * 60_000,
  /** Times that one request is sent anew because the server said when. */
  embeddingTries: 3,
  /** Characters of a text that is not cut again when the server calls it too long. */
  embeddingShortestCharacters: 64,
  /** Milliseconds that the index of one workspace holds up those of others when Skein starts. */
  knowledgeTurnMs: 30_000,
  /** Milliseconds that a check waits for an answer, which may have to load the model, too. */
  embedderCheckMs: 60_000,
  /** Models that a check lists. */
  embedderModelsListed: 50,
  /** Characters of what a server said that a problem quotes. */
  embedderWordsCharacters: 300,
  /** Texts of which a peer is asked for the vectors at once: with 1,536 numbers each, some 130 KiB, a second on a slow line. */
  sharedHashes: 64,
  /** Milliseconds that a peer has to answer; it gives up looking in less. An embedder is rarely quicker than that. */
  sharedWaitMs: 4_500,
  sharedGiveMs: 3_500,
  /** Milliseconds that a peer which did not answer is not asked again. */
  sharedRestMs: 60_000,
  /** One of so many vectors of a peer is recomputed, on the average. */
  sharedSampleEvery: 16,
  /**
   * The cosine of a peer's vector with our own of the same text, at least: packing leaves more than 0.993, and the rest is
   * room for other hardware, and for a server that takes less of a long text at once.
   */
  sharedCosine: 0.95,
  /** How far from 1 the length of a peer's vector may be: packing of real ones costs less than 0.01. */
  sharedLength: 0.02,
  /** Failures in a row after which a note is listed as stuck; it is tried again all the same. */
  stuckFailures: 3,
  /** Milliseconds that a vector is kept which no passage has: a note that comes back costs nothing, and 30 days are a month's work. */
  unusedVectorMs: 30 * 24 * 60 * 60_000,
} as const;
