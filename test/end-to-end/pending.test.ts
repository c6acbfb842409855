/** What agents do on the disk is on the screen a moment later, with who did it and why we believe so. */
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { choose, expectCount, pendingList, rowWith, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('created, modified and deleted files appear without a reload', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks at a time.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  workspace.write('HANDOFF.md', '# Hand-off\n\nThe case is glued.\n');
  await see(pendingList(page).getByRole('button', { name: 'HANDOFF.md 1 change' }));
  workspace.remove('ROADMAP.md');
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));

  for (const kind of ['Created', 'Modified', 'Deleted'])
    await expectCount(pendingList(page).getByRole('img', { name: kind }), 1);
  await see(page.getByRole('link', { name: 'Overview 3 pending' }));
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('the newest change stands on top, and a file gathers its changes', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A clock that floats\n');
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));
  workspace.write('AGENTS.md', '# Agents\n\nThree tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 2 changes' }));
  const headings = await pendingList(page).getByRole('button').allInnerTexts();
  expect(headings.map((text) => text.split('\n')[0])).toEqual(['AGENTS.md', 'ROADMAP.md']);

  await pendingList(page).getByRole('button', { name: 'AGENTS.md 2 changes' }).click();
  await expectCount(pendingList(page).getByRole('link'), 1);
  await pendingList(page).getByRole('button', { name: 'AGENTS.md 2 changes' }).click();
  await expectCount(pendingList(page).getByRole('link'), 3);
});

test('each change says who made it and why; a commit that signs it makes that better', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  await see(
    rowWith(page, "The file's name, AGENT_SYNC_CLAUDE.md, names Claude Code.").getByText('claude-code'),
  );
  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A clock that floats\n');
  await see(rowWith(page, 'Nothing told who wrote this.').getByText('unknown'));

  workspace.commit('Let it float', 'Co-Authored-By: Codex <noreply@openai.com>');
  await see(rowWith(page, /Commit [0-9a-f]{8}: .*Codex/).getByText('codex-local'));
  await seeGone(rowWith(page, 'Nothing told who wrote this.'));
  await rowWith(page, /Commit [0-9a-f]{8}: .*Codex/)
    .getByRole('link')
    .first()
    .click();
  const evidence = page.getByRole('region', { name: 'Who and why' });
  await see(evidence.getByText(/^Commit [0-9a-f]{8}/));
  await seeGone(evidence.getByText('Nothing told who wrote this.'));
});

test('changes are grouped by agent when asked, and stay so', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  workspace.write('docs/passation_codex.md', '# Journal\n\n## Tuesday\n\nIt sleeps.\n');
  await see(pendingList(page).getByRole('button', { name: /passation_codex\.md 1 change/ }));
  await choose(page, 'By agent');
  await see(pendingList(page).getByRole('button', { name: 'claude-code 1 change' }));
  await see(pendingList(page).getByRole('button', { name: 'codex-local 1 change' }));
  await page.reload();
  await see(pendingList(page).getByRole('button', { name: 'claude-code 1 change' }));
});

test('paused, nothing is recorded; resumed, what happened meanwhile is found', async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage();
  await page.getByRole('button', { name: 'Pause' }).click();
  await see(page.getByRole('region', { name: 'State' }).getByText('Paused'));
  workspace.write('AGENTS.md', '# Agents\n\nNobody looks.\n');
  expect(unwrap(await skein.call('scan', {})).changes).toBe(0);
  await see(page.getByText('Nothing is pending'));
  await page.getByRole('button', { name: 'Resume' }).click();
  await see(page.getByRole('region', { name: 'State' }).getByText('Watching'));
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
});

test("the next consolidation is told by the viewer's clock", async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage('/', { timezoneId: 'Asia/Kathmandu' });
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  const dueMs = unwrap(await skein.call('getStatus', {})).next_trigger?.due_ms ?? Number.NaN;
  const there = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kathmandu' });
  await see(page.getByText(new RegExp(`4 more changes, or (on .* )?at ${there.format(dueMs)}`)));
});
