/** Ten thousand pending changes are a list like any other. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { fillWithPending } from './many-changes.ts';
import { eventually, pendingList, see } from './screen.ts';
import { type SkeinFixture, startFixture } from './skein-fixture.ts';

/** A busy machine takes a while for ten thousand files. */
const timeoutMs = 240_000;
const rowPixels = 36;
/** Each change is of a file of its own, so it has a heading too. */
const rowsOf = (changes: number): number => 2 * changes;

async function startWith(changes: number): Promise<{ fixture: SkeinFixture; page: Page }> {
  const fixture = await startFixture({
    git: false,
    files: { 'skein.json': '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }\n' },
  });
  await fillWithPending(fixture.skein, fixture.workspace, changes);
  const page = await fixture.openPage();
  await see(pendingList(page).getByRole('link'));
  await eventually(() => page.locator('main').evaluate((it) => it.scrollHeight)).toBeGreaterThan(
    rowsOf(changes) * rowPixels,
  );
  return { fixture, page };
}

/** Which rows of the list there are now, from the first element to the last. */
const rowsThere = (page: Page): Promise<number[]> =>
  pendingList(page).evaluate((list) =>
    [...list.children].map((it) => Number((it as HTMLElement).dataset['index'])),
  );

/**
 * Scrolls to the end, nearly a screen with each frame, and counts what the list does meanwhile. It travels to the page
 * as text, so it uses nothing from here.
 */
function scrollToTheEnd() {
  const main = document.querySelector('main')!;
  const list = document.querySelector('[aria-label="Pending changes"]')!;
  const endPixels = main.scrollHeight - main.clientHeight;
  const rows = new Set<string>();
  const elements = new Set(list.querySelectorAll('*'));
  const elementsAtFirst = elements.size;
  let layoutsAskedFor = 0;
  const countReadsOf = (owner: object, name: string) => {
    const read = Object.getOwnPropertyDescriptor(owner, name)!;
    const counted = (real: (this: unknown) => unknown) =>
      function (this: unknown) {
        layoutsAskedFor += 1;
        return real.call(this);
      };
    if (read.get !== undefined) Object.defineProperty(owner, name, { ...read, get: counted(read.get) });
    else Object.defineProperty(owner, name, { ...read, value: counted(read.value) });
  };
  countReadsOf(Element.prototype, 'getBoundingClientRect');
  countReadsOf(Element.prototype, 'clientHeight');
  countReadsOf(HTMLElement.prototype, 'offsetTop');
  countReadsOf(HTMLElement.prototype, 'offsetHeight');
  return new Promise<{ rows: number; elements: number; elementsAtFirst: number; layoutsAskedFor: number }>(
    (resolve) => {
      const step = () => {
        for (const element of list.querySelectorAll<HTMLElement>('*')) {
          elements.add(element);
          if (element.dataset['index'] !== undefined) rows.add(element.dataset['index']);
        }
        if (main.scrollTop >= endPixels - 1) {
          resolve({ rows: rows.size, elements: elements.size, elementsAtFirst, layoutsAskedFor });
          return;
        }
        main.scrollTop += 700;
        requestAnimationFrame(step);
      };
      step();
    },
  );
}

const isInOrder = (rows: readonly number[]): boolean =>
  rows.every((row, at) => at === 0 || row > rows[at - 1]!);

test('10,000 pending changes scroll, and only the rows near the screen exist', {
  timeout: timeoutMs,
}, async () => {
  const { fixture, page } = await startWith(10_000);
  await see(page.getByText('10,000', { exact: true }));
  const rows = () => pendingList(page).getByRole('listitem').count();
  const main = page.locator('main');
  expect(await rows()).toBeLessThan(100);

  for (let step = 0; step < 20; step += 1) {
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 3_000);
    expect(await rows()).toBeLessThan(100);
  }
  await main.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await eventually(async () => (await rowsThere(page)).includes(rowsOf(10_000) - 1)).toBe(true);
  expect(await rows()).toBeLessThan(100);

  fixture.workspace.write('AGENTS.md', '# Agents\n\nOne more.\n');
  await main.evaluate((it) => it.scrollTo(0, 0));
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await see(page.getByText('10,001', { exact: true }));
});

test('the same elements show all rows on the way to the end, and nothing asks for a layout', async () => {
  const { page } = await startWith(500);
  const seen = await page.evaluate(scrollToTheEnd);
  expect(seen.rows).toBe(rowsOf(500));
  expect(seen.elements).toBe(seen.elementsAtFirst);
  expect(seen.layoutsAskedFor).toBe(0);
});

test('at rest the rows stand in their order, and the row with the focus keeps it', async () => {
  const { page } = await startWith(500);
  const main = page.locator('main');
  const focusedRow = () => page.evaluate(() => document.activeElement?.closest('li')?.dataset['index']);
  await page.locator('[data-index="41"] a').focus();
  for (const top of [1_000, 1_600, 2_500, 30_000, 1_800]) {
    await main.evaluate((it, to) => it.scrollTo(0, to), top);
    await eventually(async () => isInOrder(await rowsThere(page))).toBe(true);
    await eventually(focusedRow).toBe('41');
  }
  await page.keyboard.press('j');
  await eventually(focusedRow).toBe('42');
});
