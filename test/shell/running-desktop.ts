/** A started desktop as tests drive it, whichever program it runs in. */
import type { Page } from 'playwright-core';
import type { Probe, ProbeItem } from './probe.ts';

type ElectronModule = typeof import('electron');

export type RunningDesktop = {
  /**
   * Runs `work` in the main process. In the real program it travels as text, so it may use nothing but its
   * parameters and globals.
   */
  evaluate<Value, Argument>(
    work: (electron: ElectronModule, argument: Argument) => Value | Promise<Value>,
    argument: Argument,
  ): Promise<Value>;
  /** The page of the one window. */
  page(): Promise<Page>;
  /** Resolves when the process has ended or would have. */
  exited: Promise<unknown>;
  close(): Promise<void>;
};

export type Launch = {
  folder?: string;
  dataFolder: string;
  /** Where Linux desktops keep the user's settings; start at login is one. */
  configFolder: string;
  args?: string[];
};

/** What the probe has seen; menus and clicks do not travel. */
export type Seen = Pick<Probe, 'tooltip' | 'icon' | 'opened' | 'errors'> & {
  /** Labels, with those of sub-menus as `Group > Label`; words that cannot be chosen are in brackets. */
  menu: string[];
  notifications: { title: string; body: string }[];
};

export const look = (desktop: RunningDesktop): Promise<Seen> =>
  desktop.evaluate(() => {
    const { skeinProbe } = globalThis as unknown as { skeinProbe: Probe };
    const labels = (items: ProbeItem[], prefix: string): string[] =>
      items.flatMap((item) => {
        if (item.type === 'separator') return [];
        const label = prefix + item.label;
        if (item.submenu) return labels(item.submenu.items, `${label} > `);
        return [item.enabled ? label : `[${label}]`];
      });
    const { tooltip, icon, opened, errors, notifications, menu } = skeinProbe;
    const told = notifications.map(({ title, body }) => ({ title, body }));
    return {
      tooltip,
      icon,
      opened: [...opened],
      errors: [...errors],
      notifications: told,
      menu: labels(menu, ''),
    };
  }, undefined);

/** Chooses an enabled item of the tray's menu by its label, or by `Group > Label`. */
export const choose = (desktop: RunningDesktop, path: string): Promise<void> =>
  desktop.evaluate((_, wanted) => {
    let { menu } = (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;
    const names = wanted.split(' > ');
    const last = names.pop();
    for (const name of names) menu = menu.find(({ label }) => label === name)?.submenu?.items ?? [];
    const item = menu.find(({ label }) => label === last);
    if (!item?.enabled) throw new Error(`There is no enabled item "${wanted}"`);
    item.click();
  }, path);

export const clickNotification = (desktop: RunningDesktop, title: string): Promise<void> =>
  desktop.evaluate((_, wanted) => {
    const { notifications } = (globalThis as unknown as { skeinProbe: Probe }).skeinProbe;
    const found = notifications.find((notification) => notification.title.includes(wanted));
    if (found === undefined) throw new Error(`There is no notification "${wanted}"`);
    found.click();
  }, title);

export const answerFolderDialog = (desktop: RunningDesktop, folder: string): Promise<void> =>
  desktop.evaluate((_, chosen) => {
    (globalThis as unknown as { skeinProbe: Probe }).skeinProbe.chosenFolders.push(chosen);
  }, folder);

export type WindowState = {
  visible: boolean;
  url: string;
  bounds: { x: number; y: number; width: number; height: number };
};

/** Every window there is; Skein has one. */
export const windows = (desktop: RunningDesktop): Promise<WindowState[]> =>
  desktop.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        visible: window.isVisible(),
        url: window.webContents.getURL(),
        bounds: window.getNormalBounds(),
      })),
    undefined,
  );

export const closeWindow = (desktop: RunningDesktop): Promise<void> =>
  desktop.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close();
  }, undefined);

/** What a second process of the application says to the first. */
export const startAgain = (
  desktop: RunningDesktop,
  wish: { folder?: string; link?: string },
): Promise<void> =>
  desktop.evaluate(({ app }, data) => {
    app.emit('second-instance', {}, [], '/', data);
  }, wish);
