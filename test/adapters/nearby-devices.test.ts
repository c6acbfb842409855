/** Devices on one network find each other, and what others announce is taken with care. */
import { Bonjour } from 'bonjour-service';
import { expect, onTestFinished, test } from 'vitest';
import { lookNearby, type NearbyDevice } from '../../electron/adapters/nearby-devices.ts';
import { makeStranger } from '../support/stranger.ts';

/** Looks until a device is found that fits; the test's own limit bounds it. */
function find(
  fits: (found: NearbyDevice[]) => boolean,
  self?: Parameters<typeof lookNearby>[0]['self'],
): Promise<NearbyDevice[]> {
  return new Promise((resolve, reject) => {
    const nearby = lookNearby({
      self,
      changed: () => fits(nearby.found()) && resolve(nearby.found()),
      failed: (reason) => reject(new Error(reason)),
    });
    onTestFinished(() => nearby.stop());
  });
}

test('a device is found with its id, name and addresses', async () => {
  const id = makeStranger().id;
  const seeking = find((found) => found.some((device) => device.id === id));
  lookNearbyAs({ id, name: "Ann's desk", instance: 'a'.repeat(32), port: 7_499 });
  const device = (await seeking).find((it) => it.id === id);
  expect(device).toMatchObject({ id, name: "Ann's desk", instance: 'a'.repeat(32) });
  expect(device?.addresses.length).toBeGreaterThan(0);
  expect(device?.addresses.every(({ port }) => port === 7_499)).toBe(true);
});

test('what is no device of ours, or lies about its id, is not listed', async () => {
  const id = makeStranger().id;
  const bonjour = new Bonjour();
  onTestFinished(() => void bonjour.unpublishAll(() => bonjour.destroy()));
  bonjour.publish({ name: 'liar', type: 'skein', port: 1, txt: { id: '<script>', name: 'x' } });
  const seeking = find((found) => found.some((device) => device.id === id));
  lookNearbyAs({ id, name: 'x'.repeat(200), instance: 'b'.repeat(32), port: 7_498 });
  const found = await seeking;
  expect(found.every((device) => /^[A-Z2-7-]{64}$/.test(device.id) && device.name.length <= 60)).toBe(true);
});

function lookNearbyAs(self: NonNullable<Parameters<typeof lookNearby>[0]['self']>): void {
  const nearby = lookNearby({ self, changed: () => {}, failed: () => {} });
  onTestFinished(() => nearby.stop());
}
