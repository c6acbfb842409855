/** A Chromium without its own network chatter, the one that `npm test` found or the system's. */
import { type Browser, chromium } from 'playwright-core';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['SKEIN_CHROMIUM'] ?? '/usr/bin/chromium',
    args: quiet,
  });
