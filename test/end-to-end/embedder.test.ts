/** The embedder on the screen: checked, agreed to by the name of the host, chosen, and what it takes is seen. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startEmbeddingServer } from '../support/embedding-server.ts';
import { findBarriers } from './accessible.ts';
import { pretendKnowledge, startHarbour } from './harbour-notes.ts';
import { unwrap } from './running-skein.ts';
import { eventually, see, seeGone, toast } from './screen.ts';

const section = (page: Page) => page.getByRole('region', { name: 'Search by meaning' });
const look = (page: Page, kind: string) =>
  section(page).getByRole('radio', { name: kind }).check({ force: true });
const type = (page: Page, label: string, text: string) =>
  section(page).getByLabel(label, { exact: true }).fill(text);
const press = (page: Page, name: string) => section(page).getByRole('button', { name, exact: true }).click();

test('a model on this machine is checked, used, and left again', async () => {
  const { openPage, skein, expectTrouble } = await startHarbour();
  expectTrouble(/404|502/);
  const server = await startEmbeddingServer();
  const page = await openPage('/settings');
  await look(page, 'Ollama');
  await type(page, 'Address', server.url);
  await type(page, 'Model', 'large');
  await see(section(page).getByText('The notes stay on this machine.'));
  await press(page, 'Check');
  await see(section(page).getByText('Get it with ollama pull large.'));
  await type(page, 'Model', 'small');
  await seeGone(section(page).getByText('Get it with ollama pull large.'));
  await press(page, 'Check');
  await see(section(page).getByText('answers and has small, 48 numbers a vector.'));
  await type(page, 'Dollars for a million tokens', '500');
  expect(await findBarriers(page)).toEqual([]);
  await press(page, 'Use it');
  await see(toast(page, 'is used from now on'));
  await section(page).getByRole('link', { name: 'Knowledge' }).click();
  const facts = page.locator('.fact-strip');
  await see(facts.getByText('ollama/small@aaaaaaaaaaaa/48'));
  await see(facts.getByText(/, on this machine; \d+ tokens, /));
  await eventually(async () => unwrap(await skein.call('getKnowledge', {})).state).toBe('current');
  await page.getByRole('button', { name: /^Check 127/ }).click();
  await see(page.getByText('answers and has small.'));
  await server.stop();
  await page.getByRole('button', { name: /^Check 127/ }).click();
  await see(page.getByRole('alert').getByText('nobody listens there'));
  await facts.getByRole('link', { name: 'Change' }).click();
  await look(page, 'Built-in');
  await press(page, 'Use the built-in one');
  await see(toast(page, 'The built-in embedder is used from now on'));
  expect(unwrap(await skein.call('getEmbedder', {})).kind).toBe('builtin');
});

test('another machine is named before anything goes there, and nothing does without a yes', async () => {
  const { openPage, skein, expectTrouble } = await startHarbour();
  expectTrouble(/502/);
  const page = await openPage('/settings');
  await look(page, 'OpenAI or alike');
  await see(section(page).getByText('is sent to api.openai.com'));
  await type(page, 'Address', 'http://embed.invalid:9999/v1');
  await see(section(page).getByText('is sent to embed.invalid:9999'));
  await press(page, 'Use it…');
  const question = page.getByRole('dialog', { name: 'Send notes to embed.invalid:9999' });
  await see(question.getByText('Send the text of your notes to embed.invalid:9999?'));
  expect(await findBarriers(page)).toEqual([]);
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect(unwrap(await skein.call('getEmbedder', {})).kind).toBe('builtin');
  await press(page, 'Use it…');
  await question.getByRole('button', { name: 'Send them' }).click();
  await see(section(page).getByRole('alert').getByText('could not be asked'));
  expect(unwrap(await skein.call('getEmbedder', {})).kind).toBe('builtin');
});

test('a key goes in, and is not to be seen again', async () => {
  const { openPage, skein } = await startHarbour();
  const server = await startEmbeddingServer();
  unwrap(await skein.call('chooseEmbedder', { kind: 'ollama', url: server.url, model: 'small' }));
  const page = await openPage('/settings');
  await see(section(page).getByText('There is no key for it now.'));
  const field = section(page).getByLabel(/^Key for 127/);
  const forget = section(page).getByRole('button', { name: 'Forget it' });
  const reason = 'No key for 127.0.0.1';
  expect(await forget.getAttribute('aria-disabled')).toBe('true');
  const described = await forget.getAttribute('aria-describedby');
  await see(page.locator(`[id="${described}"]`).getByText(reason));
  await forget.focus();
  await page.keyboard.press('Enter');
  expect(await findBarriers(page)).toEqual([]);
  await field.fill('only-for-embedding');
  await press(page, 'Keep the key');
  await see(section(page).getByText('Its key comes from the file.'));
  expect(await field.inputValue()).toBe('');
  expect(await page.content()).not.toContain('only-for-embedding');
  await seeGone(section(page).getByText(reason));
  expect(await forget.getAttribute('aria-disabled')).toBeNull();
  await press(page, 'Forget it');
  await see(section(page).getByText('There is no key for it now.'));
  await see(section(page).getByText(reason));
});

test('what a rebuild took so far and about what it will take is seen, and what is searched meanwhile', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  const use = { requests: 40, failures: 2, tokens: 12_000, estimated: true, cost: 0.24 };
  const shared = { taken: 300, checked: 12, refused: 3, from: [{ name: 'desk', taken: 300 }], given: 0 };
  await pretendKnowledge(page, {
    state: 'rebuilding',
    by_meaning: false,
    embedding: { host: 'api.openai.com', local: false, kept: 3, use, shared },
    rebuild: { done: 120, total: 340, left_ms: 200_000, use, left_use: { tokens: 22_000, cost: 0.44 } },
  });
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.getByRole('link', { name: 'How the index stands' }).click();
  await see(page.getByText('About 12,000 tokens, $0.24 so far, about $0.44 more.'));
  await see(page.getByText('Until it is ready the words alone are searched'));
  const facts = page.locator('.fact-strip');
  await see(
    facts.getByText('at api.openai.com, another machine; about 12,000 tokens, $0.24, 2 requests failed'),
  );
  await see(facts.getByText('Embeddings: 300 from desk, 12 checked, 3 refused'));
  await see(facts.getByText('3 not sent to api.openai.com, found by words only'));
  expect(await findBarriers(page)).toEqual([]);
});
