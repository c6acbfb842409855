/** One change: what it did, who made it, what happened around it. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { choose, expectAddress, pendingList, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const longRoadmap = (hull: string) =>
  `# Roadmap\n\n${Array.from({ length: 40 }, (_, index) => `- step ${index + 1}`).join('\n')}\n\nThe hull is ${hull}.\n`;

async function openChange() {
  const fixture = await startFixture({
    files: { 'ROADMAP.md': longRoadmap('made of oak'), 'AGENTS.md': 'One.\n' },
  });
  const page = await fixture.openPage();
  await see(page.getByText('Nothing is pending'));
  fixture.workspace.write('AGENTS.md', 'Two.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  fixture.workspace.write('ROADMAP.md', longRoadmap('made of pine'));
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));
  await pendingList(page).getByRole('link').first().click();
  await see(page.getByRole('heading', { name: 'ROADMAP.md' }));
  return { ...fixture, page };
}

const heightOf = async (page: Page, text: string): Promise<number> =>
  (await page.getByRole('region', { name: 'Differences' }).getByText(text).first().boundingBox())!.y;

test('the difference is shown line by line with the changed words marked', async () => {
  const { page } = await openChange();
  const difference = page.getByRole('region', { name: 'Differences' });
  await see(difference.getByText('1 line added, 1 line removed'));
  expect(await difference.locator('mark').allInnerTexts()).toEqual(['oak', 'pine']);
  expect(await heightOf(page, 'The hull is made of pine.')).toBeGreaterThan(
    await heightOf(page, 'The hull is made of oak.'),
  );
  await seeGone(difference.getByText('step 1', { exact: true }));
  await difference.getByRole('button', { name: /unchanged lines$/ }).click();
  await see(difference.getByText('- step 1', { exact: true }));
});

test('side by side, old and new stand on one height, also after a reload', async () => {
  const { page } = await openChange();
  const difference = page.getByRole('region', { name: 'Differences' });
  await choose(page, 'Side by side');
  expect(await heightOf(page, 'The hull is made of pine.')).toBe(
    await heightOf(page, 'The hull is made of oak.'),
  );
  expect(await difference.locator('mark').allInnerTexts()).toEqual(['oak', 'pine']);
  await page.reload();
  await see(difference.getByText('The hull is made of pine.'));
  expect(await heightOf(page, 'The hull is made of pine.')).toBe(
    await heightOf(page, 'The hull is made of oak.'),
  );
  await page.setViewportSize({ width: 900, height: 800 });
  await seeGone(page.getByRole('radio', { name: 'Side by side' }));
  expect(await heightOf(page, 'The hull is made of pine.')).toBeGreaterThan(
    await heightOf(page, 'The hull is made of oak.'),
  );
});

test('evidence and neighbours stand beside it, and lead on', async () => {
  const { page } = await openChange();
  const about = page.getByRole('complementary', { name: 'About this change' });
  await see(about.getByText('Nothing told who wrote this.'));
  await see(about.getByRole('region', { name: 'Details' }).getByText('Pending'));
  await about.getByRole('region', { name: 'Around this time' }).getByText('AGENTS.md').first().click();
  await see(page.getByRole('heading', { name: 'AGENTS.md' }));
  await see(page.getByRole('region', { name: 'Differences' }).getByText('Two.'));
});

test('the brackets walk through the history of the file', async () => {
  const { page, workspace } = await openChange();
  const first = page.url();
  workspace.write('ROADMAP.md', longRoadmap('made of glass'));
  await page.getByRole('link', { name: 'Next' }).waitFor();
  await page.keyboard.press(']');
  await see(page.getByRole('region', { name: 'Differences' }).getByText('made of glass'));
  await page.keyboard.press('[');
  await expectAddress(page, first.replace(/^.*:\d+/, ''));
  await see(page.getByRole('region', { name: 'Differences' }).getByText('made of oak'));
  await page.goBack();
  await see(page.getByRole('region', { name: 'Differences' }).getByText('made of glass'));
});

test('a change that does not exist is said to be none', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/change/4711');
  await see(page.getByRole('alert').getByText('4711'));
});
