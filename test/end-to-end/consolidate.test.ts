/** From pending changes to a report in SYNC_STATUS.md, and back. */
import { expect, test } from 'vitest';
import { eventually, pendingList, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

async function startWithTwoPending() {
  const fixture = await startFixture();
  const page = await fixture.openPage();
  await see(page.getByText('Nothing is pending'));
  // Before the first report nothing can be in one.
  await see(page.getByText('Nothing has changed yet'));
  fixture.workspace.write('AGENTS.md', '# Agents\n\nTwo tasks at a time.\n');
  fixture.workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await see(pendingList(page).getByRole('button', { name: 'AGENT_SYNC_CLAUDE.md 1 change' }));
  return { ...fixture, page };
}

test('the report is on the disk, and undo takes it out again', async () => {
  const { page, workspace } = await startWithTwoPending();
  const before = workspace.read('SYNC_STATUS.md');
  await page.getByRole('button', { name: 'Consolidate' }).click();
  const question = page.getByRole('dialog', { name: 'Consolidate' });
  await see(question.getByText('Consolidate 2 changes?'));
  await see(question.getByText('in SYNC_STATUS.md, under a heading of its own.'));
  expect(workspace.read('SYNC_STATUS.md')).toBe(before);
  await question.getByRole('button', { name: 'Consolidate' }).click();
  await see(toast(page, 'Consolidated 2 changes of 2 files'));
  await see(page.getByText('Nothing is pending'));
  await see(page.getByText('Every change is in a report'));

  const report = workspace.read('SYNC_STATUS.md');
  expect(report.startsWith(before)).toBe(true);
  expect(report).toMatch(/^### Consolidation - \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/m);
  expect(report).toContain('**AGENTS.md**');
  expect(report).toContain('(agent: claude-code)');
  await see(page.getByRole('link', { name: 'Open the report' }));

  await toast(page, 'Consolidated').getByRole('button', { name: 'Undo' }).click();
  await see(toast(page, 'Report undone: 2 changes are pending again'));
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await eventually(() => workspace.read('SYNC_STATUS.md')).toBe(before);

  await toast(page, 'Report undone').getByRole('button', { name: 'Consolidate again' }).click();
  await see(page.getByText('Nothing is pending'));
  await eventually(() => workspace.read('SYNC_STATUS.md')).toContain('### Consolidation - ');
});

test('the question can be left without doing anything', async () => {
  const { page, workspace, skein } = await startWithTwoPending();
  const question = page.getByRole('dialog', { name: 'Consolidate' });
  await page.getByRole('button', { name: 'Consolidate' }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Consolidate' }).click();
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  const pending = await skein.call('listPending', {});
  expect(pending.ok && pending.value.count).toBe(2);
  expect(workspace.read('SYNC_STATUS.md')).not.toContain('Consolidation');
});

test('with nothing pending there is nothing to consolidate', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  expect(await page.getByRole('button', { name: 'Consolidate' }).isDisabled()).toBe(true);
});

test('enough changes consolidate by themselves, and the report opens rendered', async () => {
  const { page, workspace } = await startWithTwoPending();
  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A clock that floats\n');
  workspace.write('docs/passation_codex.md', '# Journal\n\n## Tuesday\n\nIt sleeps.\n');
  workspace.write('CLAUDE.md', '# Notes for Claude\n');
  await see(page.getByText('Nothing is pending'));
  await seeGone(page.getByRole('link', { name: /pending$/ }));
  await eventually(() => workspace.read('SYNC_STATUS.md')).toContain('`threshold`');

  await page.getByRole('link', { name: 'Open the report' }).click();
  await see(page.getByRole('heading', { name: 'Report of 5 changes' }));
  const report = page.getByRole('article');
  await see(report.getByRole('heading', { name: /^Consolidation - \d{4}/ }));
  await see(report.getByText('ROADMAP.md'));
  expect(await report.innerText()).not.toContain('**');
  const folded = page.getByRole('list', { name: 'Changes in this report' });
  await see(folded.getByText('CLAUDE.md', { exact: true }));
  expect(await folded.getByRole('link').count()).toBe(5);
});

test('a report is undone from its own page, and the history says so', async () => {
  const { page, workspace } = await startWithTwoPending();
  await page.getByRole('button', { name: 'Consolidate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Consolidate' }).click();
  await toast(page, 'Consolidated').getByRole('button', { name: 'Open report' }).click();
  await page.getByRole('button', { name: 'Undo report' }).click();
  await page
    .getByRole('dialog', { name: 'Undo this report' })
    .getByRole('button', { name: 'Undo report' })
    .click();
  await see(page.getByText('Undone', { exact: true }));
  await eventually(() => workspace.read('SYNC_STATUS.md')).not.toContain('Consolidation');
  await page.getByRole('link', { name: 'Reports' }).click();
  await see(page.getByRole('list', { name: 'Reports, newest first' }).getByText('2 changes of 2 files'));
  await see(page.getByText('1 report', { exact: true }));
  await see(page.getByRole('listitem').getByText('Undone'));
});
