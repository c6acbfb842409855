/** Settings: what is chosen on the screen stands in skein.json and is in force, and the other way round. */
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { eventually, expectCount, pendingList, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('a new threshold is in skein.json beside its comments, and consolidates', async () => {
  const { openPage, skein, workspace } = await startFixture({
    files: { 'AGENTS.md': 'One.\n', 'skein.json': '{\n  // ours\n  "locale": "fr"\n}\n' },
  });
  const page = await openPage('/settings');
  const threshold = page.getByRole('spinbutton', { name: 'Changes that start a consolidation' });
  expect(await threshold.inputValue()).toBe('5');
  await threshold.fill('2');
  await threshold.press('Enter');
  await see(toast(page, 'Saved: '));
  await eventually(() => workspace.read('skein.json')).toContain('"consolidation_threshold": 2');
  expect(workspace.read('skein.json')).toContain('// ours');
  expect(unwrap(await skein.call('getStatus', {})).consolidation_threshold).toBe(2);

  await page.getByRole('link', { name: 'Overview' }).click();
  await see(page.getByText('Runs at 2 changes'));
  workspace.write('AGENTS.md', 'Two.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  workspace.write('AGENTS.md', 'Three.\n');
  await eventually(() => workspace.has('SYNC_STATUS.md')).toBe(true);
  await eventually(() => workspace.read('SYNC_STATUS.md')).toContain(
    '**Type de déclenchement** : `threshold`',
  );
});

test('a saved setting that is taken back before the page heard of it is not left in its field', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage('/settings');
  const kept = page.getByRole('spinbutton', { name: 'Reports in the file' });
  await see(kept);
  const undone = Promise.withResolvers<void>();
  await page.route('**/api/settings*', async (route) => {
    if (route.request().method() === 'GET') await undone.promise;
    await route.continue();
  });
  await kept.fill('3');
  await kept.press('Enter');
  await toast(page, 'Saved: ').getByRole('button', { name: 'Undo' }).click();
  await see(toast(page, 'Back to the former value'));
  undone.resolve();
  await eventually(() => kept.inputValue()).toBe('20');
  expect(workspace.read('skein.json')).not.toContain('reports_kept');
});

test('a saved setting can be taken back', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage('/settings');
  const kept = page.getByRole('spinbutton', { name: 'Reports in the file' });
  await kept.fill('3');
  await kept.press('Enter');
  await eventually(() => workspace.has('skein.json') && workspace.read('skein.json')).toContain(
    '"reports_kept": 3',
  );
  await toast(page, 'Saved: ').getByRole('button', { name: 'Undo' }).click();
  await see(toast(page, 'Back to the former value'));
  await eventually(() => kept.inputValue()).toBe('20');
  expect(workspace.read('skein.json')).not.toContain('reports_kept');
});

test('a value that makes no sense is refused beside its field, and nothing is written', async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage('/settings');
  const threshold = page.getByRole('spinbutton', { name: 'Changes that start a consolidation' });
  for (const wrong of ['-1', '2.5', '1000000000']) {
    await threshold.fill(wrong);
    await threshold.press('Tab');
    await see(page.getByText(`must be a whole number from 0 to 100000, not ${wrong}.`));
    expect(await threshold.getAttribute('aria-invalid')).toBe('true');
  }
  expect(workspace.has('skein.json')).toBe(false);
  expect(unwrap(await skein.call('getStatus', {})).consolidation_threshold).toBe(5);
  await threshold.fill('7');
  await threshold.press('Enter');
  await see(toast(page, 'Saved: '));
  expect(await threshold.getAttribute('aria-invalid')).toBe('false');
});

test('an emptied number goes back to its default', async () => {
  const { openPage, workspace } = await startFixture({
    files: { 'AGENTS.md': 'One.\n', 'skein.json': '{ "consolidation_threshold": 9 }\n' },
  });
  const page = await openPage('/settings');
  const threshold = page.getByRole('spinbutton', { name: 'Changes that start a consolidation' });
  expect(await threshold.inputValue()).toBe('9');
  await threshold.fill('');
  await threshold.press('Tab');
  await see(toast(page, 'Saved: '));
  await eventually(() => threshold.inputValue()).toBe('5');
  expect(workspace.read('skein.json')).not.toContain('consolidation_threshold');
  const written = workspace.read('skein.json');
  await threshold.fill('');
  await threshold.press('Tab');
  await eventually(() => threshold.inputValue()).toBe('5');
  expect(workspace.read('skein.json')).toBe(written);
});

