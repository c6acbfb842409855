/** What a user looks for on the screen, and waits for. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Waits until at least one of the things is to be seen. */
export const see = (thing: Locator): Promise<void> => thing.first().waitFor();

/** Waits until none of the things is there any more. */
export const seeGone = (thing: Locator): Promise<void> => expectCount(thing, 0);

export const expectCount = (thing: Locator, count: number): Promise<void> =>
  expect.poll(() => thing.count(), patience).toBe(count);

export const expectTitle = (page: Page, title: string | RegExp): Promise<void> =>
  expect.poll(() => page.title(), patience).toMatch(title);

/** The path and query that the address bar shows. */
export const addressOf = (page: Page): string => page.url().replace(/^[a-z]+:\/\/[^/]+/, '');

export const expectAddress = (page: Page, address: string | RegExp): Promise<void> =>
  expect.poll(() => addressOf(page), patience).toMatch(address);

/** Waits until `read` gives what is expected: for files on the disk and answers of the app API. */
export const eventually = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, patience);

export const pendingList = (page: Page): Locator => page.getByRole('list', { name: 'Pending changes' });

/** The row of the log or the pending list that shows a text. */
export const rowWith = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('listitem').filter({ hasText: text });

/** A short note at the edge of the screen. */
export const toast = (page: Page, text: string | RegExp): Locator =>
  page.getByRole('region', { name: 'Notifications' }).locator('.toast').filter({ hasText: text });

/** The choice of a few that looks like one control; the radio itself is hidden behind its words. */
export async function choose(page: Page, label: string): Promise<void> {
  const radio = page.getByRole('radio', { name: label, exact: true });
  // Its words are clicked, as by a user: a click on what is hidden goes beside it when the page moves.
  await page.locator('label', { has: radio }).click();
  await expect.poll(() => radio.isChecked(), patience).toBe(true);
}

/** Milliseconds; far more than anything takes, because the machine may be busy. */
const patience = { timeout: 10_000, interval: 30 };
