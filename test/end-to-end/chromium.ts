/** A browser for pages of the screen. */
import { type Browser, chromium } from 'playwright-core';
import { quietChromium } from '../support/quiet-chromium.ts';

export const launchChromium = (): Promise<Browser> => chromium.launch(quietChromium());
