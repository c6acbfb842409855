/** How the index behind the search stands: what it has, what is stuck and why, and making it anew. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { databaseFile } from '../../electron/host/workspace-id.ts';
import type { IndexedNoteJson } from '../../shared/contracts/knowledge-api.ts';
import { freePort } from '../support/servers/chroma-server.ts';
import { findBarriers } from './accessible.ts';
import { harbourNotes, indexed, pretendKnowledge, startHarbour } from './harbour-notes.ts';
import { unwrap } from './running-skein.ts';
import { eventually, expectAddress, expectCount, see, seeGone } from './screen.ts';
import type { SkeinFixture } from './skein-fixture.ts';

const notes = (page: Page) => page.getByRole('list', { name: 'Notes of the index' });
const note = (page: Page, path: string) => notes(page).getByRole('listitem').filter({ hasText: path });
const stuck = (page: Page) => page.getByRole('list', { name: 'Stuck notes' });

test('what is indexed, note by note, kept up as notes change', async () => {
  const { openPage, workspace } = await startHarbour();
  writeFileSync(join(workspace.folder, 'HANDOFF.md'), Uint8Array.of(0xff, 0xfe, 0xfd));
  const page = await openPage('/knowledge');
  const facts = page.locator('.fact-strip');
  await see(facts.getByText('4', { exact: true }).or(facts.getByText('5', { exact: true })));
  await see(facts.getByText('Up to date'));
  await see(facts.getByText(/iB$/));
  await see(note(page, 'ROADMAP.md').getByText('1 passage'));
  await see(note(page, 'HANDOFF.md').getByText('It is not UTF-8 text.'));

  await page.getByRole('combobox', { name: /^State/ }).selectOption({ label: 'Left out' });
  await expectCount(notes(page).getByRole('listitem'), 1);
  await page.getByRole('combobox', { name: /^State/ }).selectOption({ label: 'All states' });
  await page.keyboard.press('/');
  await page.keyboard.type('hull');
  await see(page.getByText('No note matches this filter'));
  workspace.write('memory-bank/hull.md', '# Hull\n\nBarnacles sit on it.\n');
  await see(note(page, 'hull.md').getByText('Up to date'));
  await note(page, 'hull.md').getByRole('link').click();
  await see(page.getByRole('heading', { name: 'memory-bank/hull.md' }));
});

test('the palette and the search lead there', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search views and files' }).fill('know');
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'Knowledge', level: 1 }));
  await page.getByRole('main').getByRole('link', { name: 'Search', exact: true }).click();
  await page.getByRole('link', { name: 'How the index stands' }).click();
  await expectAddress(page, '/knowledge');
});

test('a rebuild says what happens, and search answers all the while', async () => {
  const { openPage, skein } = await startHarbour();
  const before = unwrap(await skein.call('getKnowledge', {})).last_indexed_ms ?? 0;
  const page = await openPage('/knowledge');
  await page.getByRole('button', { name: 'Rebuild…' }).click();
  const question = page.getByRole('dialog', { name: 'Rebuild the index' });
  await see(question.getByText('4 notes are read from the log'));
  await see(question.getByText('The old index answers until the new one is ready.'));
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });

  await page.getByRole('button', { name: 'Rebuild…' }).click();
  await question.getByRole('button', { name: 'Rebuild', exact: true }).click();
  const during = unwrap(await skein.call('search', { q: 'paraffin' }));
  expect(during.passages[0]?.path).toBe('docs/passation_codex.md');
  await eventually(async () => {
    const now = unwrap(await skein.call('getKnowledge', {}));
    return now.state === 'current' && (now.last_indexed_ms ?? 0) > before;
  }).toBe(true);
  await seeGone(page.getByRole('progressbar'));
  await see(page.locator('.fact-strip').getByText('Up to date'));
});

test('the progress of a rebuild is seen, with the time that is left', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  const rebuild = { done: 120, total: 340, left_ms: 200_000, use: null, left_use: null };
  await pretendKnowledge(page, { state: 'rebuilding', rebuild });
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.getByRole('link', { name: 'How the index stands' }).click();
  await see(page.getByText('The index is being made anew'));
  await see(page.getByText('120 of 340 notes, about 3 min left.'));
  await see(page.getByText('Searches use the old one until it is ready.'));
  expect(await page.getByRole('progressbar').getAttribute('value')).toBe('120');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Rebuild…' }).click();
  await see(page.getByText('One is being made already; it is thrown away and begun again.'));
});

/** Takes the bytes of a file's text out of the log, as where a device holds only some contents; returns the way back. */
function hideContent({ dataFolder, skein }: SkeinFixture, path: string): () => void {
  const sql = openSql(databaseFile(dataFolder, skein.workspaces()[0]?.id ?? ''));
  const ofFile = 'id = (SELECT content FROM files WHERE path = ?)';
  const row = sql.prepare<{ packed: Uint8Array }>(`SELECT packed FROM content WHERE ${ofFile}`).get(path);
  sql.prepare(`UPDATE content SET packed = NULL WHERE ${ofFile}`).run(path);
  return () => {
    sql.prepare(`UPDATE content SET packed = ? WHERE ${ofFile}`).run(row?.packed ?? null, path);
    sql.close();
  };
}

