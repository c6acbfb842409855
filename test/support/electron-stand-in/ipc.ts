/** `ipcMain`, and the script that gives a page what a preload finds in `electron`. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

type Handler = (event: unknown, ...values: unknown[]) => unknown;

class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`There is a handler for '${channel}' already`);
    this.#handlers.set(channel, handler);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** What a page's `invoke` comes to: a value or the text of an error, each as it crosses processes. */
  async answer(
    channel: string,
    event: unknown,
    values: unknown[],
  ): Promise<{ value?: unknown; error?: string }> {
    const handler = this.#handlers.get(channel);
    if (handler === undefined) return { error: `Error: No handler registered for '${channel}'` };
    try {
      return { value: structuredClone(await handler(event, ...values)) };
    } catch (cause) {
      return { error: String(cause) };
    }
  }
}

export const ipcMain = new IpcMain();

/** Name of the function that the page calls us by; the script takes it away from the page. */
export const callName = '__standInCall';

/** Runs before the page's own scripts. The preload is the bundled file that ships. */
export function preloadScript(preloadFile: string): string {
  const preload = readFileSync(preloadFile, 'utf8');
  return `(() => {
    const call = window.${callName};
    delete window.${callName};
    if (window !== window.top) return;
    const ipcRenderer = {
      async invoke(channel, ...values) {
        const answer = await call(channel, structuredClone(values));
        if (answer.error === undefined) return answer.value;
        throw new Error("Error invoking remote method '" + channel + "': " + answer.error);
      },
    };
    const contextBridge = {
      exposeInMainWorld(name, value) {
        Object.defineProperty(window, name, { value: Object.freeze(value) });
      },
    };
    const require = (name) => {
      if (name === 'electron') return { contextBridge, ipcRenderer };
      throw new Error('module not found: ' + name);
    };
    const module = { exports: {} };
    const process = { platform: ${JSON.stringify(process.platform)}, env: {} };
    (function (require, module, exports, process) {
      ${preload}
    })(require, module, module.exports, process);
  })();`;
}
