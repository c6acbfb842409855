/** The desktop around a running host: screen, tray, window, notifications, login and what the system tells us. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import type { Clock, Log } from '../engine/ports.ts';
import type { Host, OpenWorkspace } from '../host/host-contract.ts';
import { setAppMenu } from './app-menu.ts';
import { answerPreload } from './bridge.ts';
import { notifyDone, notifyFailure, obeyTray } from './commands.ts';
import { readDeepLink } from './deep-link.ts';
import { createLoginItem, followLoginSetting } from './login.ts';
import { notifyAboutWorkspaces } from './notifications.ts';
import { type FetchHandler, serveScreen } from './protocol.ts';
import { guardContents } from './security.ts';
import { showTray } from './tray.ts';
import { scanOnWake } from './wake.ts';
import { type MainWindow, prepareWindow } from './window.ts';
import type { Wish } from './wishes.ts';

export type DesktopParts = {
  host: Host;
  screen: FetchHandler;
  clock: Clock;
  log: Log;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Folder that holds `out/` and `build/icons/`. */
  root: string;
  /** Program and arguments that start Skein as it runs now. */
  command: readonly string[];
};

export type Desktop = {
  /** Opens the folder, follows the link and shows the window; what is wrong with the wish is told to the user. */
  fulfil(wish: Wish): Promise<void>;
  /** Opens the folder and stays in the tray. */
  openQuietly(folder: string | undefined): Promise<void>;
  stop(): Promise<void>;
};

/** Builds the desktop; Electron must be ready. Nothing is shown but the tray until a wish comes. */
export async function startDesktop(parts: DesktopParts): Promise<Desktop> {
  const { host, clock, log, platform, root } = parts;
  const icons = join(root, 'build', 'icons');
  guardContents(log);
  serveScreen(parts.screen, log);
  setAppMenu(platform);
  const waker = scanOnWake(host, clock, log);
  const window = await prepareWindow({
    dataFolder: host.dataFolder,
    preload: join(root, 'out', 'preload.cjs'),
    icon: join(icons, 'icon.png'),
    clock,
    log,
    onFocus: waker.focused,
  });
  const login = createLoginItem({ platform, env: parts.env, home: homedir(), command: parts.command });
  answerPreload({ login, window: window.current, log });
  const commands = {
    host,
    log,
    show: window.show,
    quit: () => app.quit(),
    tellFailure: notifyFailure,
    tellDone: notifyDone,
  };
  const cancels = [
    waker.stop,
    await followLoginSetting(host, login, log),
    notifyAboutWorkspaces({ host, clock, icon: join(icons, 'icon.png'), open: window.show }),
    showTray({
      host,
      clock,
      platform,
      iconFolder: join(icons, 'tray'),
      obey: (command) => void obeyTray(commands, command),
    }),
  ];
  return {
    async fulfil({ folder, link }) {
      const opening = openFolder(host, folder);
      // The window comes at once; the first look at a large folder takes a while.
      followLink(link, window, log);
      const opened = await opening;
      const oneOfSeveral = opened !== undefined && host.workspaces().length > 1;
      if (link === undefined && oneOfSeveral) window.show({ workspace: opened.id, view: 'overview' });
    },
    openQuietly: async (folder) => void (await openFolder(host, folder)),
    async stop() {
      for (const cancel of cancels) cancel();
      await window.letGo();
    },
  };
}

async function openFolder(host: Host, folder: string | undefined): Promise<OpenWorkspace | undefined> {
  if (folder === undefined) return undefined;
  const opened = await host.open(folder);
  if (opened.ok) return opened.value;
  dialog.showErrorBox(opened.error.message, opened.error.advice);
  return undefined;
}

/** A bad link brings the window like every start; it leads nowhere, and the log says why. */
function followLink(link: string | undefined, window: MainWindow, log: Log): void {
  const destination = link === undefined ? undefined : readDeepLink(link);
  if (destination?.ok === false) log.warn(destination.error.message);
  window.show(destination?.ok ? destination.value : undefined);
}
