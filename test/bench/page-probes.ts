/** What measures inside the page. Each function travels as text, so it uses nothing but its parameters. */
import type { Page } from 'playwright-core';

/**
 * Resolves, in Unix milliseconds of the page's clock, when a text of `selector` reads `text` and the frame with
 * it was drawn: the task that follows the frame's callbacks runs after the browser has painted.
 */
export function whenOnScreen(page: Page, selector: string, text: string): Promise<number> {
  return page.evaluate(
    ([where, wanted]) =>
      new Promise<number>((resolve) => {
        const isThere = () =>
          [...document.querySelectorAll(where)].some((it) => it.textContent?.includes(wanted));
        const drawn = () =>
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
            port2.postMessage(null);
          });
        if (isThere()) return drawn();
        const observer = new MutationObserver(() => {
          if (!isThere()) return;
          observer.disconnect();
          drawn();
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    [selector, text] as const,
  );
}

/** Milliseconds that the page's clock is ahead of ours, from the quickest of some questions. */
export async function clockAheadMs(page: Page): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, aheadMs: 0 };
  for (let round = 0; round < 30; round += 1) {
    const beforeMs = nowMs();
    const thereMs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const tripMs = nowMs() - beforeMs;
    if (tripMs < best.tripMs) best = { tripMs, aheadMs: thereMs - (beforeMs + tripMs / 2) };
  }
  return best.aheadMs;
}

/** Unix milliseconds with fractions, from the clock that no setting of the time moves. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** Starts noting when frames are drawn; `stopFrames` returns the milliseconds between them. */
export async function startFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    const note = (atMs: number) => {
      frames.push(atMs);
      Object.assign(window, { frameRequest: requestAnimationFrame(note) });
    };
    Object.assign(window, { frames, frameRequest: requestAnimationFrame(note) });
  });
}

export function stopFrames(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const { frames, frameRequest } = window as unknown as { frames: number[]; frameRequest: number };
    cancelAnimationFrame(frameRequest);
    return frames.slice(1).map((atMs, index) => atMs - (frames[index] ?? atMs));
  });
}

/** Milliseconds from the navigation to the first text or picture on the screen. */
export function firstContentfulPaintMs(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const [entry] = list.getEntriesByName('first-contentful-paint');
          if (entry !== undefined) resolve(entry.startTime);
        }).observe({ type: 'paint', buffered: true });
      }),
  );
}
