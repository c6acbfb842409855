import { EventEmitter } from 'node:events';
import type { Frame, Page } from 'playwright-core';
import { openPage } from './chromium.ts';
import { callName, ipcMain, preloadScript } from './ipc.ts';
import { session } from './native.ts';
import { emitPreventable } from './preventable.ts';
import { fromPageUrl, toPageUrl } from './scheme-server.ts';

type Preferences = { preload?: string };
type OpenHandler = (details: { url: string }) => { action: string };

/** The page of a window: navigation, pop-ups and the preload's calls as Electron tells of them. */
export class WebContents extends EventEmitter {
  readonly session = session.defaultSession;
  readonly page: Promise<Page>;
  readonly #preferences: Preferences;
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  /** Addresses that the shell itself loads; those ask nobody. */
  readonly #expected = new Set<string>();
  #opened: Page | undefined;

  constructor(preferences: Preferences) {
    super();
    this.#preferences = preferences;
    this.page = this.#open();
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.page;
    this.#expected.add(withoutHash(url));
    try {
      await page.goto(await toPageUrl(url));
    } finally {
      this.#expected.delete(withoutHash(url));
    }
    this.emit('did-finish-load');
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  getURL(): string {
    return fromPageUrl(this.#opened?.url() ?? '');
  }

  async executeJavaScript(script: string): Promise<unknown> {
    return (await this.page).evaluate(script);
  }

  /** What the window was really made with; Electron has the same. */
  getLastWebPreferences(): Preferences {
    return this.#preferences;
  }

  async #open(): Promise<Page> {
    const page = await openPage({
      mayNavigate: (url, isMainFrame) => this.#mayNavigate(url, isMainFrame),
      wantsWindow: (url) => void this.#openHandler({ url }),
    });
    this.#opened = page;
    await page.exposeBinding(callName, ({ frame }, channel: string, values: unknown[]) =>
      ipcMain.answer(channel, { sender: this, senderFrame: frameOf(frame) }, values),
    );
    if (this.#preferences.preload !== undefined) {
      await page.addInitScript({ content: preloadScript(this.#preferences.preload) });
    }
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed' }));
    return page;
  }

  #mayNavigate(url: string, isMainFrame: boolean): boolean {
    if (this.#expected.has(withoutHash(url))) return true;
    const details = { url, isMainFrame };
    const prevented = emitPreventable(this, 'will-frame-navigate', details);
    return !prevented && !(isMainFrame && emitPreventable(this, 'will-navigate', details));
  }
}

const withoutHash = (url: string): string => url.split('#')[0] ?? url;

type FrameView = { url: string; parent: FrameView | null };

function frameOf(frame: Frame): FrameView {
  const parent = frame.parentFrame();
  return { url: fromPageUrl(frame.url()), parent: parent === null ? null : frameOf(parent) };
}
