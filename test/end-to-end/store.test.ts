/** The store on the screen: checked, agreed to by the name of the host, chosen, and left again. */
import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../support/servers/chroma-server.ts';
import { findBarriers } from './accessible.ts';
import { startHarbour } from './harbour-notes.ts';
import { unwrap } from './running-skein.ts';
import { see, seeGone, toast } from './screen.ts';

const section = (page: Page) => page.getByRole('region', { name: 'Store of the vectors' });
const look = (page: Page, kind: string) =>
  section(page).getByRole('radio', { name: kind, exact: true }).check({ force: true });
const address = (page: Page) => section(page).getByLabel(/^Address of/);
const press = (page: Page, name: string) => section(page).getByRole('button', { name, exact: true }).click();

/** Has the database that a check asks for, and nothing else of ChromaDB. */
async function startServer(): Promise<string> {
  const server = createServer(({ url }, response) => {
    const isDatabase = url === '/api/v2/tenants/default_tenant/databases/default_database';
    response.writeHead(isDatabase ? 200 : 500).end(JSON.stringify({ name: 'default_database' }));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${port}`;
}

test('a server on this machine is checked, used, and left again', async () => {
  const { openPage, skein, expectTrouble } = await startHarbour();
  expectTrouble(/400|502/);
  const host = await startServer();
  const page = await openPage('/settings');
  await see(section(page).getByText('Used now: This device.'));
  await look(page, 'ChromaDB');
  await press(page, 'Check');
  await see(section(page).getByText('It has no address yet.'));
  await address(page).fill('nowhere');
  await seeGone(section(page).getByText('It has no address yet.'));
  await press(page, 'Use it');
  await see(section(page).getByText('This is no address of a chroma store. Give one like'));
  expect(await address(page).getAttribute('aria-invalid')).toBe('true');
  expect(await findBarriers(page)).toEqual([]);
  await address(page).fill(`http://127.0.0.1:${await freePort()}`);
  await press(page, 'Use it');
  await see(section(page).getByRole('alert').getByText('nobody listens there'));
  expect(unwrap(await skein.call('getStoreChoice', {})).kind).toBe('embedded');

  await address(page).fill(`http://${host}`);
  await see(section(page).getByText('The vectors stay on this machine.'));
  await page.keyboard.press('Enter');
  await see(section(page).getByText(`${host} answers and can be the store.`));
  expect(unwrap(await skein.call('getStoreChoice', {})).kind).toBe('embedded');
  await press(page, 'Use it');
  await see(toast(page, `ChromaDB at ${host} is filled and used from now on`));
  await see(section(page).getByText(`Used now: ChromaDB at ${host}.`));
  const { device } = unwrap(await skein.call('getStoreChoice', {}));
  await look(page, 'This device');
  await see(section(page).getByText(`What ${host} holds of this device stays there.`));
  await see(section(page).getByText(device ?? 'a name'));
  expect(await findBarriers(page)).toEqual([]);
  await press(page, 'Use this device alone');
  await see(toast(page, 'The vectors are searched on this device from now on'));
  await see(section(page).getByText('Used now: This device.'));
});

test('another machine is named before anything goes there, and a password is never kept', async () => {
  const { openPage, skein, expectTrouble } = await startHarbour();
  expectTrouble(/400|502/);
  const page = await openPage('/settings');
  await look(page, 'PostgreSQL');
  await see(section(page).getByText('PGPASSWORD'));
  await address(page).fill('postgres://me:sesame@store.invalid/notes');
  await press(page, 'Check');
  await see(section(page).getByText('The address holds a login, and settings are no place for one.'));
  await address(page).fill('postgres://me@store.invalid/notes');
  await see(section(page).getByText('are sent to store.invalid'));
  await section(page).getByLabel('Give only these files').fill('docs/**, [');
  await press(page, 'Use it…');
  const question = page.getByRole('dialog', { name: 'Send vectors to store.invalid' });
  await see(question.getByText('Send the vectors of your notes to store.invalid?'));
  expect(await findBarriers(page)).toEqual([]);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await section(page).getByLabel('Give only these files').fill('docs/**');
  await press(page, 'Use it…');
  await question.getByRole('button', { name: 'Send them' }).click();
  await see(section(page).getByRole('alert').getByText('cannot be reached'));
  expect(unwrap(await skein.call('getStoreChoice', {})).kind).toBe('embedded');
});

test('Knowledge leads there', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/knowledge');
  await page.getByRole('region', { name: 'Store' }).getByRole('link', { name: 'settings' }).click();
  await see(section(page));
});
