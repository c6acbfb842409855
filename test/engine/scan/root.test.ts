/** A workspace folder that is gone or another one: nothing counts as deleted, and nothing is written there. */
import { expect, test } from 'vitest';
import { createEngineFixture, type EngineFixture, finish } from '../../support/engine-fixture.ts';

const kinds = ({ engine }: EngineFixture) =>
  engine.log.changes({ after: 0, limit: 100 }).map((change) => `${change.kind} ${change.path}`);

/** The disk of the workspace is unmounted while Skein watches: what it lay upon shows, an empty folder. */
async function unmount(fixture: EngineFixture): Promise<void> {
  fixture.sql.prepare("UPDATE meta SET value = 'of the other disk' WHERE key = 'root'").run();
  for (const path of ['AGENTS.md', 'ROADMAP.md']) fixture.disk.agentDelete(path);
  await fixture.clock.advance(3_000);
}

test('hints about an unmounted disk record no deletion', async () => {
  const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a', 'ROADMAP.md': 'r' } });
  await unmount(fixture);
  expect(kinds(fixture)).toEqual(['created AGENTS.md', 'created ROADMAP.md']);
  expect(fixture.engine.status()).toMatchObject({ state: 'error', trackedFiles: 2 });
  expect(fixture.engine.status().problems[0]).toMatchObject({ subject: 'the workspace folder' });
});

test('a report waits until the disk is back', async () => {
  const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a', 'ROADMAP.md': 'r' } });
  await fixture.save('AGENTS.md', 'more');
  await unmount(fixture);
  const outcome = await finish(fixture.clock, fixture.engine.consolidate());
  expect(outcome).toMatchObject({ ok: true, value: { consolidation: { state: 'waiting' } } });
  expect(fixture.text('SYNC_STATUS.md')).toBeUndefined();
  fixture.disk.agentWrite('ROADMAP.md', new TextEncoder().encode('r'), 'rename').finish();
  await fixture.clock.advance(10_000);
  expect(fixture.text('SYNC_STATUS.md')).toContain('AGENTS.md');
});

test('one deleted file of a folder that was replaced is deleted', async () => {
  const fixture = await createEngineFixture({ files: { 'AGENTS.md': 'a', 'ROADMAP.md': 'r' } });
  fixture.sql.prepare("UPDATE meta SET value = 'of the folder before' WHERE key = 'root'").run();
  fixture.disk.agentDelete('AGENTS.md');
  await fixture.clock.advance(3_000);
  expect(kinds(fixture)).toContain('deleted AGENTS.md');
});
