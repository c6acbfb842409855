/** Two clones in one Skein: what both write at once waits in the inbox, and is decided there. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const ours = '# Roadmap\n\nWe ship the quick parser first because users wait for it.\n';
const theirs = '# Roadmap\n\nEverything stops until the security review is finished.\n';

async function startWithClone() {
  const fixture = await startFixture();
  const clone = `${fixture.workspace.folder}-clone`;
  execFileSync('git', ['clone', '--quiet', fixture.workspace.folder, clone]);
  unwrap(await fixture.skein.call('openWorkspace', { folder: clone }));
  const readClone = (path: string) => readFileSync(join(clone, path), 'utf8');
  fixture.workspace.write('AGENTS.md', '# Agents\n\nBoth have this.\n');
  await expect.poll(() => readClone('AGENTS.md')).toContain('Both have this.');
  return { ...fixture, clone, readClone };
}

test('a conflict is shown with both versions, decided, and the decision taken back', async () => {
  const { workspace, clone, readClone, openPage } = await startWithClone();
  workspace.write('ROADMAP.md', ours);
  writeFileSync(join(clone, 'ROADMAP.md'), theirs);
  const page = await openPage('/inbox');
  const row = page.getByRole('link', { name: /ROADMAP\.md/ });
  await row.click();
  const other = await page.getByRole('textbox', { name: 'Other version, text' }).inputValue();
  expect([ours, theirs]).toContain(other);
  await see(page.getByRole('textbox', { name: 'Result, text' }));
  await page.getByRole('button', { name: 'Take other version' }).click();
  await see(page.getByText('Nothing waits for you'));
  await expect.poll(() => workspace.read('ROADMAP.md')).toBe(other);
  await expect.poll(() => readClone('ROADMAP.md')).toBe(other);
  await toast(page, 'Took the other version').getByRole('button', { name: 'Undo' }).click();
  await see(row);
  await expect.poll(() => workspace.read('ROADMAP.md')).not.toBe(other);
});

test('a text of both is saved with what came while it was written, or refused where that stands in its place', async () => {
  const { workspace, clone, openPage } = await startWithClone();
  workspace.write('ROADMAP.md', ours);
  writeFileSync(join(clone, 'ROADMAP.md'), theirs);
  const page = await openPage('/inbox');
  await page.getByRole('link', { name: /ROADMAP\.md/ }).click();
  const inFile = page.getByRole('textbox', { name: 'In the file, text' });
  const result = page.getByRole('textbox', { name: 'Result, text' });
  await see(inFile);
  const standing = await inFile.inputValue();
  const save = page.getByRole('button', { name: 'Save result' });
  await result.fill('# Roadmap\n\nFirst the review, then the parser.\n');
  workspace.write('ROADMAP.md', '# Roadmap\n\nNobody asked, but we rewrite it in a weekend.\n');
  await see(page.getByText('The file was changed since you began.'));
  await save.click();
  await see(page.getByText('ROADMAP.md was changed since you looked at it'));
  await expect.poll(() => inFile.inputValue()).toContain('in a weekend');
  expect(workspace.read('ROADMAP.md')).toContain('in a weekend');
  workspace.write('ROADMAP.md', `${standing}\n## Later\n\nA second parser.\n`);
  await expect.poll(() => inFile.inputValue()).toContain('A second parser.');
  await page.getByRole('link', { name: 'Inbox' }).first().click();
  await page.getByRole('link', { name: /ROADMAP\.md/ }).click();
  await result.fill(`# Roadmap\n\nFirst the review, then the parser.\n\n## Later\n\nA second parser.\n`);
  workspace.write('ROADMAP.md', `${standing}\n## Later\n\nA second parser.\n\n## Never\n\nA third.\n`);
  await see(page.getByText('The file was changed since you began.'));
  await save.click();
  await see(page.getByText('Nothing waits for you'));
  await expect
    .poll(() => workspace.read('ROADMAP.md'))
    .toBe(
      '# Roadmap\n\nFirst the review, then the parser.\n\n## Later\n\nA second parser.\n\n## Never\n\nA third.\n',
    );
});

test('an empty inbox says what would wait there', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/inbox');
  await see(page.getByText('Nothing waits for you'));
  await seeGone(page.getByRole('link', { name: /ROADMAP\.md/ }));
});

test('without a peer the peers say how to begin, and a pairing shows its code', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/peers');
  await see(page.getByText('No device is paired yet'));
  await page.getByRole('button', { name: 'Pair a device' }).click();
  await page.getByRole('button', { name: 'Show a code' }).click();
  await see(page.getByRole('img', { name: 'The code as a QR code' }));
  await page.getByRole('button', { name: 'Close' }).click();
});
