/** The tray of a real device with a real peer: what waits for a person, who is away, and what the menu does. */
import * as electron from 'electron';
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { obeyTray } from '../../electron/shell/commands.ts';
import { type Destination, destinationUrl } from '../../electron/shell/destination.ts';
import { showTray } from '../../electron/shell/tray.ts';
import { type Device, makeRepository, pairDevices, startDevice } from '../support/device.ts';
import { installProbe, type Probe } from './probe.ts';

const probe = () => (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;
const labels = () => probe().menu.flatMap(({ label }) => (label === '' ? [] : [label]));
const patience = { timeout: 20_000, interval: 30 };
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

beforeEach(() => installProbe(electron));

/** Shows the tray of a device; gives where its menu led and what it told. */
function showTrayOf({ host }: Device) {
  const [led, told]: [string[], string[]] = [[], []];
  const commands = {
    host,
    log: quiet,
    show: (to?: Destination) => void led.push(to === undefined ? '' : destinationUrl(to)),
    quit: () => {},
    tellFailure: (title: string) => void told.push(title),
    tellDone: (title: string) => void told.push(title),
  };
  let done: Promise<unknown> = Promise.resolve();
  showTray({
    host,
    clock: systemClock,
    platform: 'linux',
    iconFolder: '/icons',
    obey: (command) => {
      done = obeyTray(commands, command);
    },
  });
  const choose = async (label: string) => {
    probe()
      .menu.find((item) => item.label === label)
      ?.click();
    await done;
  };
  return { choose, led, told };
}

test('an approval that waits is an entry that leads to the inbox, and goes when it is decided', async () => {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const ann = await startDevice({ name: 'ann', repository });
  const { choose, led } = showTrayOf(desk);
  expect(labels()).not.toContain('Sync now');
  await pairDevices(desk, ann, { write: true });
  await expect.poll(labels, patience).toContain('Sync now');
  ann.write('AGENTS.md', '# Agents\n\nDo as Ann says.\n');
  await expect.poll(labels, patience).toContain('1 approval…');
  expect(probe()).toMatchObject({
    icon: 'attention-large.png',
    tooltip: 'Skein: 1 change of instructions to approve',
  });
  await choose('1 approval…');
  expect(led).toEqual([`skein://app/inbox?workspace=${desk.engine.id}`]);
  const [waiting] = desk.engine.heldChanges();
  expect(await desk.engine.decideHeld([waiting!.stamp], 'approve')).toMatchObject({ ok: true });
  await expect.poll(labels, patience).not.toContain('1 approval…');
  expect(desk.text('AGENTS.md')).toContain('Do as Ann says.');
});

test('a device that is away is seen, and a sync says so', async () => {
  const repository = makeRepository();
  let laterMs = 0;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + laterMs };
  const desk = await startDevice({ name: 'desk', repository, host: { clock } });
  const ann = await startDevice({ name: 'ann', repository });
  await pairDevices(desk, ann, { ownDevice: true });
  await desk.until(() => desk.peer('ann').state === 'synced');
  const { choose, told } = showTrayOf(desk);
  await choose('Sync now');
  expect(told).toEqual([]);
  await ann.stop();
  // Who called a moment ago counts as there.
  laterMs = 10 * 60_000;
  await choose('Sync now');
  expect(told).toEqual(['No exchange with ann']);
  await expect.poll(() => probe().tooltip, patience).toBe('Skein: ann: offline');
  expect(probe().icon).toBe('apart-large.png');
});
