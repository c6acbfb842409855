/** The rules of axe (WCAG 2.2 AA and its best practices), with findings as sentences. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What is wrong with the page as it stands now; empty when nothing is. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Legacy mode runs in the page itself instead of a second one; Skein has no frames that would need that.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
