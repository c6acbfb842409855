/** A long history comes in pages: its files are written once, at the end, and never later than that. */
import { expect, test } from 'vitest';
import type { Push } from '../../../shared/contracts/peer-protocol.ts';
import { countMissing, emptyVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { allRights } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const random = createSeededRandom(5);
/** Text that cannot be packed to much less. */
const noise = (bytes: number): string => Buffer.from(random.bytes(bytes / 2)).toString('hex');

/** A replica, and the log of another one with so many versions of one file. */
async function setUp(versions: number, bytes: number): Promise<{ to: EngineFixture; from: LogFixture }> {
  const to = await createEngineFixture({ seed: 1 });
  const from = createLogFixture(2, to.clock);
  for (let version = 1; version <= versions; version++)
    from.write('AGENTS.md', `version ${version}\n${noise(bytes)}\n`);
  return { to, from };
}

/** Pushes what a holder of `since` lacks, one page of it, and returns what it holds then. */
async function pushPage(to: EngineFixture, from: LogFixture, since: Vector): Promise<Vector> {
  const { changes, node_id, vector, now_ms, watermark } = from.page(since, limits.pageRowsUsual);
  const push: Push = {
    changes,
    node_id,
    vector,
    now_ms,
    source_watermark: watermark,
    to_come: { changes: countMissing(from.vector(), since), bytes: 1 },
  };
  const answer = to.engine.replication.peerSide.push(push, { id: 'from', name: 'From' }, allRights);
  // Its contents are unpacked beside the loop.
  await to.clock.advance(10);
  expect(await answer).toMatchObject({ ok: true, value: { accepted: true } });
  return { ...since, [node_id]: (since[node_id] ?? 0) + changes.length };
}

const firstLine = (to: EngineFixture): string | undefined => to.text('AGENTS.md')?.split('\n')[0];

test('a file that changed often is written when its last page is here, whatever came for it before', async () => {
  const bytes = 10_000;
  const versions = Math.ceil((limits.arrivedBytes * 2.5) / bytes);
  const { to, from } = await setUp(versions, bytes);
  const seen: (string | undefined)[] = [];
  for (let held = emptyVector; countMissing(from.vector(), held) > 0; seen.push(firstLine(to)))
    held = await pushPage(to, from, held);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen).toEqual([...seen.slice(1).map(() => undefined), `version ${versions}`]);
});

test('files of a page that no other follows are written after a moment all the same', async () => {
  const { to, from } = await setUp(limits.pageRowsUsual + 1, 10);
  const held = await pushPage(to, from, emptyVector);
  expect(firstLine(to)).toBeUndefined();
  await to.clock.advance(10_000);
  expect(firstLine(to)).toBe(`version ${limits.pageRowsUsual}`);
  await pushPage(to, from, held);
  expect(firstLine(to)).toBe(`version ${limits.pageRowsUsual + 1}`);
});
