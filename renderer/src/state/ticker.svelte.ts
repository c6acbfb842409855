/** One clock for all relative times on the screen, so that they move together. */
const everyMs = 5_000;

class Ticker {
  nowMs = $state(Date.now());

  constructor() {
    setInterval(() => {
      if (document.visibilityState === 'visible') this.nowMs = Date.now();
    }, everyMs);
  }
}

let ticker: Ticker | undefined;

/** Unix milliseconds, reactive, moving every few seconds while the page is visible. */
export function tickingNowMs(): number {
  ticker ??= new Ticker();
  return ticker.nowMs;
}