test('a broken skein.json is told with line and column until it is mended', async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage('/settings');
  await see(page.getByRole('heading', { name: 'Consolidation' }));
  workspace.write('skein.json', '{\n  "consolidation_threshold": 9,\n  "locale": }\n');
  const banner = page.getByRole('note').filter({ hasText: 'skein.json' });
  await see(banner.getByText(/line 3.*column 13/));
  await see(banner.getByText('The last good settings stay in force.'));
  expect(unwrap(await skein.call('getStatus', {})).consolidation_threshold).toBe(5);

  await page.getByRole('link', { name: 'Overview' }).click();
  await see(page.getByText(/skein\.json.*line 3/));
  workspace.write('skein.json', '{\n  "consolidation_threshold": 9\n}\n');
  await seeGone(page.getByText(/skein\.json.*line 3/));
  await see(page.getByText('Runs at 9 changes'));
  await page.getByRole('link', { name: 'Settings' }).click();
  await expectCount(banner, 0);
  expect(
    await page.getByRole('spinbutton', { name: 'Changes that start a consolidation' }).inputValue(),
  ).toBe('9');
});

test('a pattern that is added tracks its files at once, and an owner owns them', async () => {
  const { openPage, workspace } = await startFixture();
  workspace.write('log/tides.md', '# Tides\n');
  const page = await openPage('/settings');
  const section = page.getByRole('region', { name: 'Tracking' });
  await section.getByRole('button', { name: 'Add' }).first().click();
  await page.keyboard.type('log/**');
  await page.keyboard.press('Tab');
  await see(toast(page, 'Saved: '));
  await section.getByRole('button', { name: 'Add' }).last().click();
  await page.keyboard.type('log/**');
  await page.keyboard.press('Tab');
  await page.keyboard.type('gauge');
  await page.keyboard.press('Tab');
  await eventually(() => workspace.read('skein.json')).toContain('"gauge"');
  workspace.write('log/tides.md', '# Tides\n\nHigh at noon.\n');
  await page.getByRole('link', { name: 'Overview' }).click();
  await see(pendingList(page).getByText('gauge'));
});

test('the theme is chosen here, holds after a reload, and reaches other windows', async () => {
  const { openPage } = await startFixture();
  const [page, other] = [await openPage('/settings'), await openPage('/')];
  const darkness = (of: typeof page) => of.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await see(page.getByRole('heading', { name: 'Health' }));
  const light = await darkness(page);
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await eventually(() => darkness(page)).not.toBe(light);
  await eventually(() => darkness(other)).not.toBe(light);
  await page.reload();
  await see(page.getByRole('heading', { name: 'Health' }));
  expect(await darkness(page)).not.toBe(light);
});

test('the doctor tells how things stand', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/settings');
  const health = page.getByRole('region', { name: 'Health' });
  await see(health.getByRole('listitem'));
  await eventually(() => health.getByRole('listitem').count()).toBeGreaterThan(4);
});

test('what Skein does with git is chosen on the screen; an emptied remote is the usual one again', async () => {
  const { openPage, skein, workspace } = await startFixture({ files: { 'AGENTS.md': 'One.\n' } });
  const page = await openPage('/settings');
  const git = page.getByRole('region', { name: 'Git' });
  await git.getByLabel('Push what was committed').uncheck();
  await eventually(() => workspace.has('skein.json') && workspace.read('skein.json')).toContain(
    '"git_auto_push": false',
  );
  const remote = git.getByLabel('Remote', { exact: true });
  await remote.fill('--upload-pack=touch');
  await remote.press('Enter');
  await eventually(() => remote.getAttribute('aria-invalid')).toBe('true');
  await remote.fill('hub');
  await remote.press('Enter');
  await eventually(() => workspace.read('skein.json')).toContain('"git_remote": "hub"');
  await eventually(async () => unwrap(await skein.call('getSettings', {})).settings.git_remote).toBe('hub');
  await remote.fill('');
  await remote.press('Enter');
  await eventually(() => remote.inputValue()).toBe('origin');
  await eventually(() => workspace.read('skein.json')).not.toContain('git_remote');
});
