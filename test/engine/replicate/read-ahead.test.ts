/** Contents of a page that are unpacked before it is taken: what comes of it is what would come without. */
import { describe, expect, test, vi } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createReadAhead } from '../../../electron/engine/replicate/read-ahead.ts';
import type { Page, Push, Row } from '../../../shared/contracts/peer-protocol.ts';
import { emptyVector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture } from '../../support/engine-fixture.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakePatientCodec, type FakePatientCodecOptions } from '../../support/fake-patient-codec.ts';
import { createLife } from '../../support/life.ts';
import { allRights } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const random = createSeededRandom('ahead');
/** Text that is long enough to travel packed by itself. */
const noise = (): string => Buffer.from(random.bytes(limits.plainBodyBytes)).toString('hex');
const many = limits.aheadContents;

function logOf(files: number, clock = createFakeClock()): LogFixture {
  const log = createLogFixture('from', clock);
  for (let index = 0; index < files; index++)
    log.write(`memory-bank/note-${index}.md`, `${index}\n${noise()}`);
  return log;
}

/** Those that a page was found to bring, as whoever reads ahead into `into` finds them. */
async function ahead(
  rows: readonly Row[],
  {
    into = createLogFixture('into'),
    takes,
    codec = {},
  }: {
    into?: LogFixture;
    takes?: (path: string) => boolean;
    codec?: Omit<FakePatientCodecOptions, 'clock'>;
  } = {},
) {
  const clock = createFakeClock();
  const warned: string[] = [];
  const log = {
    info: () => undefined,
    error: () => undefined,
    warn: (text: string) => void warned.push(text),
  };
  const patientCodec = createFakePatientCodec({ clock, ...codec });
  const read = createReadAhead({ contents: into.contents, patientCodec, log });
  const run = async () => {
    const reading = read(rows, takes);
    await clock.advance(100);
    return reading;
  };
  return { unpacked: await run(), again: run, warned };
}

describe('what is unpacked ahead', () => {
  test('are all contents of a page that travel packed, by their hashes', async () => {
    const { changes } = logOf(many).page(emptyVector);
    const { unpacked } = await ahead(changes);
    expect([...unpacked.keys()].toSorted()).toEqual(
      changes.map((row) => ('content' in row ? row.content : null)).toSorted(),
    );
    for (const [hash, { bytes, md5 }] of unpacked) {
      expect(nodeCodec.sha256(bytes)).toBe(hash);
      expect(nodeCodec.md5(bytes)).toBe(md5);
    }
  });

  test('is nothing where there are few, where they are here, and of files that are not taken', async () => {
    const from = logOf(many);
    const { changes } = from.page(emptyVector);
    expect((await ahead(changes.slice(1))).unpacked.size).toBe(0);
    expect((await ahead(changes, { into: from })).unpacked.size).toBe(0);
    expect((await ahead(changes, { takes: (path) => !path.endsWith('-0.md') })).unpacked.size).toBe(0);
  });

  test('is no more than may lie in memory at once', async () => {
    const { changes } = logOf(many).page(emptyVector);
    const large = changes.map((row) => ('size' in row ? { ...row, size: limits.aheadBytes / many } : row));
    expect((await ahead(large)).unpacked.size).toBe(many);
    expect(
      (await ahead(large.map((row) => ({ ...row, size: limits.aheadBytes / many + 1 })))).unpacked.size,
    ).toBe(0);
  });

  test('is nothing while what unpacks has still to be started, which it is then', async () => {
    const { changes } = logOf(many).page(emptyVector);
    let isReady = false;
    const life = createLife();
    const asked = vi.spyOn(life, 'reach');
    const { unpacked, again } = await ahead(changes, { codec: { isReady: () => isReady, life } });
    expect(unpacked.size).toBe(0);
    expect(asked).toHaveBeenCalledWith(expect.objectContaining({ operation: 'unpackAll' }));
    isReady = true;
    expect((await again()).size).toBe(0);
    expect((await ahead(changes.slice(), { codec: { isReady: () => isReady } })).unpacked.size).toBe(many);
  });

  test('is nothing where it cannot be done so, and that is said once', async () => {
    const { changes } = logOf(many).page(emptyVector);
    const failing = await ahead(changes, { codec: { fails: () => true } });
    await failing.again();
    expect(failing.unpacked.size).toBe(0);
    expect(failing.warned).toEqual(['Unpacking beside the loop what peers send failed: it holds up others']);
  });
});

const toPush = ({ changes, node_id, vector, now_ms, watermark }: Page): Push => ({
  changes,
  node_id,
  vector,
  now_ms,
  source_watermark: watermark,
});

describe('a page whose contents were unpacked ahead', () => {
  /** What a replica holds that was given the page. */
  async function take(from: LogFixture, page: Page, codec: Omit<FakePatientCodecOptions, 'clock' | 'life'>) {
    const to = await createEngineFixture({ seed: 1, patientCodec: codec });
    const side = to.engine.replication.peerSide;
    const pushed = side.push(toPush(page), { id: 'from', name: 'From' }, allRights);
    await to.clock.advance(10_000);
    expect(await pushed).toMatchObject({ ok: true });
    const notes = [...Array(many).keys()].map((index) => to.text(`memory-bank/note-${index}.md`));
    return { notes, vector: side.watermark().vector, whole: from.vector() };
  }

  test('brings the files, however long that takes, and also where it fails', async () => {
    const from = logOf(many);
    const expected = [...Array(many).keys()].map((index) =>
      from.text(from.heads.of(`memory-bank/note-${index}.md`).length > 0 ? contentOf(from, index) : null),
    );
    const page = from.page(emptyVector);
    for (const codec of [{}, { delayMs: () => 5_000 }, { fails: () => true }, { isReady: () => false }])
      expect((await take(from, page, codec)).notes).toEqual(expected);
  });

  test('brings no file whose bytes are not what its row says', async () => {
    const from = logOf(many);
    const page = from.page(emptyVector);
    const [first, second, ...others] = page.changes;
    if (first?.kind !== 'modified' || second?.kind !== 'modified')
      return expect.unreachable('notes were written');
    const swapped = [{ ...first, body: second.body }, { ...second, size: second.size + 1 }, ...others];
    const { notes } = await take(from, { ...page, changes: swapped }, {});
    expect(notes.slice(0, 2)).toEqual([undefined, undefined]);
    expect(notes.slice(2)).not.toContain(undefined);
  });
});

const contentOf = ({ page }: LogFixture, index: number): string | null => {
  const row = page(emptyVector).changes.find(
    (it) => 'path' in it && it.path === `memory-bank/note-${index}.md`,
  );
  return row !== undefined && 'content' in row ? row.content : null;
};
