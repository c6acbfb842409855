/** Small contents are done at once, large ones patiently, and every one of them is done. */
import { describe, expect, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createContentStore } from '../../../electron/engine/log/content-store.ts';
import { createContentWork } from '../../../electron/engine/log/content-work.ts';
import { openLog } from '../../../electron/engine/log/open-log.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakePatientCodec } from '../../support/fake-patient-codec.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { toBytes } from '../core-fixture.ts';

const small = toBytes('a note\n');
const large = toBytes('a line of a journal\n'.repeat(10));

function setUp(fails: () => boolean = () => false) {
  const clock = createFakeClock();
  const sql = openSql(':memory:');
  openLog(sql, createSeededRandom(1));
  const contents = createContentStore(sql, nodeCodec);
  const warnings: string[] = [];
  const silent = () => undefined;
  const work = createContentWork({
    codec: nodeCodec,
    patientCodec: createFakePatientCodec({ clock, atOnceBytes: 100, delayMs: () => 50, fails }),
    contents,
    log: { info: silent, error: silent, warn: (message) => void warnings.push(message) },
  });
  /** What the work gives after so many milliseconds; undefined while it goes on. */
  async function within<Value>(ms: number, running: Promise<Value>): Promise<Value | undefined> {
    let value: Value | undefined;
    running.then(
      (it) => {
        value = it;
      },
      () => undefined,
    );
    await clock.advance(ms);
    return value;
  }
  const keep = async (bytes: Uint8Array): Promise<string> => {
    const content = await Promise.all([work.prepare(bytes), clock.advance(200)]).then(([it]) => it);
    sql.transaction(() => contents.put(content));
    return content.hash;
  };
  return { sql, clock, contents, work, warnings, within, keep };
}

describe('without time passing', () => {
  test('a small content is hashed, prepared, read and named for git', async () => {
    const { work, within, keep } = setUp();
    expect(await within(0, work.hash(small))).toBe(nodeCodec.sha256(small));
    expect(await within(0, work.prepare(small))).toMatchObject({ size: small.length });
    expect(await within(0, work.gitBlobId(small))).toBe(nodeCodec.gitBlobId(small));
    expect(Buffer.from((await within(0, work.read(await keep(small)))) ?? [])).toEqual(Buffer.from(small));
  });

  test('nothing is done with a large one', async () => {
    const { work, within, keep } = setUp();
    const hash = await keep(large);
    const begun: Promise<unknown>[] = [
      work.hash(large),
      work.prepare(large),
      work.gitBlobId(large),
      work.read(hash),
    ];
    for (const running of begun) expect(await within(0, running)).toBeUndefined();
  });
});

test('the limit is the last size that is small', () => {
  const { work } = setUp();
  expect([99, 100, 101].map(work.isLarge)).toEqual([false, false, true]);
});

test('a large content is packed when it is prepared, and storing it does no more work', async () => {
  const { work, within, contents, sql } = setUp();
  expect(await within(100, work.prepare(large))).toBeUndefined();
  const content = await within(200, work.prepare(large));
  expect(content).toMatchObject({ hash: nodeCodec.sha256(large), size: large.length });
  const packed = content?.pack();
  expect(content?.pack()).toBe(packed);
  expect(packed?.md5).toBe(nodeCodec.md5(large));
  sql.transaction(() =>
    contents.put(content ?? { hash: '', size: 0, pack: () => ({ md5: '', packed: large }) }),
  );
  expect(Buffer.from(contents.get(nodeCodec.sha256(large)) ?? [])).toEqual(Buffer.from(large));
});

test('a hash that is known is not worked out again', async () => {
  const { work, within } = setUp();
  expect(await within(100, work.prepare(large, 'abc'))).toMatchObject({ hash: 'abc' });
});

describe('reading', () => {
  test('gives the bytes of a large content', async () => {
    const { work, within, keep } = setUp();
    const hash = await keep(large);
    expect(Buffer.from((await within(100, work.read(hash))) ?? [])).toEqual(Buffer.from(large));
  });

  test('what was never seen or is collected is undefined, at once', async () => {
    const { work, sql, keep } = setUp();
    expect(await work.read('0'.repeat(64))).toBeUndefined();
    const hash = await keep(large);
    sql.exec('UPDATE content SET packed = NULL');
    expect(await work.read(hash)).toBeUndefined();
  });

  test('damage is said, never handed out as the version', async () => {
    const { work, sql, keep, clock } = setUp();
    const hash = await keep(large);
    for (const packed of [nodeCodec.compress(large.map((byte) => byte ^ 1)), toBytes('no zstd at all')]) {
      sql.prepare('UPDATE content SET packed = ?').run(packed);
      const reading = expect(work.read(hash)).rejects.toThrow();
      await clock.advance(500);
      await reading;
    }
  });
});

describe('what cannot be worked out patiently', () => {
  test('is worked out all the same, and said once until it works again', async () => {
    let isBroken = true;
    const { work, within, warnings, keep } = setUp(() => isBroken);
    expect(await within(50, work.hash(large))).toBe(nodeCodec.sha256(large));
    const hash = await keep(large);
    expect(Buffer.from((await within(100, work.read(hash))) ?? [])).toEqual(Buffer.from(large));
    expect(await within(50, work.gitBlobId(large))).toBe(nodeCodec.gitBlobId(large));
    expect(warnings).toHaveLength(1);
    isBroken = false;
    await within(50, work.hash(large));
    isBroken = true;
    await within(50, work.hash(large));
    expect(warnings).toHaveLength(2);
  });
});
