/**
 * A thread that unpacks and hashes the contents of a message: hundreds of small ones hold the event loop for longer
 * than storing them does. It starts with the first message and ends when none came for a while.
 */
import { Worker } from 'node:worker_threads';
import { limits } from '../../shared/limits.ts';
import type { PackedContent, UnpackedContent } from '../engine/ports.ts';

type Answer = (UnpackedContent | undefined)[];
/** Bytes that came as they are stay here; those that came as base64 come back. */
type Unpacked = Omit<UnpackedContent, 'packed'> & { packed: Uint8Array | undefined };
type Waiting = { resolve(answer: (Unpacked | undefined)[]): void; reject(cause: Error): void };
type WorkerRequire = (module: string) => unknown;

export type UnpackThread = {
  unpackAll(contents: readonly PackedContent[]): Promise<Answer>;
  /** Whether there is a thread that has answered already. */
  isReady(): boolean;
};

/** `restMs`: milliseconds without work after which the thread ends. */
export function createUnpackThread(restMs: number = limits.unpackThreadRestMs): UnpackThread {
  let running: { worker: Worker; waiting: Waiting[]; isReady: boolean } | undefined;
  let rest: NodeJS.Timeout | undefined;

  function start() {
    // The function travels as text, so that it works alike from source and from one bundled file.
    const worker = new Worker(`(${unpackInWorker.toString()})(require)`, { eval: true });
    worker.unref();
    const started = { worker, waiting: [] as Waiting[], isReady: false };
    worker.on('message', (answer: (Unpacked | undefined)[]) => {
      started.isReady = true;
      started.waiting.shift()?.resolve(answer);
      if (started.waiting.length === 0) rest = setTimeout(stop, restMs).unref();
    });
    worker.on('error', (cause) => fail(started, cause));
    worker.on('exit', () => fail(started, new Error('The thread ended.')));
    return started;
  }

  function fail(ended: { waiting: Waiting[] }, cause: Error): void {
    if (running === ended) running = undefined;
    for (const { reject } of ended.waiting.splice(0)) reject(cause);
  }

  function stop(): void {
    void running?.worker.terminate();
    running = undefined;
  }

  const ask = (contents: readonly PackedContent[]): Promise<(Unpacked | undefined)[]> =>
    new Promise((resolve, reject) => {
      clearTimeout(rest);
      running ??= start();
      running.worker.postMessage(contents);
      running.waiting.push({ resolve, reject });
    });

  return {
    isReady: () => running?.isReady === true,
    async unpackAll(contents) {
      const answer = await ask(contents);
      return answer.map((it, nth) => it && { ...it, packed: it.packed ?? asItCame(contents[nth]) });
    },
  };
}

const asItCame = (content: PackedContent | undefined): Uint8Array =>
  content?.data instanceof Uint8Array ? content.data : new Uint8Array();

/** Runs as text in the worker: it may use nothing of this module. */
function unpackInWorker(load: WorkerRequire): void {
  const { parentPort } = load('node:worker_threads') as typeof import('node:worker_threads');
  const { hash } = load('node:crypto') as typeof import('node:crypto');
  const { zstdDecompressSync } = load('node:zlib') as typeof import('node:zlib');

  /** In memory of its own: what else lay in a shared piece would move to the other thread, too. */
  function alone(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const own = new Uint8Array(bytes.length);
    own.set(bytes);
    return own;
  }

  function unpack({ data, size }: PackedContent): Unpacked | undefined {
    const packed = typeof data === 'string' ? Buffer.from(data, 'base64') : data;
    if (typeof data === 'string' && (packed as Buffer).toString('base64') !== data) return undefined;
    try {
      // Node makes pieces of 16 KiB unless told a size, and one more when the first is full to the last byte.
      const maxOutputLength = Math.max(1, size);
      const plain = zstdDecompressSync(packed, { maxOutputLength, chunkSize: Math.max(64, size + 1) });
      if (plain.length > size) return undefined;
      const [sha256, md5] = [hash('sha256', plain, 'hex'), hash('md5', plain, 'hex')];
      return {
        bytes: alone(plain),
        packed: typeof data === 'string' ? alone(packed) : undefined,
        sha256,
        md5,
      };
    } catch {
      return undefined;
    }
  }

  parentPort?.on('message', (contents: PackedContent[]) => {
    const answer = contents.map(unpack);
    const moved = answer
      .flatMap((it) => [it?.bytes, it?.packed])
      .flatMap((it) => (it === undefined ? [] : [it.buffer as ArrayBuffer]));
    parentPort.postMessage(answer, moved);
  });
}
