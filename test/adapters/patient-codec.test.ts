import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { nodePatientCodec } from '../../electron/adapters/node-patient-codec.ts';
import type { PatientCodec, UnpackedContent } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePatientCodec } from '../support/fake-patient-codec.ts';
import { Crash, createLife } from '../support/life.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

/** `finish` gives the work the time that it needs. */
type Subject = { codec: PatientCodec; finish: <Value>(work: Promise<Value>) => Promise<Value> };

function fakeSubject(): Subject {
  const clock = createFakeClock();
  const finish = async <Value>(work: Promise<Value>): Promise<Value> => {
    work.catch(() => undefined);
    await clock.advance(10);
    return work;
  };
  return { codec: createFakePatientCodec({ clock }), finish };
}

const step = limits.workStepBytes;
const noise = createSeededRandom('noise').bytes(2 * step + 77);
const contents: [string, Uint8Array][] = [
  ['an empty file', new Uint8Array()],
  ['one byte', Uint8Array.from([0])],
  ['a byte less than one step', noise.subarray(0, step - 1)],
  ['exactly one step', noise.subarray(0, step)],
  ['bytes that are no text', noise],
  ['a journal', new TextEncoder().encode('## 2026-03-01 hand-off\nThe parser is done.\n'.repeat(20_000))],
];

const subjects: [string, () => Subject][] = [
  ["Node's own", () => ({ codec: nodePatientCodec, finish: (work) => work })],
  ['the fake', fakeSubject],
];

describe.each(subjects)('%s', (_name, open) => {
  test.each(contents)('hashes %s as the codec does', async (_content, bytes) => {
    const { codec, finish } = open();
    const hashes = [codec.sha256(bytes), codec.md5(bytes), codec.gitBlobId(bytes)];
    expect(await finish(Promise.all(hashes))).toEqual([
      nodeCodec.sha256(bytes),
      nodeCodec.md5(bytes),
      nodeCodec.gitBlobId(bytes),
    ]);
  });

  test.each(contents)(
    'packs %s for the codec, and unpacks what the codec packed',
    async (_content, bytes) => {
      const { codec, finish } = open();
      const packed = await finish(codec.compress(bytes));
      expect(Buffer.compare(nodeCodec.decompress(packed, bytes.length), bytes)).toBe(0);
      const unpacked = await finish(codec.decompress(nodeCodec.compress(bytes), bytes.length));
      expect(Buffer.compare(unpacked, bytes)).toBe(0);
    },
  );

  test('rejects a result over the bound', async () => {
    const { codec, finish } = open();
    const packed = nodeCodec.compress(noise);
    await expect(finish(codec.decompress(packed, noise.length - 1))).rejects.toThrow();
    await expect(finish(codec.decompress(nodeCodec.compress(Uint8Array.from([1])), 0))).rejects.toThrow();
  });

  test('rejects damaged input: cut, flipped, empty, or never compressed', async () => {
    const { codec, finish } = open();
    const packed = nodeCodec.compress(noise);
    const flipped = Uint8Array.from(packed);
    flipped[1500]! ^= 1;
    for (const damaged of [packed.subarray(0, packed.length - 5), flipped, new Uint8Array(), noise])
      await expect(finish(codec.decompress(damaged, noise.length))).rejects.toThrow();
  });

  test('answers only after the caller has returned', async () => {
    const { codec, finish } = open();
    const order: string[] = [];
    const work = codec.sha256(noise).then(() => order.push('answer'));
    order.push('caller');
    await finish(work);
    expect(order).toEqual(['caller', 'answer']);
  });

  test('works on several contents at once without mixing them up', async () => {
    const { codec, finish } = open();
    const all = contents.map(([, bytes]) => codec.sha256(bytes));
    expect(await finish(Promise.all(all))).toEqual(contents.map(([, bytes]) => nodeCodec.sha256(bytes)));
  });
});

const asPacked = (bytes: Uint8Array) => ({
  data: nodeCodec.toBase64(nodeCodec.compress(bytes)),
  size: bytes.length,
});

