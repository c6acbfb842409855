/** A switch of branches in a terminal, as the screen shows it. */
import { expect, test } from 'vitest';
import { git } from '../adapters/git-subjects.ts';
import { findBarriers } from './accessible.ts';
import { see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('what git moved is one row that unfolds, waits for no report, and says where it stays', async () => {
  const { workspace, openPage } = await startFixture();
  const { folder } = workspace;
  git(folder, 'branch', '--move', 'main');
  git(folder, 'switch', '--quiet', '--create', 'feature');
  for (const path of ['AGENTS.md', 'ROADMAP.md', 'docs/passation_codex.md'])
    workspace.write(path, `# Of the branch: ${path}\n`);
  git(folder, 'commit', '--quiet', '--all', '--message', 'Of the branch');
  const page = await openPage('/changes');
  await see(page.getByRole('link', { name: /ROADMAP\.md/ }));
  git(folder, 'switch', '--quiet', 'main');
  const row = page.getByRole('button', { name: /Switched from feature to main.*3 files/ });
  await see(row);
  expect(await row.getAttribute('aria-expanded')).toBe('false');
  await row.click();
  const moved = page.getByRole('link', { name: /ROADMAP\.md.*Switched from feature to main/ });
  await see(moved);
  expect(await findBarriers(page)).toEqual([]);
  await moved.click();
  await see(page.getByText('None: git moved the file, nobody wrote it'));
  await see(page.getByText('Do not get it: it lies here on a branch'));
  await page.goBack();
  await see(row);
  await seeGone(moved);
  await page.goto(new URL('/file/ROADMAP.md', page.url()).href);
  await see(page.getByText('of the branch that is checked out; what others write waits for theirs'));
});
