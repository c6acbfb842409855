/** The icon beside the clock: always there while Skein runs, even when no window is open. */
import { join } from 'node:path';
import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import { limits } from '../../shared/limits.ts';
import type { Cancel, Clock } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import { glanceAtPeer } from './tray-peers.ts';
import { followRemotes } from './tray-remotes.ts';
import {
  glanceAt,
  type TrayCommand,
  type TrayEntry,
  type TrayIcon,
  type TrayView,
  viewTray,
} from './tray-view.ts';

export type TrayParts = {
  host: Pick<Host, 'workspaces' | 'onChanged' | 'peers' | 'repositories'>;
  clock: Pick<Clock, 'after'>;
  /** Folder of the images that `build/icons/draw.ts` makes. */
  iconFolder: string;
  platform: NodeJS.Platform;
  obey(command: TrayCommand): void;
};

/** Shows the tray and keeps it true; the returned function takes it away. */
export function showTray(parts: TrayParts): Cancel {
  const remotes = followRemotes(parts.host, () => refresh());
  const view = () => {
    const glances = parts.host.workspaces().map((it) => glanceAt(it, remotes.has(it.id)));
    return viewTray(glances, parts.host.peers.list().map(glanceAtPeer));
  };
  let shown = view();
  const tray = new Tray(loadIcon(parts, shown.icon));
  draw(parts, tray, shown);
  // macOS shows the menu on a click by itself; elsewhere a click means the window.
  if (parts.platform !== 'darwin') tray.on('click', () => parts.obey({ kind: 'open' }));

  const refresh = () => {
    const next = view();
    // Replacing the menu closes it on some desktops, so an unchanged one stays.
    if (JSON.stringify(next) === JSON.stringify(shown)) return;
    shown = next;
    draw(parts, tray, next);
  };
  const stop = whenChanged(parts, refresh);
  return () => {
    stop();
    remotes.stop();
    tray.destroy();
  };
}

/** Calls `refresh` a moment after the first of several changes, once for all of them. */
function whenChanged({ host, clock }: TrayParts, refresh: () => void): Cancel {
  let waiting: Cancel | undefined;
  const stopListening = host.onChanged(() => {
    waiting ??= clock.after(limits.trayRefreshMs, () => {
      waiting = undefined;
      refresh();
    });
  });
  return () => {
    stopListening();
    waiting?.();
  };
}

function draw(parts: TrayParts, tray: Tray, view: TrayView): void {
  tray.setImage(loadIcon(parts, view.icon));
  tray.setToolTip(view.tooltip);
  // Only macOS has room for text beside the icon.
  if (parts.platform === 'darwin') tray.setTitle(view.pending > 0 ? String(view.pending) : '');
  tray.setContextMenu(Menu.buildFromTemplate(view.menu.map((entry) => menuItem(parts, entry))));
}

function menuItem(parts: TrayParts, entry: TrayEntry): MenuItemConstructorOptions {
  switch (entry.kind) {
    case 'separator':
      return { type: 'separator' };
    case 'words':
      return { label: escapeLabel(entry.label), enabled: false };
    case 'group':
      return {
        label: escapeLabel(entry.label),
        submenu: entry.entries.map((inner) => menuItem(parts, inner)),
      };
    case 'command':
      return {
        label: entry.label,
        enabled: entry.enabled,
        click: () => parts.obey(entry.command),
      };
  }
}

/** A single & in a label marks the next letter as its key. */
const escapeLabel = (label: string): string => label.replaceAll('&', '&&');

/** The system picks the `@2x` file of the same name by itself; `Template` lets macOS colour the image. */
function loadIcon({ iconFolder, platform }: TrayParts, icon: TrayIcon) {
  const suffixes: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Template', linux: '-large' };
  return nativeImage.createFromPath(join(iconFolder, `${icon}${suffixes[platform] ?? ''}.png`));
}
