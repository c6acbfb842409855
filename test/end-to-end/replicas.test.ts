/** Worktrees of one repository in one Skein: offered, linked, declined, and how they share. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { findBarriers } from './accessible.ts';
import { unwrap } from './running-skein.ts';
import { choose, eventually, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

async function startWithWorktree() {
  const fixture = await startFixture();
  const folder = `${fixture.workspace.folder}-feature`;
  const words = ['worktree', 'add', '--quiet', '-b', 'feature', folder];
  execFileSync('git', ['-C', fixture.workspace.folder, ...words]);
  const at = (path: string) => join(folder, path);
  const readThere = (path: string) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined);
  const writeThere = (path: string, text: string) => writeFileSync(at(path), text);
  return { ...fixture, folder, readThere, writeThere };
}

const row = (page: Page) => page.getByRole('listitem', { name: 'harbour-feature' });

test('a worktree is offered, linked with one click, and then has what the other writes', async () => {
  const { workspace, readThere, openPage } = await startWithWorktree();
  const page = await openPage('/peers');
  await see(row(page).getByText('Worktree on feature'));
  expect(await findBarriers(page)).toEqual([]);
  await row(page).getByRole('button', { name: 'Open and link' }).click();
  await see(toast(page, 'harbour-feature is open and linked'));
  await see(row(page).getByText('Linked'));
  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A bell\n');
  await eventually(() => readThere('ROADMAP.md')).toBe('# Roadmap\n\n1. A bell\n');
  await see(row(page).getByText('Nothing left to exchange'));
});

test('an offer that is declined is hidden, and found again', async () => {
  const { openPage, restart, expectTrouble } = await startWithWorktree();
  // The first page goes on asking while Skein is away.
  expectTrouble(/net::ERR_/);
  const page = await openPage('/peers');
  await row(page).getByRole('button', { name: 'Hide' }).click();
  await seeGone(row(page));
  await see(page.getByText('None is known.'));
  await toast(page, 'is not offered any more').getByRole('button', { name: 'Undo' }).click();
  await row(page).getByRole('button', { name: 'Hide' }).click();
  await seeGone(row(page));
  await restart();
  const later = await openPage('/peers');
  await later.getByRole('button', { name: 'Show 1 hidden' }).click();
  await row(later).getByRole('button', { name: 'Offer again' }).click();
  await see(row(later).getByRole('button', { name: 'Hide' }));
});

test('a folder that is gone is offered no more, and without one the screen says how to begin', async () => {
  const { workspace, folder, openPage } = await startWithWorktree();
  execFileSync('git', ['-C', workspace.folder, 'worktree', 'remove', folder]);
  const page = await openPage('/peers');
  await see(page.getByText('git worktree add'));
  await seeGone(row(page));
});

test('what is in progress stays in its folder once that is chosen, until it is consolidated', async () => {
  const { skein, workspace, folder, writeThere, openPage } = await startWithWorktree();
  const other = unwrap(await skein.call('openWorkspace', { folder }));
  const page = await openPage('/peers');
  await see(row(page).getByText('Linked'));
  await choose(page, 'When consolidated');
  await see(page.getByText('The others get only what a consolidation folded'));
  await eventually(
    async () => unwrap(await skein.call('getSettings', { workspace: other.id })).settings.share,
  ).toBe('staged');
  writeThere('ROADMAP.md', '# Roadmap\n\n1. A bell\n');
  await see(row(page).getByText('1 change waits there for a consolidation'));
  expect(workspace.read('ROADMAP.md')).not.toContain('A bell');
  unwrap(await skein.call('consolidate', { workspace: other.id }));
  await eventually(() => workspace.read('ROADMAP.md')).toBe('# Roadmap\n\n1. A bell\n');
  writeThere('AGENTS.md', '# Agents\n\nThree tasks.\n');
  await see(row(page).getByText('1 change waits there for a consolidation'));
  await choose(page, 'At once');
  await eventually(() => workspace.read('AGENTS.md')).toContain('Three tasks.');
  expect(await findBarriers(page)).toEqual([]);
});
