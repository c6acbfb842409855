/**
 * Stands in for the module `electron` where its binary is not there: an alias leads here, and the shell's own
 * entry runs unchanged. Windows are pages of the system's Chromium, and `skein://app/` reaches the handler that
 * the shell registered. Tray, menus, dialogs and notifications do nothing; tests watch them with a probe.
 *
 * It cannot show what only the real program has: context isolation and the sandbox (the preload runs in the
 * page's own world), the privileges of a scheme, redirects, permission prompts, native menus and images, login
 * items, several processes, fuses, packaging. The same tests run on the real binary where there is one.
 */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { ipcMain } from './ipc.ts';
export {
  dialog,
  Menu,
  Notification,
  nativeImage,
  powerMonitor,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
} from './native.ts';
export { protocol } from './scheme-server.ts';
