/** Ten thousand pending changes are a list like any other. */
import { expect, test } from 'vitest';
import { fillWithPending } from './many-changes.ts';
import { eventually, pendingList, see } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const count = 10_000;

test('10,000 pending changes scroll, and only the rows near the screen exist', async () => {
  const { openPage, skein, workspace } = await startFixture({
    git: false,
    files: { 'skein.json': '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }\n' },
  });
  await fillWithPending(skein, workspace, count);
  const page = await openPage();
  await see(page.getByText('10,000', { exact: true }));
  await see(pendingList(page).getByRole('link'));
  const rows = () => pendingList(page).getByRole('listitem').count();
  const main = page.locator('main');
  await eventually(() => main.evaluate((it) => it.scrollHeight)).toBeGreaterThan(count * 36);
  expect(await rows()).toBeLessThan(100);

  for (let step = 0; step < 20; step += 1) {
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 3_000);
    expect(await rows()).toBeLessThan(100);
  }
  await main.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await see(pendingList(page).getByRole('link'));
  expect(await rows()).toBeLessThan(100);

  workspace.write('AGENTS.md', '# Agents\n\nOne more.\n');
  await main.evaluate((it) => it.scrollTo(0, 0));
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await see(page.getByText('10,001', { exact: true }));
});
