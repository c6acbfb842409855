import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Clock, PackedContent, PatientCodec, UnpackedContent } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { createLife, type Life } from './life.ts';

export type FakePatientCodecOptions = {
  clock: Clock;
  life?: Life;
  /** A smaller bound makes small contents take the long way. */
  atOnceBytes?: number;
  /** Milliseconds of the next answer: 1 unless told otherwise. */
  delayMs?: () => number;
  /** Whether the next answer cannot be worked out, though nothing is wrong with the bytes. */
  fails?: () => boolean;
  /** Whether unpacking many has nothing to start first: yes unless told otherwise. */
  isReady?: () => boolean;
  /** Hears of everything that was packed. */
  packed?: (bytes: Uint8Array) => void;
};

/** Answers after some time of the fake clock. Each piece of work has points before and after it where `life` may end. */
export function createFakePatientCodec(options: FakePatientCodecOptions): PatientCodec {
  const { clock, life = createLife(), delayMs = () => 1, fails = () => false, packed } = options;

  async function patiently<Value>(operation: string, work: () => Value): Promise<Value> {
    life.reach({ source: 'codec', operation, subject: '', when: 'before' });
    await new Promise<void>((resolve) => clock.after(delayMs(), resolve));
    if (fails()) throw new Error(`The ${operation} was not worked out.`);
    const value = work();
    life.reach({ source: 'codec', operation, subject: '', when: 'after' });
    return value;
  }

  async function compress(bytes: Uint8Array): Promise<Uint8Array> {
    const done = await patiently('compress', () => nodeCodec.compress(bytes));
    packed?.(bytes);
    return done;
  }

  return {
    atOnceBytes: options.atOnceBytes ?? limits.atOnceBytes,
    sha256: (bytes) => patiently('sha256', () => nodeCodec.sha256(bytes)),
    md5: (bytes) => patiently('md5', () => nodeCodec.md5(bytes)),
    gitBlobId: (bytes) => patiently('gitBlobId', () => nodeCodec.gitBlobId(bytes)),
    compress,
    decompress: (bytes, atMost) => patiently('decompress', () => nodeCodec.decompress(bytes, atMost)),
    unpackAll: (contents) => patiently('unpackAll', () => contents.map(unpackOne)),
    isUnpackingReady: options.isReady ?? (() => true),
  };
}

function unpackOne({ data, size }: PackedContent): UnpackedContent | undefined {
  try {
    const packed = typeof data === 'string' ? nodeCodec.fromBase64(data) : data;
    const bytes = nodeCodec.decompress(packed, size);
    return { bytes, packed, sha256: nodeCodec.sha256(bytes), md5: nodeCodec.md5(bytes) };
  } catch {
    return undefined;
  }
}
