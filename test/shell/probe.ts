/** Watches what the desktop would show, in the stand-in and in the real program alike. */
import type { MenuItem } from 'electron';

type ElectronModule = typeof import('electron');

export type ProbeItem = Pick<MenuItem, 'label' | 'enabled' | 'type' | 'click'> & {
  submenu?: { items: ProbeItem[] };
};
export type Probe = {
  tooltip: string;
  /** File name of the tray's image. */
  icon: string;
  menu: ProbeItem[];
  notifications: { title: string; body: string; click(): void }[];
  /** Addresses handed to the user's browser. */
  opened: string[];
  errors: { title: string; content: string }[];
  /** What the next folder dialogs answer; none means cancelled. */
  chosenFolders: string[];
};

/**
 * Puts `skeinProbe` on the global object. Runs before the shell, by its source text in the real program, so it
 * uses nothing from outside of itself.
 */
export function installProbe(electron: ElectronModule): void {
  const probe: Probe = {
    tooltip: '',
    icon: '',
    menu: [],
    notifications: [],
    opened: [],
    errors: [],
    chosenFolders: [],
  };
  (globalThis as { skeinProbe?: Probe }).skeinProbe = probe;
  const { Tray, Notification, nativeImage, dialog, shell } = electron;

  const nameByImage = new WeakMap<object, string>();
  const createFromPath = nativeImage.createFromPath.bind(nativeImage);
  nativeImage.createFromPath = (path) => {
    const image = createFromPath(path);
    nameByImage.set(image, path.split(/[\\/]/).at(-1) ?? '');
    return image;
  };
  Tray.prototype.setImage = (image) => {
    probe.icon = nameByImage.get(image as object) ?? '';
  };
  Tray.prototype.setToolTip = (text) => {
    probe.tooltip = text;
  };
  Tray.prototype.setContextMenu = (menu) => {
    probe.menu = (menu?.items ?? []) as unknown as ProbeItem[];
  };
  Notification.prototype.show = function show(this: InstanceType<typeof Notification>) {
    const { title, body } = this;
    probe.notifications.push({ title, body, click: () => this.emit('click', {} as never) });
  };
  dialog.showErrorBox = (title, content) => {
    probe.errors.push({ title, content });
  };
  dialog.showOpenDialog = async () => {
    const chosen = probe.chosenFolders.shift();
    return { canceled: chosen === undefined, filePaths: chosen === undefined ? [] : [chosen] };
  };
  shell.openExternal = async (url) => {
    probe.opened.push(url);
  };
}
