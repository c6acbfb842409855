/** The thread itself: when it is there, and what becomes of those who wait when it is not. */
import type { Worker } from 'node:worker_threads';
import { zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createUnpackThread } from '../../electron/adapters/unpack-thread.ts';
import type { PackedContent } from '../../electron/engine/ports.ts';

const text = Buffer.from('a note of an agent\n');
const packed: PackedContent = { data: nodeCodec.toBase64(nodeCodec.compress(text)), size: text.length };
const md5 = nodeCodec.md5(text);

test('is ready from its first answer to its end', async () => {
  const { unpackAll, isReady } = createUnpackThread(1);
  expect(isReady()).toBe(false);
  const first = unpackAll([]);
  expect(isReady()).toBe(false);
  await first;
  expect(isReady()).toBe(true);
  await vi.waitFor(() => expect(isReady()).toBe(false), 10_000);
});

test('ends after a rest, and starts again for the next', async () => {
  const ended = vi.fn();
  const threads = vi.fn((thread: Worker) => void thread.once('exit', ended));
  process.on('worker', threads);
  onTestFinished(() => void process.off('worker', threads));
  const { unpackAll } = createUnpackThread(1);
  for (const round of [1, 2]) {
    const answers = await Promise.all([unpackAll([packed]), unpackAll([packed])]);
    expect(answers.map(([content]) => content?.md5)).toEqual([md5, md5]);
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(round), 10_000);
    expect(threads).toHaveBeenCalledTimes(round);
  }
});

test.each([0, 1, 62, 63, 64, 65, 16_383, 16_384, 16_385, 300_000])(
  '%i bytes come back as they were, and none that are more or other than was said',
  async (size) => {
    const { unpackAll } = createUnpackThread(1);
    const bytes = Buffer.from(Array.from({ length: size }, (_, at) => (at * at) % 251));
    // As a peer may pack them; ours of so few bytes are stored as they are.
    const data = zstdCompressSync(bytes);
    const [whole, cut, more] = await unpackAll([
      { data, size },
      { data: data.subarray(0, -1), size },
      { data: zstdCompressSync(Buffer.concat([bytes, Buffer.from('x')])), size },
    ]);
    expect([whole?.sha256, whole?.md5]).toEqual([nodeCodec.sha256(bytes), nodeCodec.md5(bytes)]);
    expect(Buffer.from(whole?.bytes ?? []).equals(bytes)).toBe(true);
    expect([cut, more]).toEqual([undefined, undefined]);
  },
);

test('what cannot be sent to it rejects, and those before and after get their answers', async () => {
  const { unpackAll } = createUnpackThread(1);
  const unsendable = { ...packed, odd: () => undefined } as PackedContent;
  const answers = await Promise.allSettled([
    unpackAll([packed]),
    unpackAll([unsendable]),
    unpackAll([packed]),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a thread that breaks rejects whoever waits, and the next has another', async () => {
  const { unpackAll } = createUnpackThread(1);
  const broken = [undefined as unknown as PackedContent];
  // That a thread breaks comes another way than its answers, and may overtake them.
  expect((await unpackAll([packed]))[0]?.md5).toBe(md5);
  const others = await Promise.allSettled([unpackAll(broken), unpackAll([packed])]);
  expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await unpackAll([packed]))[0]?.md5).toBe(md5);
});
