/**
 * Runs in the window before its page, sandboxed, bundled to one CommonJS file. It adds `skeinShell` and nothing
 * else: everything that a browser can do too goes through the app API.
 */
import { contextBridge, ipcRenderer } from 'electron';
import type { SkeinShell } from '../../shared/contracts/shell.ts';
import { channels } from './channels.ts';

const skeinShell: SkeinShell = {
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder),
  getStartAtLogin: () => ipcRenderer.invoke(channels.getStartAtLogin),
  setStartAtLogin: (on) => ipcRenderer.invoke(channels.setStartAtLogin, on),
  platform: process.platform,
};

contextBridge.exposeInMainWorld('skeinShell', skeinShell);
