/** `skein open` hands a browser a code that works once; what the page makes of it. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { see, seeGone } from './screen.ts';
import { type SkeinFixture, startFixture } from './skein-fixture.ts';

const overview = (page: Page) => page.getByRole('heading', { name: 'Overview', level: 1 });
const refused = (page: Page) => page.getByRole('heading', { name: 'This address does not sign in' });

/** A page of a stranger that goes to a sign-in address by itself. */
async function openBy({ openPage }: SkeinFixture, url: string): Promise<Page> {
  const page = await openPage('/', { signedIn: false });
  await page.goto('about:blank');
  await page.goto(url);
  return page;
}

test('an address with a code signs in, shows nothing of it, and stays signed in when reloaded', async () => {
  const fixture = await startFixture();
  const address = '/changes?agent=gandalf';
  const page = await openBy(fixture, await fixture.skein.signInUrl(address));
  await see(page.getByText('No change matches'));
  expect(page.url()).toBe(fixture.skein.url + address);
  await page.reload();
  await see(page.getByText('No change matches'));
  await page.goto(`${fixture.skein.url}/files`);
  await see(page.getByText('ROADMAP.md'));
  await page.goBack();
  await see(page.getByText('No change matches'));
  expect(page.url()).toBe(fixture.skein.url + address);
});

test('the code is gone from the address before the engine is asked about it', async () => {
  const fixture = await startFixture();
  const page = await fixture.openPage('/', { signedIn: false });
  const addresses: string[] = [];
  await page.route('**/api/sign-in', async (route) => {
    addresses.push(page.url());
    await route.continue();
  });
  await page.goto('about:blank');
  await page.goto(await fixture.skein.signInUrl('/'));
  await see(overview(page));
  expect(addresses).toEqual([`${fixture.skein.url}/`]);
});

test('a used address says what to do, in a browser of its own, and shows nothing of the workspace', async () => {
  const fixture = await startFixture();
  const url = await fixture.skein.signInUrl('/');
  await see(overview(await openBy(fixture, url)));
  const other = await openBy(fixture, url);
  await see(refused(other));
  await see(other.getByRole('alert').getByText('Run skein open in a terminal'));
  expect(other.url()).toBe(`${fixture.skein.url}/`);
  expect(await other.locator('body').innerText()).not.toContain('harbour');
  await other.reload();
  await see(other.getByRole('heading', { name: 'This page needs your token' }));
});

test('a new address in the same tab mends it, whether pasted into the address bar or the form', async () => {
  const fixture = await startFixture();
  const page = await openBy(fixture, `${fixture.skein.url}/#code=${'0'.repeat(32)}`);
  await see(refused(page));
  // Only what stands behind the hash changes: the browser loads nothing by itself.
  await page.goto(await fixture.skein.signInUrl('/'));
  await see(overview(page));
  expect(page.url()).toBe(`${fixture.skein.url}/`);

  const other = await fixture.openPage('/files', { signedIn: false });
  await other.getByLabel('Token').fill(`  ${await fixture.skein.signInUrl('/')}\n`);
  await other.getByRole('button', { name: 'Unlock' }).click();
  await see(other.getByRole('heading', { name: 'Files' }));
  expect(other.url()).toBe(`${fixture.skein.url}/files`);
});

test('a wrong address locks nobody out who is signed in', async () => {
  const fixture = await startFixture();
  const page = await fixture.openPage();
  await see(overview(page));
  await page.goto(`${fixture.skein.url}/#code=${'0'.repeat(32)}`);
  await page.waitForURL(`${fixture.skein.url}/`);
  await see(overview(page));
  await seeGone(refused(page));
});

test('after too many wrong codes the page says to wait, and the token still opens it', async () => {
  const fixture = await startFixture();
  for (let guess = 0; guess < limits.wrongSignInCodes; guess += 1)
    await fixture.skein.call('signIn', { code: `guess ${guess}` });
  const page = await openBy(fixture, await fixture.skein.signInUrl('/'));
  await see(page.getByRole('alert').getByText('Wait a minute'));
  await page.getByLabel('Token').fill(fixture.skein.token);
  await page.getByRole('button', { name: 'Unlock' }).click();
  await see(overview(page));
});