describe.each(subjects)('%s, of many contents', (_name, open) => {
  test('gives the bytes of each, what it was packed as, and its hashes, in their order', async () => {
    const { codec, finish } = open();
    const all = contents.map(([, bytes]) => bytes);
    const unpacked = await finish(codec.unpackAll(all.map(asPacked)));
    expect(unpacked.map((it) => it && { ...it, bytes: sumOf(it.bytes), packed: sumOf(it.packed) })).toEqual(
      all.map((bytes) => ({
        bytes: sumOf(bytes),
        packed: sumOf(nodeCodec.compress(bytes)),
        sha256: nodeCodec.sha256(bytes),
        md5: nodeCodec.md5(bytes),
      })),
    );
  });

  test('takes bytes as they are just as well as base64', async () => {
    const { codec, finish } = open();
    const all = contents.map(([, bytes]) => bytes);
    const raw = all.map((bytes) => ({ data: nodeCodec.compress(bytes), size: bytes.length }));
    const [asBytes, asText] = [
      await finish(codec.unpackAll(raw)),
      await finish(codec.unpackAll(all.map(asPacked))),
    ];
    const summed = (it: UnpackedContent | undefined) =>
      it && { ...it, bytes: sumOf(it.bytes), packed: sumOf(it.packed) };
    expect(asBytes.map(summed)).toEqual(asText.map(summed));
    const damaged = raw.map(({ data, size }) => ({ data: data.subarray(0, 3), size }));
    expect(await finish(codec.unpackAll(damaged))).toEqual(raw.map(() => undefined));
  });

  test('none are none', async () => {
    const { codec, finish } = open();
    expect(await finish(codec.unpackAll([]))).toEqual([]);
  });

  test('leaves out what is damaged, larger than it says or no base64, and nothing else', async () => {
    const { codec, finish } = open();
    const good = asPacked(Buffer.from('a note\n'));
    const packed = asPacked(noise);
    const bad = [
      { ...packed, size: noise.length - 1 },
      { ...asPacked(Uint8Array.from([1])), size: 0 },
      { ...packed, data: packed.data.slice(0, -8) },
      { ...packed, data: `-${packed.data.slice(1)}` },
      { ...packed, data: '' },
      { ...packed, data: 'bm8genN0ZA==' },
    ];
    const answer = await finish(codec.unpackAll([good, ...bad, good]));
    expect(answer.map((it) => it?.sha256)).toEqual([
      nodeCodec.sha256(Buffer.from('a note\n')),
      ...bad.map(() => undefined),
      nodeCodec.sha256(Buffer.from('a note\n')),
    ]);
  });

  test('answers each of several questions that are asked at once', async () => {
    const { codec, finish } = open();
    const questions = contents.map(([, bytes]) => codec.unpackAll([asPacked(bytes)]));
    const answers = await finish(Promise.all(questions));
    expect(answers.map(([it]) => it?.md5)).toEqual(contents.map(([, bytes]) => nodeCodec.md5(bytes)));
  });
});

/** Arrays of another realm are equal in their bytes only. */
const sumOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** How often others had their turn before the work was done; 0 when it was done in the call itself. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns += 1;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await work;
  done = true;
  return turns;
}

describe('the event loop is not held', () => {
  const large = new Uint8Array(limits.trackedFileBytes).fill(97);

  test.each(['sha256', 'md5', 'gitBlobId'] as const)('%s stops after each step', async (name) => {
    const stops = large.length / step - 1;
    expect(await turnsDuring(nodePatientCodec[name](large))).toBeGreaterThanOrEqual(stops);
  });

  test('packing and unpacking go on in another thread', async () => {
    expect(await turnsDuring(nodePatientCodec.compress(large))).toBeGreaterThan(0);
    const packed = nodeCodec.compress(large);
    expect(await turnsDuring(nodePatientCodec.decompress(packed, large.length))).toBeGreaterThan(0);
  });
});

describe('the fake fails as told', () => {
  test('an answer that is not worked out rejects, the next one comes', async () => {
    const clock = createFakeClock();
    const failures = [true, false];
    const codec = createFakePatientCodec({
      clock,
      delayMs: () => 50,
      fails: () => failures.shift() === true,
    });
    const answers = Promise.allSettled([codec.sha256(noise), codec.sha256(noise)]);
    await clock.advance(50);
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('a process that died meanwhile gets no answer', async () => {
    const clock = createFakeClock();
    const life = createLife();
    const work = createFakePatientCodec({ clock, life }).compress(noise);
    life.kill();
    const answer = expect(work).rejects.toThrow(Crash);
    await clock.advance(10);
    await answer;
  });
});
