/** Listens for everything that a page must never do: dialogs, errors, requests to anybody else. */
import type { ConsoleMessage, Page } from 'playwright-core';

/** Collects sentences about what went wrong on the page, for as long as it lives. `origin` is the page's own. */
export function listenForTrouble(page: Page, origin: string, trouble: string[]): void {
  page.on('dialog', (dialog) => {
    trouble.push(`the page opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => trouble.push(`the page threw: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (isBad(message)) trouble.push(`the console says: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!isOwn(request.url(), origin)) trouble.push(`the page asked a stranger: ${request.url()}`);
  });
  page.on('popup', (other) => trouble.push(`the page opened a window: ${other.url()}`));
}

/** Chromium itself reports every refusal of the app API there; what the user is told about it is the test's matter. */
function isBad(message: ConsoleMessage): boolean {
  const refused = /^Failed to load resource: the server responded with a status of 4\d\d/.test(
    message.text(),
  );
  if (refused && new URL(message.location().url).pathname.startsWith('/api/')) return false;
  return message.type() === 'error' || message.type() === 'warning';
}

const isOwn = (url: string, origin: string): boolean =>
  url.startsWith(`${origin}/`) || url.startsWith('data:') || url.startsWith('blob:');
