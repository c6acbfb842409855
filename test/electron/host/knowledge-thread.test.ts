/** A thread that keeps an index: given back when it rests, later when somebody searched. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createKnowledgeThread } from '../../../electron/host/knowledge/knowledge-thread.ts';
import { builtinPlan } from '../../../electron/host/knowledge/open-embedder.ts';
import { createUpToDate } from '../../../electron/host/knowledge/up-to-date.ts';
import { databaseFile, replicaFolder } from '../../../electron/host/workspace-id.ts';
import { embeddedChoice } from '../../../shared/domain/knowledge/store-choice.ts';
import { limits } from '../../../shared/limits.ts';
import { must } from '../../support/device.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { until } from '../../support/until.ts';
import { makePlace, openEngine, startHost } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';

/** Over the log of a workspace that was open once. */
async function openThread() {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  await host.stop();
  const clock = createFakeClock();
  const counted = { rests: 0 };
  const thread = createKnowledgeThread({
    plans: () => ({ plan: builtinPlan, store: { choice: embeddedChoice, space: '', only: [] } }),
    shared: { ask: async () => undefined, distrust: () => {} },
    settings: () => undefined,
    env: process.env,
    clock,
    log: createMemoryLog(),
    changed: () => {},
    unfinished: () => {},
    rested: () => {
      counted.rests += 1;
    },
    after: Promise.resolve(),
    logFile: databaseFile(place.dataFolder, id),
    folder: join(replicaFolder(place.dataFolder, id), 'knowledge'),
  });
  onTestFinished(() => thread.stop());
  return { thread, clock, counted };
}

test('without work or question it is given back, and the next question starts another', async () => {
  const { thread, clock, counted } = await openThread();
  must(await thread.catchUp());
  await clock.advance(limits.knowledgeIdleMs);
  await until(() => counted.rests === 1);
  expect(must(await thread.state())).toMatchObject({ state: 'current' });
  await clock.advance(limits.knowledgeIdleMs);
  await until(() => counted.rests === 2);
});

test('whoever searched finds the same one still there a minute later', async () => {
  const { thread, clock, counted } = await openThread();
  must(await thread.search({ text: 'agents', mode: 'hybrid', atMost: 5 }));
  await clock.advance(limits.knowledgeAskedIdleMs - 1);
  must(await thread.state());
  await thread.stop();
  expect(counted.rests).toBe(1);
});

test('while it is held it indexes nothing more, and answers all the same', async () => {
  const { thread } = await openThread();
  thread.hold(true);
  const done = thread.catchUp();
  const behind = async () => must(await thread.state()).behind;
  await until(async () => (await behind()) > 0);
  must(await thread.search({ text: 'agents', mode: 'hybrid', atMost: 5 }));
  for (let turn = 0; turn < 20; turn += 1) expect(await behind()).toBeGreaterThan(0);
  thread.hold(false);
  must(await done);
  expect(await behind()).toBe(0);
});

test('a command does not wait for ever for what is behind: it searches what there is, and says how much is', async () => {
  const { thread, clock } = await openThread();
  thread.hold(true);
  const done = thread.catchUp();
  await until(async () => must(await thread.state()).behind > 0);
  const found = createUpToDate(clock)(thread).search({ text: 'agents', mode: 'hybrid', atMost: 5 });
  await clock.advance(limits.knowledgeWaitMs);
  expect(must(await found).behind).toBeGreaterThan(0);
  thread.hold(false);
  must(await done);
});

test('one that is held ends when it is told to', async () => {
  const { thread, counted } = await openThread();
  thread.hold(true);
  const done = thread.catchUp();
  await until(async () => must(await thread.state()).behind > 0);
  await thread.stop();
  await done;
  expect(counted.rests).toBe(1);
});
