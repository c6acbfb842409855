import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { emitPreventable } from './preventable.ts';
import { WebContents } from './web-contents.ts';

type Bounds = { x: number; y: number; width: number; height: number };
type Options = Partial<Bounds> & {
  show?: boolean;
  title?: string;
  webPreferences?: { preload?: string };
};

/** A window is a page and a frame that nobody sees: its place, its focus and its visibility are kept as numbers. */
export class BrowserWindow extends EventEmitter {
  static readonly #all = new Set<BrowserWindow>();
  readonly webContents: WebContents;
  #bounds: Bounds;
  #visible: boolean;
  #focused = false;
  #minimized = false;
  #maximized = false;
  #fullScreen = false;
  #destroyed = false;
  #painted = false;

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }

  constructor({ x = 0, y = 0, width = 800, height = 600, show = true, webPreferences = {} }: Options) {
    super();
    this.#bounds = { x, y, width, height };
    this.#visible = show;
    this.webContents = new WebContents(webPreferences);
    BrowserWindow.#all.add(this);
    app.windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.webContents.page;
    const { width, height } = this.#bounds;
    await page.setViewportSize({ width, height });
    await this.webContents.loadURL(url);
    if (this.#painted || this.#destroyed) return;
    this.#painted = true;
    this.emit('ready-to-show');
  }

  reload(): void {
    void this.webContents.page.then((page) => page.reload()).catch(() => undefined);
  }

  show(): void {
    if (!this.#visible) this.emit('show');
    this.#visible = true;
    this.focus();
  }

  hide(): void {
    this.#visible = false;
    this.#blur();
    this.emit('hide');
  }

  focus(): void {
    if (this.#focused || !this.#visible) return;
    this.#focused = true;
    this.emit('focus');
  }

  blur(): void {
    this.#blur();
  }

  minimize(): void {
    this.#minimized = true;
    this.#blur();
  }

  restore(): void {
    this.#minimized = false;
  }

  maximize(): void {
    this.#maximized = true;
    this.emit('maximize');
  }

  unmaximize(): void {
    this.#maximized = false;
    this.emit('unmaximize');
  }

  setFullScreen(on: boolean): void {
    this.#fullScreen = on;
    this.emit(on ? 'enter-full-screen' : 'leave-full-screen');
  }

  isFullScreen(): boolean {
    return this.#fullScreen;
  }

  setBounds(bounds: Partial<Bounds>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.emit('move');
    this.emit('resize');
  }

  getNormalBounds(): Bounds {
    return { ...this.#bounds };
  }

  isVisible(): boolean {
    return this.#visible;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  close(): void {
    if (!this.#destroyed && !emitPreventable(this, 'close')) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#visible = false;
    BrowserWindow.#all.delete(this);
    app.windows.delete(this);
    void this.webContents.page.then((page) => page.close()).catch(() => undefined);
    this.emit('closed');
    if (app.windows.size === 0) app.emit('window-all-closed');
  }

  #blur(): void {
    if (!this.#focused) return;
    this.#focused = false;
    this.emit('blur');
  }
}
