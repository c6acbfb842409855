/** One Chromium for all windows, and what their pages may ask of the world. */
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
  type Request,
  type Route,
} from 'playwright-core';
import { quietChromium } from '../quiet-chromium.ts';
import { session } from './native.ts';
import { fromPageUrl } from './scheme-server.ts';

/** What the network policy needs to know of a window. */
export type Guest = {
  /** A page wants to go elsewhere; false forbids it. */
  mayNavigate(url: string, isMainFrame: boolean): boolean;
  /** A page wants a window of its own; it never gets one. */
  wantsWindow(url: string): void;
};

const guestByPage = new Map<Page, Guest>();
let browser: Browser | undefined;
let context: Promise<BrowserContext> | undefined;

export async function openPage(guest: Guest): Promise<Page> {
  context ??= launch();
  const page = await (await context).newPage();
  guestByPage.set(page, guest);
  page.on('close', () => guestByPage.delete(page));
  page.on('popup', (popup) => void popup.close().catch(() => undefined));
  return page;
}

export async function closeChromium(): Promise<void> {
  await context?.catch(() => undefined);
  await browser?.close();
}

async function launch(): Promise<BrowserContext> {
  browser = await chromium.launch(quietChromium());
  const opened = await browser.newContext({ viewport: null });
  await opened.route('**/*', judge);
  return opened;
}

/** The shell's rules first; whatever they say, nothing but the loopback is ever reached. */
async function judge(route: Route): Promise<void> {
  const request = route.request();
  const url = fromPageUrl(request.url());
  const page = pageOf(request);
  const guest = page && guestByPage.get(page);
  if (guest === undefined) {
    for (const opener of guestByPage.values()) opener.wantsWindow(url);
    return route.abort();
  }
  const isMainFrame = request.isNavigationRequest() && request.frame().parentFrame() === null;
  if (request.isNavigationRequest() && !guest.mayNavigate(url, isMainFrame)) {
    // "No content" leaves the page as it is; an abort would replace it by an error page.
    return route.fulfill({ status: 204 });
  }
  const passes = isLoopback(request.url()) && (await session.defaultSession.lets(url));
  return passes ? route.continue() : route.abort();
}

/** A pop-up asks before it is a page. */
function pageOf(request: Request): Page | undefined {
  try {
    return request.frame().page();
  } catch {
    return undefined;
  }
}

const isLoopback = (url: string): boolean =>
  /^(data|blob):|^http:\/\/(127\.0\.0\.1|([\w-]+\.)*localhost)[:/]/.test(url);
