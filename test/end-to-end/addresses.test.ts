/** Every screen has an address: it can be kept, sent, reloaded and gone back to. */
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { addressOf, eventually, expectAddress, expectCount, see } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('each view opens from its address alone', async () => {
  const { openPage, skein, workspace } = await startFixture();
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await eventually(async () => unwrap(await skein.call('listPending', {})).count).toBe(1);
  const [change] = unwrap(await skein.call('listPending', {})).changes;
  const { consolidation } = unwrap(await skein.call('consolidate', {}));
  const page = await openPage();
  for (const [address, heading] of [
    ['/', 'Overview'],
    ['/sync-dashboard.html', 'Overview'],
    ['/changes?kind=modified', 'Changes'],
    [`/change/${change!.position}`, 'AGENTS.md'],
    ['/files', 'Files'],
    ['/file/docs/passation_codex.md', 'docs/passation_codex.md'],
    ['/file/ROADMAP.md?lines=1-3', 'ROADMAP.md'],
    ['/search?q=case&days=7', 'Search'],
    ['/similar/ROADMAP.md?line=3', 'Similar notes'],
    ['/knowledge', 'Knowledge'],
    ['/reports', 'Reports'],
    [`/report/${consolidation!.stamp}`, 'Report of 1 change'],
    ['/activity?days=90', 'Activity'],
    ['/settings', 'Settings'],
    ['/welcome', 'Welcome to Skein'],
    ['/nowhere/at/all', 'Page not found'],
  ] as const) {
    await page.goto(skein.url + address);
    await see(page.getByRole('heading', { name: heading, level: 1 }));
    expect(addressOf(page)).toBe(address);
  }
});

test('back and forward lead through the views, and lists stand where they were left', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`memory-bank/note-${100 + index}.md`, `Note ${index}\n`]),
  );
  const { openPage } = await startFixture({ files });
  const page = await openPage('/files');
  const list = page.getByRole('list', { name: 'Tracked files' });
  await see(list.getByText('note-100.md'));
  await page.mouse.move(700, 500);
  await page.mouse.wheel(0, 2_000);
  await list.getByText('note-160.md').click();
  await see(page.getByRole('heading', { name: 'memory-bank/note-160.md' }));
  await page.getByRole('link', { name: 'Reports' }).click();
  await see(page.getByText('No reports yet'));

  await page.goBack();
  await see(page.getByRole('heading', { name: 'memory-bank/note-160.md' }));
  await page.goBack();
  await see(page.getByRole('heading', { name: 'Files' }));
  await see(list.getByText('note-160.md'));
  await eventually(() => page.locator('main').evaluate((main) => main.scrollTop)).toBeGreaterThan(1_000);
  await page.goForward();
  await see(page.getByRole('heading', { name: 'memory-bank/note-160.md' }));
});

test('a path of any letters survives the address', async () => {
  const path = 'memory-bank/100 % sûr #1 & co.md';
  const { openPage } = await startFixture({ files: { [path]: 'Sure.\n' } });
  const page = await openPage('/files');
  await page.getByRole('list', { name: 'Tracked files' }).getByText('100 % sûr').click();
  await see(page.getByRole('region', { name: 'Differences' }).getByText('Sure.'));
  await page.reload();
  await see(page.getByRole('region', { name: 'Differences' }).getByText('Sure.'));
  await page.getByRole('link', { name: 'All its changes' }).click();
  await expectAddress(page, /^\/changes\?path=/);
  await expectCount(page.getByRole('list', { name: 'Changes, newest first' }).getByRole('link'), 1);
  await page.reload();
  await expectCount(page.getByRole('list', { name: 'Changes, newest first' }).getByRole('link'), 1);
});
