/** How far a real peer was apart over time, and the same figures among the metrics. */
import { expect, test } from 'vitest';
import { createMetrics } from '../../../electron/http/metrics.ts';
import { type Device, makeRepository, pairDevices, startDevice } from '../../support/device.ts';

const lagOf = ({ host }: Device) => host.peers.lag().peers[0]?.points.at(-1);

async function figuresOf({ host }: Device): Promise<{ behind: number; ahead: number; bytes: number }> {
  const metrics = createMetrics(host, () => 0);
  const text = await (await metrics.answer(new Request('http://localhost/api/metrics'))).text();
  metrics.close();
  const figure = (name: string) =>
    Number(new RegExp(`^${name}\\{[^}]*name="ann"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  return {
    behind: figure('sync_peer_behind_changes') + figure('sync_peer_behind_bytes'),
    ahead: figure('sync_peer_ahead_changes'),
    bytes: figure('sync_peer_ahead_bytes'),
  };
}

test('while a peer is away what it lacks grows, and is nothing once it was there', async () => {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const ann = await startDevice({ name: 'ann', repository });
  await pairDevices(desk, ann, { ownDevice: true });
  await desk.until(() => desk.peer('ann').state === 'synced');
  await ann.stop();
  desk.write('ROADMAP.md', 'one more\n');
  desk.write('HANDOFF.md', 'two\n');
  await desk.until(() => lagOf(desk)?.ahead === 2);
  expect(await figuresOf(desk)).toEqual({ behind: 0, ahead: 2, bytes: 13 });
  expect(desk.peer('ann')).toMatchObject({ behind: 0, behind_bytes: 0, ahead: 2, ahead_bytes: 13 });
  await ann.restart();
  await ann.until(() => ann.text('ROADMAP.md') === 'one more\n' && ann.text('HANDOFF.md') === 'two\n');
  await desk.until(() => desk.peer('ann').ahead === 0);
  expect(await figuresOf(desk)).toEqual({ behind: 0, ahead: 0, bytes: 0 });
  const { from_ms, to_ms, peers } = desk.host.peers.lag();
  expect(peers[0]?.points.some(({ ahead }) => ahead === 2)).toBe(true);
  expect(from_ms).toBeLessThan(to_ms);
});
