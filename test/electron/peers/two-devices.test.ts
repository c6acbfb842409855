/** Two real devices on one machine: they pair, and what one writes the other has. */
import { expect, test } from 'vitest';
import { makeRepository, pairDevices, startDevice } from '../../support/device.ts';

test('two clones that are paired have the same files, from either side', async () => {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  expect(desk.host.peers.network().listening).toBeNull();
  await pairDevices(desk, lap, { ownDevice: true });
  desk.write('docs/passation_claude.md', 'from the desk\n');
  await lap.until(() => lap.text('docs/passation_claude.md') === 'from the desk\n');
  lap.write('docs/passation_claude.md', 'from the desk\nfrom the lap\n');
  await desk.until(() => desk.text('docs/passation_claude.md') === 'from the desk\nfrom the lap\n');
  await desk.until(() => desk.peer('lap').state === 'synced');
  await lap.until(() => lap.peer('desk').state === 'synced');
  expect(desk.peer('lap')).toMatchObject({
    reach: 'both',
    behind: 0,
    ahead: 0,
    problem: null,
    own_device: true,
  });
});
