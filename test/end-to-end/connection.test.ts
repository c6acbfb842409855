/** Who may look, and what the screen does when Skein is away for a while. */
import { expect, test } from 'vitest';
import { eventually, pendingList, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('without the token there is nothing to see; pasting it opens the same page', async () => {
  const { openPage, skein } = await startFixture();
  const page = await openPage('/files', { signedIn: false });
  await see(page.getByRole('heading', { name: 'This page needs your token' }));
  expect(await page.locator('body').innerText()).not.toContain('harbour');
  await page.getByLabel('Token').fill('not the right one');
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'This page needs your token' }));
  await page.getByLabel('Token').fill(`  ${skein.token}\n`);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await see(page.getByRole('heading', { name: 'Files' }));
  await see(page.getByRole('list', { name: 'Tracked files' }).getByText('ROADMAP.md'));
});

test('what happened while Skein was away is there when it is back', async () => {
  const { expectTrouble, openPage, restart, workspace } = await startFixture();
  expectTrouble(/net::ERR_/);
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await restart(async () => {
    await see(page.getByText('Connection to Skein lost, retrying.'));
    await see(page.getByText('Nothing is pending'));
    workspace.write('AGENTS.md', '# Agents\n\nNobody was looking.\n');
  });
  // The page tries by itself, too, and may be quicker.
  const back = seeGone(page.getByText('Connection to Skein lost'));
  await Promise.any([page.getByRole('button', { name: 'Retry now' }).click(), back]);
  await back;
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  workspace.write('ROADMAP.md', '# Roadmap\n\nLive again.\n');
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));
});

test('an action while Skein is away fails in words, and works later', async () => {
  const { expectTrouble, openPage, restart, skein } = await startFixture();
  expectTrouble(/net::ERR_/);
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await restart(async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await see(page.getByText('The engine cannot be reached'));
  });
  await eventually(async () => (await skein.call('getHealth', {})).ok).toBe(true);
  await page.getByRole('button', { name: 'Pause' }).click();
  await see(page.getByRole('region', { name: 'State' }).getByText('Paused'));
});
