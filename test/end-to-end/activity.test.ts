/** The chart of who changed how much, and the way from it to the changes themselves. */
import { expect, test } from 'vitest';
import { choose, expectAddress, expectCount, see } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('a part of a bar leads to the changes of that agent on that day', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage('/activity');
  await see(page.getByText('No changes in the last 30 days'));
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  workspace.write('docs/passation_codex.md', '# Journal\n\n## Tuesday\n\nIt sleeps.\n');
  const chart = page.getByRole('group', { name: 'Changes per day and agent' });
  await see(page.getByText('2 changes in the last 30 days'));
  await see(chart.getByRole('link', { name: 'Today: 1 change by codex-local' }));

  await chart.getByRole('link', { name: 'Today: 1 change by claude-code' }).click();
  await see(page.getByRole('heading', { name: 'Changes' }));
  await expectAddress(page, /^\/changes\?agent=claude-code&day=\d{4}-\d\d-\d\d$/);
  expect(await page.getByRole('combobox', { name: 'Agent' }).inputValue()).toBe('claude-code');
  const changes = page.getByRole('list', { name: 'Changes, newest first' });
  await see(changes.getByText('AGENT_SYNC_CLAUDE.md', { exact: true }));
  await expectCount(changes.getByRole('link'), 1);

  await page.goBack();
  await see(chart.getByRole('link', { name: 'Today: 1 change by claude-code' }));
  await choose(page, '7 days');
  await expectAddress(page, '/activity?days=7');
  await see(page.getByText('2 changes in the last 7 days'));
});

test('the days are asked for in the zone of the viewer', async () => {
  const { openPage, skein } = await startFixture();
  const page = await openPage('/', { timezoneId: 'America/Sao_Paulo' });
  const asked = page.waitForRequest(/\/api\/activity\?/);
  await page.goto(`${skein.url}/activity`);
  expect(new URL((await asked).url()).searchParams.get('time_zone')).toBe('America/Sao_Paulo');
  await see(page.getByText('No changes in the last 30 days'));
});

test('legend and table say the same in words', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage('/activity');
  await see(page.getByText('No changes in the last 30 days'));
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  const today = page.getByRole('row', { name: /^Today/ });
  await see(today.getByRole('link', { name: '1', exact: true }));
  await page.getByRole('listitem').filter({ hasText: 'claude-code' }).getByRole('link').click();
  await expectAddress(page, '/changes?agent=claude-code');
});

test('the log is filtered by kind and file, and cleared again', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage('/changes');
  const changes = page.getByRole('list', { name: 'Changes, newest first' });
  await expectCount(changes.getByRole('link'), 5);
  workspace.remove('ROADMAP.md');
  await expectCount(changes.getByRole('link'), 6);
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('Deleted');
  await expectCount(changes.getByRole('link'), 1);
  await page.getByRole('combobox', { name: 'File' }).fill('AGENTS.md');
  await page.keyboard.press('Enter');
  await see(page.getByText('No change matches these filters'));
  await page.getByRole('button', { name: 'Clear' }).click();
  await expectCount(changes.getByRole('link'), 6);
});
