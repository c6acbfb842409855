/** Answers of the app API that a page gets otherwise than Skein gave them. */
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** From now on what a page asks at such addresses is answered with this on top of what is true. */
export async function changeAnswers(page: Page, addresses: string, more: object): Promise<void> {
  await page.route(addresses, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), ...more } });
  });
  // A page that closes takes the answers with it that are still being read.
  onTestFinished(() => page.unrouteAll({ behavior: 'wait' }));
}