test('stuck notes say why, are told on the overview, and are tried again one by one or all', async () => {
  const fixture = await startHarbour();
  const { openPage, skein } = fixture;
  const hidden = ['ROADMAP.md', 'AGENTS.md'].map((path) => hideContent(fixture, path));
  unwrap(await skein.call('rebuildKnowledge', {}));
  const page = await openPage();
  await eventually(async () => {
    unwrap(await skein.call('retryNotes', {}));
    return unwrap(await skein.call('getKnowledge', {})).stuck.length;
  }).toBe(2);

  await see(page.getByText('2 notes could not be indexed for the search.'));
  await page.getByRole('link', { name: 'See why' }).click();
  await see(page.getByRole('heading', { name: '2 notes are stuck' }));
  await see(stuck(page).getByText('The text of ROADMAP.md is not here yet, so it could not be indexed.'));
  await see(stuck(page).getByText(/^Failed \d+ times, first/));
  await see(note(page, 'ROADMAP.md').getByText('Stuck'));
  expect(await findBarriers(page)).toEqual([]);

  hidden[0]?.();
  await page.getByRole('button', { name: 'Retry ROADMAP.md' }).click();
  await see(page.getByRole('heading', { name: '1 note is stuck' }));
  await see(note(page, 'ROADMAP.md').getByText('Up to date'));
  hidden[1]?.();
  await page.getByRole('button', { name: 'Retry AGENTS.md' }).click();
  await seeGone(stuck(page));
  await indexed(skein, Object.keys(harbourNotes).length);
});

test('all that is stuck is tried again at once', async () => {
  const fixture = await startHarbour();
  const { openPage, skein } = fixture;
  const hidden = Object.keys(harbourNotes).map((path) => hideContent(fixture, path));
  unwrap(await skein.call('rebuildKnowledge', {}));
  await eventually(async () => {
    unwrap(await skein.call('retryNotes', {}));
    return unwrap(await skein.call('getKnowledge', {})).stuck.length;
  }).toBe(4);
  const page = await openPage('/knowledge');
  await see(page.getByRole('heading', { name: '4 notes are stuck' }));
  for (const show of hidden) show();
  await page.getByRole('button', { name: 'Retry all' }).click();
  await seeGone(stuck(page));
  await indexed(skein, 4);
});

test('10,000 notes scroll, and only the rows near the screen exist', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  const many: IndexedNoteJson[] = Array.from({ length: 10_000 }, (_, nth) => ({
    path: `memory-bank/note-${String(nth).padStart(5, '0')}.md`,
    passages: 3,
    state: 'current',
    reason: null,
    indexed_ms: 1_700_000_000_000,
  }));
  await page.route('**/api/knowledge/notes?*', (route) => route.fulfill({ json: { notes: many } }));
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search views and files' }).fill('knowledge');
  await page.keyboard.press('Enter');
  await see(note(page, 'note-00000.md'));
  expect(await notes(page).getByRole('listitem').count()).toBeLessThan(100);
  await page.locator('main').evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await see(note(page, 'note-09999.md'));
  expect(await notes(page).getByRole('listitem').count()).toBeLessThan(100);
});

test('a store on a server that does not answer is named, with why, and search goes on', async () => {
  const { openPage, skein } = await startHarbour();
  const page = await openPage('/knowledge');
  const store = page.getByRole('region', { name: 'Store' });
  await see(store.getByText('The vectors are searched on this device.'));
  const url = `http://127.0.0.1:${await freePort()}`;
  unwrap(await skein.call('chooseKnowledgeStore', { kind: 'chroma', url }));
  await see(store.getByText('ChromaDB', { exact: true }));
  await see(store.getByText('Not answering'));
  await see(store.getByText(/cannot be reached: nobody listens there/));
  await see(store.getByText('Meanwhile the vectors on this device are searched.'));
  expect(await findBarriers(page)).toEqual([]);
  const found = unwrap(await skein.call('search', { q: 'harbour', mode: 'meaning' }));
  expect(found.passages.length).toBeGreaterThan(0);
  expect(found.problem?.message).toMatch(/The vectors on this device were searched instead\./);
});
