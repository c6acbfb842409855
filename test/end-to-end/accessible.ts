/** The rules of axe (WCAG 2.2 AA and its best practices), with findings as sentences. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Those that see colours: all others find the same in the dark. */
const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/** What is wrong with the page as it stands now, in light and in dark colours; empty when nothing is. */
export async function findBarriers(page: Page): Promise<string[]> {
  await paint(page, 'dark');
  const dark = await run(axeOn(page).withRules(rulesOfColour));
  await paint(page, 'light');
  const light = await run(axeOn(page));
  return [...light, ...dark.map((barrier) => `${barrier} (dark)`)];
}

/** Colours that are asked for may come a frame later. */
async function paint(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
}

// Legacy mode runs in the page itself instead of a second one; Skein has no frames that would need that.
const axeOn = (page: Page): AxeBuilder => new AxeBuilder({ page }).setLegacyMode(true);

async function run(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
