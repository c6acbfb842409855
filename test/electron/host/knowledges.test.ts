/** The indexes of the open workspaces: what a thread finds that only a question started. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openHostSettings } from '../../../electron/host/host-settings.ts';
import { createKnowledges } from '../../../electron/host/knowledge/knowledges.ts';
import { builtinPlan } from '../../../electron/host/knowledge/open-embedder.ts';
import { replicaFolder } from '../../../electron/host/workspace-id.ts';
import { limits } from '../../../shared/limits.ts';
import { must } from '../../support/device.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { until } from '../../support/until.ts';
import { makePlace, openEngine, startHost } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';

/** The indexed workspace of a host whose threads rest when the test says so. */
async function makeRested() {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id, name, engine } = await openEngine(host, place.project);
  const clock = createFakeClock();
  const log = createMemoryLog();
  const counted = { rests: 0, starts: 0 };
  const knowledges = createKnowledges({
    dataFolder: place.dataFolder,
    env: process.env,
    clock,
    log,
    workspaces: () => [{ id, name, engine }],
    settings: await openHostSettings(place.dataFolder, { log, nowMs: clock.nowMs() }),
    // Asked whenever a thread starts.
    plan: () => {
      counted.starts += 1;
      return builtinPlan;
    },
    givers: () => [],
    only: () => [],
    changed: () => {},
    rested: () => {
      counted.rests += 1;
    },
    isActive: true,
  });
  onTestFinished(() => knowledges.stop());
  knowledges.reconcile();
  await clock.advance(limits.knowledgeOpenMs);
  await until(() => knowledges.lastKnown(id)?.state === 'current');
  // It may be asked something still, from which on its rest is counted anew.
  await until(async () => {
    await clock.advance(limits.knowledgeIdleMs);
    return counted.rests === 1;
  });
  const folder = join(replicaFolder(place.dataFolder, id), 'knowledge');
  const search = async () =>
    must(await must(knowledges.of(id)).search({ text: 'agents', mode: 'words', atMost: 5 }));
  return { folder, search, id, clock, counted, knowledges };
}

test.each([
  [
    'damaged',
    (folder: string) => {
      for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'no database at all');
    },
  ],
  ['gone', (folder: string) => rmSync(folder, { recursive: true })],
])(
  'an index that a question finds %s says how much is missing, and is made anew by itself',
  async (_, harm) => {
    const { folder, search } = await makeRested();
    harm(folder);
    expect(await search()).toMatchObject({ passages: [], behind: 2 });
    await until(async () => (await search()).behind === 0);
    expect(await search()).toMatchObject({ passages: [{ note: 'AGENTS.md' }], behind: 0 });
  },
);

test.each([
  ['edits without a pause', false, limits.knowledgeLatestMs],
  ['an exchange without a pause', true, limits.knowledgeExchangeMs],
])('%s are indexed beside it after their time, and not before', async (_, isExchange, patienceMs) => {
  const { id, clock, counted, knowledges } = await makeRested();
  const [stepMs, before] = [limits.knowledgeWakeMs / 3, counted.starts];
  async function goOn(ms: number): Promise<void> {
    for (
      const untilMs = clock.monotonicMs() + ms;
      clock.monotonicMs() < untilMs;
      await clock.advance(stepMs)
    ) {
      if (isExchange) knowledges.giveWay();
      knowledges.wake(id);
    }
  }
  await goOn(patienceMs);
  expect(counted.starts).toBe(before);
  await goOn(2 * limits.knowledgeIdleMs);
  expect(counted.starts).toBe(before + 1);
});

test('a long exchange may pause for a moment before it is indexed, and is then', async () => {
  const { id, clock, counted, knowledges } = await makeRested();
  const before = counted.starts;
  for (let page = 0; page < 40; page += 1) {
    knowledges.giveWay();
    knowledges.wake(id);
    await clock.advance(page < 20 ? limits.knowledgeWakeMs / 2 : limits.knowledgeIdleMs / 2);
  }
  expect(counted.starts).toBe(before);
  await clock.advance(limits.knowledgeIdleMs);
  expect(counted.starts).toBe(before + 1);
});

test('what came in a short exchange is indexed soon after it, and not while it may still be written', async () => {
  const { id, clock, counted, knowledges } = await makeRested();
  const before = counted.starts;
  knowledges.giveWay();
  knowledges.wake(id);
  await clock.advance(limits.knowledgeCalmMs - 1);
  expect(counted.starts).toBe(before);
  await clock.advance(limits.knowledgeWakeMs);
  expect(counted.starts).toBe(before + 1);
});

test('what was due before an exchange began waits for its end', async () => {
  const { id, clock, counted, knowledges } = await makeRested();
  const before = counted.starts;
  knowledges.wake(id);
  for (let page = 0; page < 20; page += 1) {
    knowledges.giveWay();
    await clock.advance(limits.knowledgeWakeMs / 3);
  }
  expect(counted.starts).toBe(before);
  await clock.advance(limits.knowledgeCalmMs + limits.knowledgeWakeMs);
  expect(counted.starts).toBe(before + 1);
});
