/** Keyboard shortcuts: single keys and two-key sequences such as `g c`. Never while the user types text. */
export type Shortcut = { keys: string; label: string; run: () => void };
export type KeyPress = { key: string; typing: boolean; modified: boolean; atMs: number };

/** Milliseconds within which the second key of a sequence must follow. */
const sequenceMs = 1_500;

export class Shortcuts {
  readonly #byKeys = new Map<string, Shortcut[]>();
  #prefix = '';
  #prefixAtMs = 0;

  /** The last one added wins while it is there, so that a view can take a key over. */
  add(shortcut: Shortcut): () => void {
    const list = this.#byKeys.get(shortcut.keys) ?? [];
    this.#byKeys.set(shortcut.keys, [...list, shortcut]);
    return () => {
      const rest = (this.#byKeys.get(shortcut.keys) ?? []).filter((other) => other !== shortcut);
      if (rest.length === 0) this.#byKeys.delete(shortcut.keys);
      else this.#byKeys.set(shortcut.keys, rest);
    };
  }

  /** What can be pressed now, in the order of adding. */
  list(): Shortcut[] {
    return [...this.#byKeys.values()].flatMap((shortcuts) => shortcuts.slice(-1));
  }

  /** True when the press was one of ours and the page must not handle it any further. */
  press(press: KeyPress): boolean {
    const prefix = press.atMs - this.#prefixAtMs <= sequenceMs ? this.#prefix : '';
    this.#prefix = '';
    if (press.typing || press.modified) return false;
    const keys = prefix === '' ? press.key : `${prefix} ${press.key}`;
    const found = this.#byKeys.get(keys)?.at(-1);
    if (found !== undefined) {
      found.run();
      return true;
    }
    return this.#startSequence(press);
  }

  #startSequence(press: KeyPress): boolean {
    const starts = [...this.#byKeys.keys()].some((keys) => keys.startsWith(`${press.key} `));
    if (starts) {
      this.#prefix = press.key;
      this.#prefixAtMs = press.atMs;
    }
    return starts;
  }
}

/** Reads a browser's key event. */
export function readKeyPress(event: KeyboardEvent): KeyPress {
  const target = event.target as HTMLElement | null;
  const typing = target?.closest('input, select, textarea, [contenteditable="true"]') != null;
  const modified = event.metaKey || event.ctrlKey || event.altKey;
  return { key: event.key, typing, modified, atMs: event.timeStamp };
}
