/** A second Skein with a clone of the repository, and the pairing of two. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type RunningSkein, startSkein, unwrap } from './running-skein.ts';

export async function startPeer(repository: string): Promise<RunningSkein & { folder: string }> {
  const home = temporaryFolder();
  const folder = join(home, 'harbour');
  execFileSync('git', ['clone', '--quiet', repository, folder]);
  const peer = await startSkein({ dataFolder: join(home, 'data'), folder });
  onTestFinished(() => peer.stop());
  return { ...peer, folder };
}

/** `own_device`: both are one person's, whose instructions count at once. */
export async function pair(
  one: RunningSkein,
  other: RunningSkein,
  { own_device } = { own_device: true },
): Promise<void> {
  unwrap(await one.call('changeNetwork', { name: 'desk', bind: 'loopback' }));
  unwrap(await other.call('changeNetwork', { name: 'ann', bind: 'loopback' }));
  const { pairing } = unwrap(await one.call('invitePeer', {}));
  const [address = ''] = pairing?.addresses ?? [];
  unwrap(await other.call('answerInvitation', { code: pairing?.code ?? '', address }));
  const there = other.call('confirmPairing', { match: true, own_device });
  unwrap(await one.call('confirmPairing', { match: true, own_device }));
  expect(unwrap(await there).pairing?.state).toBe('paired');
}
