/** Links between open workspaces and peers, on what two paired devices have stored. */
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { systemRandom } from '../../electron/adapters/system-random.ts';
import { openIdentity } from '../../electron/host/peers/identity.ts';
import { createLinks } from '../../electron/host/peers/links.ts';
import { openPeerStore } from '../../electron/host/peers/peer-store.ts';
import { createMemoryLog } from '../electron/host/support/memory-log.ts';
import { makeRepository, must, pairDevices, startDevice } from '../support/device.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

test('what is shared from now on will be exchanged in a moment, so that indexing gives way before', async () => {
  const repository = makeRepository({ 'ROADMAP.md': 'base\n' });
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, { ownDevice: true });
  await lap.stop();
  const { identity } = must(await openIdentity(desk.dataFolder, { nowMs: 0, machine: undefined }));
  let told = 0;
  const links = createLinks({
    clock: systemClock,
    random: systemRandom,
    identity,
    instance: 'desk',
    store: await openPeerStore(desk.dataFolder, { log: createMemoryLog(), nowMs: systemClock.nowMs() }),
    workspaces: () => desk.host.workspaces(),
    port: () => undefined,
    reached: () => {},
    exchanging: () => {
      told += 1;
    },
    isActive: () => false,
  });
  ends.push(links.stop);
  links.reconcile();
  expect([links.ties().length, told]).toEqual([1, 1]);
  links.reconcile();
  expect([links.ties().length, told]).toEqual([1, 1]);
});
