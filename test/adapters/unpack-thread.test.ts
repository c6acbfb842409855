/** The thread itself: when it is there, and what becomes of those who wait when it is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createUnpackThread } from '../../electron/adapters/unpack-thread.ts';
import type { PackedContent } from '../../electron/engine/ports.ts';

const text = Buffer.from('a note of an agent\n');
const packed: PackedContent = { data: nodeCodec.toBase64(nodeCodec.compress(text)), size: text.length };
/** Node names the threads that it starts for somebody; those of V8 and of libuv have other names. */
const threads = (): number =>
  readdirSync('/proc/self/task').filter((id) => nameOf(id).startsWith('WorkerThread')).length;

function nameOf(id: string): string {
  try {
    return readFileSync(`/proc/self/task/${id}/comm`, 'utf8');
  } catch {
    return 'ended';
  }
}

// Elsewhere the system does not say how many threads a process has.
test.runIf(process.platform === 'linux')('ends after a rest, and starts again for the next', async () => {
  const before = threads();
  const unpackAll = createUnpackThread(1);
  for (let round = 0; round < 2; round++) {
    const [first, second] = [unpackAll([packed]), unpackAll([packed])];
    await vi.waitFor(() => expect(threads()).toBeGreaterThan(before));
    expect((await first)[0]?.md5).toBe(nodeCodec.md5(text));
    expect((await second)[0]?.md5).toBe(nodeCodec.md5(text));
    await vi.waitFor(() => expect(threads()).toBeLessThanOrEqual(before), 10_000);
  }
});

test('what cannot be sent to it rejects, and those before and after get their answers', async () => {
  const unpackAll = createUnpackThread(1);
  const unsendable = { ...packed, odd: () => undefined } as PackedContent;
  const answers = await Promise.allSettled([
    unpackAll([packed]),
    unpackAll([unsendable]),
    unpackAll([packed]),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a thread that breaks rejects whoever waits, and the next has another', async () => {
  const unpackAll = createUnpackThread(1);
  const broken = [undefined as unknown as PackedContent];
  const [before, ...others] = await Promise.allSettled([
    unpackAll([packed]),
    unpackAll(broken),
    unpackAll([packed]),
  ]);
  expect(before?.status).toBe('fulfilled');
  expect(others.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await unpackAll([packed]))[0]?.md5).toBe(nodeCodec.md5(text));
});
