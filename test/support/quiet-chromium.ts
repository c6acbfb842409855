/** How every Chromium of the tests is started: without its own network chatter, and without pages of its own. */
import type { LaunchOptions } from 'playwright-core';

const quietly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Each window would draw two pages for its address bar, which nobody sees: 0.9 s of processor for each page of ours.
  '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup',
];

/** The one that `npm test` found, or the system's. */
export const quietChromium = (): LaunchOptions => ({
  executablePath: process.env['SKEIN_CHROMIUM'] ?? '/usr/bin/chromium',
  args: quietly,
});
