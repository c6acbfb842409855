/** A file that more replicas wrote apart from each other than a change can stand on: nothing stops, nothing is lost. */
import { expect, test } from 'vitest';
import { pageShape } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture, type EngineFixture, finish } from '../../support/engine-fixture.ts';
import { allRights } from '../../support/memory-network.ts';
import { toText } from '../core-fixture.ts';
import { createLogFixture } from './log-fixture.ts';

const path = 'HANDOFF.md';
const replicas = limits.mergedHeads + 5;

/** An engine that got a first version of the file from each of many replicas, all at once. */
async function gatherFrom(textOf: (index: number) => string): Promise<EngineFixture> {
  const here = await createEngineFixture({ seed: 1 });
  const others = Array.from({ length: replicas }, (_, index) => createLogFixture(`replica ${index}`));
  for (const [index, other] of others.entries()) other.write(path, textOf(index));
  const changes = others.flatMap((other) => other.page({}).changes);
  const push = { ...createLogFixture(2).page({}), changes, source_watermark: '' };
  await finish(here.clock, here.engine.replication.peerSide.push(push, { id: 'b', name: 'B' }, allRights));
  return here;
}

/** The newest change of the file that another replica gets, as it would check it. */
function newest({ engine }: EngineFixture) {
  const page = engine.replication.peerSide.changes({}, limits.pageRowsSent, allRights);
  return pageShape.parse(page).changes.findLast((row) => 'path' in row && row.path === path);
}

const textAt = ({ engine }: EngineFixture, stamp: string): string | undefined =>
  toText(engine.log.content(engine.log.changeByStamp(stamp)?.content ?? ''));

test('an edit on top of a version that all began with goes on to others', async () => {
  const here = await gatherFrom(() => 'the same\n');
  await here.save(path, 'the same\nand more\n');
  expect(newest(here)).toMatchObject({ kind: 'modified' });
  expect(here.text(path)).toBe('the same\nand more\n');
});

test('versions that differ are all in the file or in the inbox, and a merge of them goes on to others', async () => {
  const here = await gatherFrom((index) => `- entry ${index}\n`);
  const lost = here.engine.conflicts('open').map(({ loser }) => textAt(here, loser));
  const text = here.text(path) ?? '';
  for (let index = 0; index < replicas; index++) expect(text + lost.join('')).toContain(`- entry ${index}\n`);
  expect(newest(here)).toMatchObject({ joins: 'merge' });
  await here.save(path, `${text}- mine\n`);
  expect(newest(here)).toMatchObject({ kind: 'modified' });
  expect(here.text(path)).toBe(`${text}- mine\n`);
});
