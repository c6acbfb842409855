/** Answers the preload. Whoever asks must be the main frame of our own page. */
import { type BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { Log } from '../engine/ports.ts';
import { channels } from './channels.ts';
import type { LoginItem } from './login.ts';
import { isOurs } from './security.ts';

export type BridgeParts = {
  login: LoginItem;
  /** The window that dialogs belong to. */
  window(): BrowserWindow | undefined;
  log: Log;
};

/** Registers the three answers of the contract `SkeinShell`. */
export function answerPreload({ login, window, log }: BridgeParts): void {
  const answer = (channel: string, work: (input: unknown) => Promise<unknown>) => {
    ipcMain.handle(channel, (event, input: unknown) => {
      if (!isOurPage(event)) {
        log.error('Somebody else than our page asked the shell.', { channel });
        throw new Error('Only the page of Skein may ask this.');
      }
      return work(input);
    });
  };
  answer(channels.chooseFolder, () => chooseFolder(window()));
  answer(channels.getStartAtLogin, () => login.isOn());
  answer(channels.setStartAtLogin, async (on) => {
    if (typeof on !== 'boolean') throw new Error('Start at login is either true or false.');
    await login.set(on);
  });
}

/** A frame inside the page would have the origin too, so only the topmost frame counts. */
function isOurPage({ senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);
}

async function chooseFolder(window: BrowserWindow | undefined): Promise<string | null> {
  const options = {
    title: 'Choose a folder for Skein to watch',
    properties: ['openDirectory' as const, 'createDirectory' as const],
  };
  const answer =
    window === undefined
      ? await dialog.showOpenDialog(options)
      : await dialog.showOpenDialog(window, options);
  return answer.canceled ? null : (answer.filePaths[0] ?? null);
}
