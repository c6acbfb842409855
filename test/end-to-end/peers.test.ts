/** The page of peers with a real second device: how far it is, now and over time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBarriers } from './accessible.ts';
import { pair, startPeer } from './paired-skein.ts';
import { unwrap } from './running-skein.ts';
import { eventually, see } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('the lag of a peer is drawn, told to readers, and stands in a table', async () => {
  const { skein, workspace, openPage } = await startFixture();
  const peer = await startPeer(workspace.folder);
  await pair(skein, peer);
  const page = await openPage('/peers');
  const card = page.getByRole('article', { name: 'ann' });
  await see(card.getByText('In step'));
  await peer.stop();
  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A bell\n');
  await see(card.getByText('1 change (21 bytes) to give'));
  await see(card.getByRole('img', { name: /^Lag of ann since \d\d:\d\d: at most .* and [1-9]\d* to give$/ }));
  await card.getByText('As a table').click();
  await see(card.getByRole('columnheader', { name: 'To give' }));
  await eventually(() => card.getByRole('region', { name: 'Lag of ann as a table' }).innerText()).toMatch(
    /[1-9]/,
  );
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await findBarriers(page)).toEqual([]);
});

test('the labels of a lag of thousands are whole', async () => {
  const { skein, workspace, openPage } = await startFixture();
  const peer = await startPeer(workspace.folder);
  await pair(skein, peer);
  await peer.stop();
  for (let index = 0; index <= 1_000; index += 1)
    workspace.write(`memory-bank/note-${index}.md`, `${index}\n`);
  const page = await openPage('/peers');
  const chart = page.getByRole('img', { name: /^Lag of ann/ });
  await see(chart.getByText('2,000'));
  const edge = (await chart.boundingBox())?.x ?? Number.NaN;
  for (const label of await chart.locator('text').all())
    expect((await label.boundingBox())?.x).toBeGreaterThanOrEqual(edge);
});

test('which files are taken from a peer is chosen on its card, and widened there again', async () => {
  const { skein, workspace, openPage } = await startFixture();
  const peer = await startPeer(workspace.folder);
  await pair(skein, peer);
  const page = await openPage('/peers');
  const card = page.getByRole('article', { name: 'ann' });
  await see(card.getByText('In step'));
  await card.getByText('Files given: all · taken: all').click();
  const taken = card.getByRole('region', { name: 'Taken from ann' });
  await taken.getByRole('button', { name: 'Add: Files that are taken from ann' }).click();
  await taken.getByRole('textbox', { name: 'Pattern 1' }).fill('docs/**');
  await taken.getByRole('textbox', { name: 'Pattern 1' }).press('Enter');
  await see(card.getByText('Files given: all · taken: docs/**'));
  expect(await findBarriers(page)).toEqual([]);
  const file = join(peer.folder, 'HANDOFF.md');
  writeFileSync(file, '- of ann\n');
  await see(card.getByText('In step'));
  await expect
    .poll(async () => unwrap(await skein.call('listChanges', { path: 'HANDOFF.md' })).changes.length)
    .toBe(1);
  expect(workspace.has('HANDOFF.md')).toBe(false);
  await taken.getByRole('button', { name: 'Remove docs/**' }).click();
  await see(card.getByText('Files given: all · taken: all'));
  await expect.poll(() => workspace.read('HANDOFF.md')).toBe('- of ann\n');
});
