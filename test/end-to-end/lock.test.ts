/** The lock on the Overview: who holds it and who waits, and taking it away. */
import { expect, test } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';
import { findBarriers } from './accessible.ts';
import { see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

test('the card comes with a holder, shows the queue, breaks the lock after a question, and goes', async () => {
  const { workspace, openPage, expectTrouble } = await startFixture();
  expectTrouble(/The lock of .* was broken/);
  const page = await openPage();
  await see(page.getByText('Watching'));
  const card = page.getByRole('region', { name: 'Lock' });
  expect(await card.count()).toBe(0);
  const composed = await composeLock(workspace.folder, { clock: systemClock, log: quiet });
  if (!composed.ok) throw new Error(composed.error.message);
  const { lock } = composed.value;
  const first = await lock.acquire({ operation: 'release', agent: 'claude-code' });
  const second = lock.acquire({ operation: 'note', agent: 'codex-local', mode: 'shared' });
  await see(card.getByText('The repository is locked, 1 waits'));
  await see(card.getByText(/^“release”, process \d+ on /));
  await see(card.getByText('Waits, number 1, since just now'));
  expect(await findBarriers(page)).toEqual([]);
  await card.getByRole('button', { name: 'Break…' }).click();
  await see(page.getByText('Take the lock from claude-code?'));
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Break the lock' }).click();
  await see(toast(page, 'The lock was taken from claude-code'));
  expect(first.ok && first.value.check()).toMatchObject({ error: { code: 'lock-lost' } });
  const held = await second;
  await see(card.getByText('The repository is locked'));
  if (held.ok) held.value.release();
  await seeGone(card);
});

test('names of any length stay inside the card', async () => {
  const { workspace, openPage } = await startFixture();
  const page = await openPage();
  const composed = await composeLock(workspace.folder, { clock: systemClock, log: quiet });
  if (!composed.ok) throw new Error(composed.error.message);
  const held = await composed.value.lock.acquire({ operation: 'o'.repeat(500), agent: 'W'.repeat(500) });
  const row = page.getByRole('region', { name: 'Lock' }).getByRole('listitem');
  await see(row);
  const widths = await row.evaluate((it) =>
    [...it.querySelectorAll('*')].map(
      (part) => part.getBoundingClientRect().right - it.getBoundingClientRect().right,
    ),
  );
  expect(Math.max(...widths)).toBeLessThanOrEqual(0);
  if (held.ok) held.value.release();
});
