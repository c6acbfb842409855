import { describe, expect, it } from 'vitest';
import { leavesTheApp, Router, type RouterPage } from '../../../renderer/src/state/router.svelte.ts';

/** A browser's address bar and history. */
class FakePage implements RouterPage {
  location = { pathname: '/', search: '', origin: 'http://skein' };
  #entries: { url: string; state: unknown }[] = [{ url: '/', state: null }];
  #listeners: (() => void)[] = [];

  history = {
    state: null as unknown,
    pushState: (state: unknown, _unused: string, url?: string | URL | null) => {
      this.#entries.push({ url: String(url), state });
      this.#show();
    },
    replaceState: (state: unknown, _unused: string, url?: string | URL | null) => {
      this.#entries[this.#entries.length - 1] = { url: String(url), state };
      this.#show();
    },
  };

  addEventListener(_name: 'popstate', listener: () => void): void {
    this.#listeners.push(listener);
  }

  back(): void {
    this.#entries.pop();
    this.#show();
    for (const listener of this.#listeners) listener();
  }

  #show(): void {
    const entry = this.#entries.at(-1)!;
    const url = new URL(entry.url, 'http://skein');
    this.location = { pathname: url.pathname, search: url.search, origin: url.origin };
    this.history.state = entry.state;
  }
}

describe('the router', () => {
  it('goes somewhere and back', () => {
    const page = new FakePage();
    const router = new Router(page);
    const first = router.entry;
    router.go({ view: 'change', position: 7 });
    expect(router.route).toEqual({ view: 'change', position: 7 });
    expect(router.entry).not.toBe(first);
    page.back();
    expect(router.route).toEqual({ view: 'overview' });
    expect(router.entry).toBe(first);
  });

  it('adjusts an address without a step for the back button', () => {
    const page = new FakePage();
    const router = new Router(page);
    router.go({ view: 'changes', filter: {} });
    const entry = router.entry;
    router.replace({ view: 'changes', filter: { agent: 'human' } });
    expect(router.entry).toBe(entry);
    expect(page.location.search).toBe('?agent=human');
    page.back();
    expect(router.route).toEqual({ view: 'overview' });
  });

  it('stays in the workspace that the user looks at', () => {
    const router = new Router(new FakePage());
    router.chooseWorkspace('w2');
    router.go({ view: 'files' });
    expect(router.workspace).toBe('w2');
    expect(router.address({ view: 'reports' })).toBe('/reports?workspace=w2');
    router.chooseWorkspace(undefined);
    expect(router.address({ view: 'reports' })).toBe('/reports');
  });
});

describe('a click on a link', () => {
  const link = (part: object) =>
    ({
      target: '',
      origin: 'http://skein',
      hasAttribute: () => false,
      ...part,
    }) as unknown as HTMLAnchorElement;
  const click = (part: object) => ({ button: 0, ...part }) as unknown as MouseEvent;

  it.each([
    ['plain', {}, {}, false],
    ['with the control key', { ctrlKey: true }, {}, true],
    ['with the middle button', { button: 1 }, {}, true],
    ['to another site', {}, { origin: 'https://example.org' }, true],
    ['to a new tab', {}, { target: '_blank' }, true],
    ['to a download', {}, { hasAttribute: () => true }, true],
  ])('%s', (_name, press, target, leaves) => {
    expect(leavesTheApp(click(press), link(target), 'http://skein')).toBe(leaves);
  });
});
