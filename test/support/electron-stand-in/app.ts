import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { emitPreventable } from './preventable.ts';

const root = resolve(import.meta.dirname, '..', '..', '..');

type Closable = { close(): void; destroy(): void; isDestroyed(): boolean };

/** The application object: its life from ready to quit, its paths, its lock on one instance. */
class App extends EventEmitter {
  readonly isPackaged = false;
  readonly commandLine = { hasSwitch: (_name: string) => false };
  /** Windows that must close before the application ends. */
  readonly windows = new Set<Closable>();
  readonly #paths = new Map<string, string>();
  #loginItem = { openAtLogin: false, wasOpenedAtLogin: false };
  #ready = false;
  #ended = false;
  #end: (exitCode: number) => void = () => {};
  /** Resolves with the exit code when the real application's process would be gone. */
  readonly exited = new Promise<number>((resolveExit) => {
    this.#end = resolveExit;
  });
  #tellReady: () => void = () => {};
  readonly #becomesReady = new Promise<void>((resolveReady) => {
    this.#tellReady = resolveReady;
  });

  /** The real program is ready once the entry has been run; here whoever ran it says so. */
  becomeReady(): void {
    this.#ready = true;
    this.emit('ready');
    this.#tellReady();
  }

  whenReady(): Promise<void> {
    return this.#becomesReady;
  }

  isReady(): boolean {
    return this.#ready;
  }

  quit(): void {
    if (this.#ended || emitPreventable(this, 'before-quit')) return;
    for (const window of [...this.windows]) window.close();
    if (this.windows.size > 0 || emitPreventable(this, 'will-quit')) return;
    this.exit(0);
  }

  exit(exitCode = 0): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const window of [...this.windows]) window.destroy();
    this.emit('quit', {}, exitCode);
    this.#end(exitCode);
  }

  /** There is only ever this one process. */
  requestSingleInstanceLock(_data?: unknown): boolean {
    return true;
  }

  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path '${name}': the folder does not exist`);
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }

  getAppPath(): string {
    return root;
  }

  getVersion(): string {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  }

  getLoginItemSettings(): { openAtLogin: boolean; wasOpenedAtLogin: boolean } {
    return this.#loginItem;
  }

  setLoginItemSettings(settings: { openAtLogin: boolean }): void {
    this.#loginItem = { ...this.#loginItem, openAtLogin: settings.openAtLogin };
  }

  setAppUserModelId(_id: string): void {}

  setAsDefaultProtocolClient(_scheme: string): boolean {
    return true;
  }

  enableSandbox(): void {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready');
  }
}

export const app = new App();
