/** Starts the shell's own entry in this process, on the stand-in. Once in each test file. */
import * as electron from 'electron';
import type { Page } from 'playwright-core';
import { app as standInApp } from '../support/electron-stand-in/app.ts';
import { closeChromium } from '../support/electron-stand-in/chromium.ts';
import { closeSchemeServer } from '../support/electron-stand-in/scheme-server.ts';
import { installProbe } from './probe.ts';
import type { Launch, RunningDesktop } from './running-desktop.ts';

type StandInWindow = { webContents: { page: Promise<Page> } };

export async function launchStandIn({
  folder,
  dataFolder,
  configFolder,
  args = [],
}: Launch): Promise<RunningDesktop> {
  // An ES module cannot be changed, but what it exports can; in the real program the probe gets the same objects.
  installProbe(electron);
  const workspace = folder === undefined ? [] : [folder];
  process.argv = ['electron', ...workspace, '--data', dataFolder, '--port', '0', ...args];
  process.env['XDG_CONFIG_HOME'] = configFolder;
  await import('../../electron/main.ts');
  standInApp.becomeReady();
  return {
    evaluate: async (work, argument) => await work(electron, argument),
    async page() {
      const [window] = electron.BrowserWindow.getAllWindows() as unknown as StandInWindow[];
      if (window === undefined) throw new Error('There is no window');
      return window.webContents.page;
    },
    exited: standInApp.exited,
    async close() {
      electron.app.exit();
      await closeChromium();
      await closeSchemeServer();
    },
  };
}
