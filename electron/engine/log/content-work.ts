/**
 * Hashing, packing and unpacking of versions. Small ones are done at once; a large one is done patiently, because a
 * journal of some megabytes would hold the event loop, and everything with it, for a quarter of a second.
 */
import { assert } from '../../../shared/assert.ts';
import type { Codec, Log, PatientCodec } from '../ports.ts';
import { type Content, type ContentStore, contentOf, type Packed } from './content-store.ts';

export type ContentWork = {
  /** Whether a content of so many bytes must be worked on patiently. */
  isLarge(size: number): boolean;
  hash(bytes: Uint8Array): Promise<string>;
  /** A content that takes no time any more to be stored; `hash` where it is known already. */
  prepare(bytes: Uint8Array, hash?: string): Promise<Content>;
  /** As `ContentStore.get`. */
  read(hash: string): Promise<Uint8Array | undefined>;
  gitBlobId(bytes: Uint8Array): Promise<string>;
};

export function createContentWork(deps: {
  codec: Codec;
  patientCodec: PatientCodec;
  contents: ContentStore;
  log: Log;
}): ContentWork {
  const { codec, patientCodec, contents, log } = deps;
  const isLarge = (size: number): boolean => size > patientCodec.atOnceBytes;
  let isFailing = false;

  /** What cannot be worked out patiently is worked out all the same: a version counts for more than a moment. */
  async function patiently<Value>(patient: Promise<Value>, atOnce: () => Value): Promise<Value> {
    try {
      const value = await patient;
      isFailing = false;
      return value;
    } catch (failure) {
      if (!isFailing)
        log.warn('A large file holds up others: working on it beside them failed', {
          failure: String(failure),
        });
      isFailing = true;
      return atOnce();
    }
  }

  async function hash(bytes: Uint8Array): Promise<string> {
    if (!isLarge(bytes.length)) return codec.sha256(bytes);
    return patiently(patientCodec.sha256(bytes), () => codec.sha256(bytes));
  }

  async function pack(bytes: Uint8Array): Promise<Packed> {
    return {
      md5: await patiently(patientCodec.md5(bytes), () => codec.md5(bytes)),
      packed: await patiently(patientCodec.compress(bytes), () => codec.compress(bytes)),
    };
  }

  async function unpack({ packed, size }: { packed: Uint8Array; size: number }): Promise<Uint8Array> {
    return patiently(patientCodec.decompress(packed, size), () => codec.decompress(packed, size));
  }

  return {
    isLarge,
    hash,
    async prepare(bytes, known) {
      const content = contentOf(codec, bytes, known ?? (await hash(bytes)));
      if (!isLarge(bytes.length)) return content;
      const packed = await pack(bytes);
      return { ...content, pack: () => packed };
    },
    async read(wanted) {
      if (!isLarge(contents.facts(wanted)?.size ?? 0)) return contents.get(wanted);
      const stored = contents.packed(wanted);
      if (stored === undefined) return undefined;
      const bytes = await unpack(stored);
      assert((await hash(bytes)) === wanted, `content ${wanted} reads back different bytes`);
      return bytes;
    },
    async gitBlobId(bytes) {
      if (!isLarge(bytes.length)) return codec.gitBlobId(bytes);
      return patiently(patientCodec.gitBlobId(bytes), () => codec.gitBlobId(bytes));
    },
  };
}
