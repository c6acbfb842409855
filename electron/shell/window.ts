/** The one window. It remembers its place, and closing it leaves Skein running in the tray. */
import { BrowserWindow, screen } from 'electron';
import { limits } from '../../shared/limits.ts';
import type { Cancel, Clock, Log } from '../engine/ports.ts';
import { type Destination, destinationUrl } from './destination.ts';
import { safePreferences } from './security.ts';
import {
  type FittedPlace,
  fitPlace,
  readPlace,
  smallestWindow,
  type WindowPlace,
  writePlace,
} from './window-place.ts';

export type WindowParts = {
  dataFolder: string;
  /** Absolute path of the bundled preload script. */
  preload: string;
  icon: string;
  clock: Pick<Clock, 'after'>;
  log: Log;
  onFocus(): void;
};

export type MainWindow = {
  /** Brings the window to the front, made anew when there is none; leads to the destination when one is given. */
  show(destination?: Destination): void;
  /** The window, for dialogs that belong to it. */
  current(): BrowserWindow | undefined;
  /** Lets the window close for good, after its place is written. */
  letGo(): Promise<void>;
};

/** Reads the remembered place; opens nothing yet. */
export async function prepareWindow(parts: WindowParts): Promise<MainWindow> {
  const memory = rememberPlace(parts, await readPlace(parts.dataFolder));
  let window: BrowserWindow | undefined;
  let leaving = false;

  const open = (destination: Destination) => {
    const opened = openWindow(parts, memory.fitted());
    window = opened;
    memory.follow(opened);
    opened.on('close', (event) => {
      if (leaving) return;
      event.preventDefault();
      hide(opened);
    });
    opened.on('closed', () => {
      window = undefined;
    });
    load(parts, opened, destination);
  };

  return {
    show(destination) {
      if (window === undefined) return open(destination ?? { view: 'overview' });
      if (destination !== undefined) load(parts, window, destination);
      bringForward(window);
    },
    current: () => window,
    async letGo() {
      leaving = true;
      await memory.flush();
      window?.destroy();
    },
  };
}

function openWindow(parts: WindowParts, { maximized, ...bounds }: FittedPlace): BrowserWindow {
  const window = new BrowserWindow({
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Skein',
    icon: parts.icon,
    autoHideMenuBar: true,
    webPreferences: safePreferences(parts.preload),
  });
  // Until then the window would be a white rectangle.
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    bringForward(window);
  });
  window.on('focus', parts.onFocus);
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    parts.log.error('The screen stopped and is loaded again.', { reason });
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  return window;
}

function load({ log }: WindowParts, window: BrowserWindow, destination: Destination): void {
  const url = destinationUrl(destination);
  window.loadURL(url).catch((cause: unknown) => {
    // The user quit, or went on to a second destination while the first still loaded.
    if (!window.isDestroyed()) log.warn('The screen did not load.', { url, cause });
  });
}

/** A full-screen window of macOS that is hidden leaves a black screen behind. */
function hide(window: BrowserWindow): void {
  if (window.isFullScreen()) {
    window.once('leave-full-screen', () => window.hide());
    window.setFullScreen(false);
  } else {
    window.hide();
  }
}

function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

type PlaceMemory = {
  fitted(): FittedPlace;
  follow(window: BrowserWindow): void;
  flush(): Promise<void>;
};

/** Writes the place a moment after the user stopped moving, and once more when asked to. */
function rememberPlace({ dataFolder, clock, log }: WindowParts, saved: WindowPlace | undefined): PlaceMemory {
  let place = saved;
  let waiting: Cancel | undefined;
  const write = async () => {
    waiting?.();
    waiting = undefined;
    const written = place === undefined ? undefined : await writePlace(dataFolder, place);
    if (written?.ok === false) log.warn('The place of the window was not saved.', { problem: written.error });
  };
  const note = (window: BrowserWindow) => {
    place = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    waiting?.();
    waiting = clock.after(limits.windowSaveMs, () => void write());
  };
  return {
    fitted: () => fitPlace(place, workAreas()),
    follow(window) {
      // One by one: the overloads of `on` take no list of names.
      window.on('resize', () => note(window));
      window.on('move', () => note(window));
      window.on('maximize', () => note(window));
      window.on('unmaximize', () => note(window));
    },
    flush: write,
  };
}

function workAreas() {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  return [main, ...others].map(({ workArea }) => workArea);
}
