import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createFolderWatcher, type WatchMeans } from '../../electron/adapters/folder-watcher.ts';
import { createPollingWatcher } from '../../electron/adapters/polling-watcher.ts';
import type { OpenWatcher, Watcher } from '../../electron/engine/ports.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeDisk } from '../support/fake-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** One implementation of the watcher on an empty root, and the world that it watches. */
export type WatcherSubject = {
  watcher: Watcher;
  /** Paths of the hints so far, in order. */
  hints: string[];
  /** Waits until the hints satisfy the condition; a test that waits for ever fails by its time limit. */
  until(condition: () => boolean): Promise<void>;
  write(path: string, text: string): void;
  makeFolder(path: string): void;
  remove(path: string): void;
  move(from: string, to: string): void;
};

export function realWatcher(means: WatchMeans): WatcherSubject {
  const root = temporaryFolder();
  const open = means === 'polling' ? createPollingWatcher(5) : createFolderWatcher(root, means);
  return { ...watched(open), ...outsideOf(root) };
}

/** What programs do to the files under a real folder. */
export function outsideOf(root: string) {
  const at = (path: string) => join(root, path);
  return {
    write(path: string, text: string) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    makeFolder: (path: string) => void mkdirSync(at(path), { recursive: true }),
    remove: (path: string) => rmSync(at(path), { recursive: true }),
    move: (from: string, to: string) => renameSync(at(from), at(to)),
  };
}

/** Opens a real watcher that is closed when the test ends, and collects its hints. */
export function watched(open: OpenWatcher): Pick<WatcherSubject, 'watcher' | 'hints' | 'until'> {
  const hints: string[] = [];
  let check = () => {};
  const watcher = open((hint) => {
    hints.push(hint.path);
    check();
  });
  onTestFinished(() => watcher.close());
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      check = () => void (condition() && resolve());
      check();
    });
  return { watcher, hints, until };
}

export function fakeWatcher(): WatcherSubject {
  const clock = createFakeClock();
  const disk = createFakeDisk({ clock });
  const hints: string[] = [];
  const watcher = disk.mount().openWatcher((hint) => hints.push(hint.path));
  return {
    watcher,
    hints,
    async until(condition) {
      for (let ms = 0; !condition(); ms += 1) {
        if (ms > 5_000) throw new Error(`No such hint; there were ${hints.join(', ') || 'none'}.`);
        await clock.advance(1);
      }
    },
    write: (path, text) => disk.agentWrite(path, Buffer.from(text), 'in-place').finish(),
    makeFolder: disk.makeFolder,
    remove: disk.agentDelete,
    move: disk.agentMove,
  };
}
