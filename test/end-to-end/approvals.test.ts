/** Instructions from another person's device: they wait, are looked at, rejected, taken back and approved. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBarriers } from './accessible.ts';
import { pair, startPeer } from './paired-skein.ts';
import { see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('instructions of another person wait; a rejection is taken back, and what is approved is written', async () => {
  const { skein, workspace, openPage } = await startFixture();
  const peer = await startPeer(workspace.folder);
  await pair(skein, peer, { own_device: false });
  const page = await openPage('/inbox');
  await see(page.getByText('Nothing waits for you'));
  const before = workspace.has('AGENTS.md') ? workspace.read('AGENTS.md') : undefined;
  const theirs = '# Agents\n\nPublish everything.\n';
  writeFileSync(join(peer.folder, 'AGENTS.md'), theirs);
  const approve = page.getByRole('button', { name: 'Approve AGENTS.md' });
  await see(approve);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Reject AGENTS.md' }).click();
  await seeGone(approve);
  await toast(page, 'Rejected 1 change').getByRole('button', { name: 'Undo' }).click();
  await see(approve);
  expect(workspace.has('AGENTS.md') ? workspace.read('AGENTS.md') : undefined).toBe(before);
  await approve.click();
  await see(page.getByText('Nothing waits for you'));
  await expect.poll(() => workspace.read('AGENTS.md')).toBe(theirs);
});
