/** The life of the desktop process: before Electron is ready, one instance, start, wishes, quit. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, dialog } from 'electron';
import { ok, type Problem, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { openSystemMemory } from '../adapters/system-memory.ts';
import { tuneV8 } from '../adapters/tune-v8.ts';
import type { Log } from '../engine/ports.ts';
import { locateDataFolder } from '../host/data-folder.ts';
import { diskProblem } from '../host/disk-problem.ts';
import { type Desktop, startDesktop } from './desktop.ts';
import { openDesktopLog } from './desktop-log.ts';
import { type EngineRoom, openEngineRoom, startFailure } from './engine-room.ts';
import { findKeychain } from './keychain.ts';
import { type LaunchArguments, readLaunchArguments } from './launch-arguments.ts';
import { claimScheme } from './protocol.ts';
import { enforceSandbox } from './security.ts';
import { collectWishes, type Wishes } from './wishes.ts';

export type RunOptions = {
  argv: readonly string[];
  workingFolder: string;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Folder that holds `out/` and `build/icons/`. */
  root: string;
};

const usualPort = 7420;
/** What Windows groups notifications and windows by; the same as `appId` of the installer. */
const applicationId = 'app.skein.desktop';

/** Runs until the user quits. Call it before Electron is ready. */
export function runDesktop(options: RunOptions): void {
  enforceSandbox();
  claimScheme();
  // Whoever started us from a terminal may have closed it since: that is no reason to end.
  process.stderr.on('error', () => undefined);
  if (options.platform === 'win32') app.setAppUserModelId(applicationId);
  const launch = readLaunchArguments({ ...options, defaultApp: process.defaultApp === true });
  const dataFolder = locateDataFolder({ argument: launch.dataFolder, env: options.env });
  const ready = takeTurn(options, launch, dataFolder);
  // With this listener Electron stays when the last window closes: the tray is the application.
  app.on('window-all-closed', () => undefined);
  app
    .whenReady()
    .then(() => ready?.())
    .catch((cause: unknown) => giveUp(unexpected(cause)));
}

/** What to do once Electron is ready; nothing in a second process, which only hands its wish to the first. */
function takeTurn(options: RunOptions, launch: LaunchArguments, dataFolder: string) {
  const placed = placeProfile(dataFolder);
  if (!placed.ok) return () => giveUp(placed.error);
  const wishes = collectWishes(options.platform);
  if (!app.requestSingleInstanceLock({ folder: launch.folder, link: launch.link })) {
    app.quit();
    return undefined;
  }
  const log = openDesktopLog(dataFolder, (line) => process.stderr.write(line));
  return () => start({ ...options, launch, dataFolder, log }, wishes);
}

/** Chromium's own files go to the data folder too, and the lock on one instance with them. */
function placeProfile(dataFolder: string): Result<void> {
  const profile = join(dataFolder, 'desktop');
  try {
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    app.setPath('userData', profile);
    return ok(undefined);
  } catch (cause) {
    return { ok: false, error: diskProblem(cause, profile, 'make the folder of its window') };
  }
}

type Start = RunOptions & { launch: LaunchArguments; dataFolder: string; log: Log };

async function start(options: Start, wishes: Wishes): Promise<void> {
  const { env, log, root, launch, dataFolder } = options;
  tuneV8();
  const room = await openEngineRoom({
    dataFolder,
    env,
    log,
    version: app.getVersion(),
    port: launch.port ?? usualPort,
    dev: launch.dev,
    staticFolder: join(root, 'out', 'renderer'),
    memory: openSystemMemory(),
    keychain: findKeychain(options.platform),
  });
  if (!room.ok) return giveUp(room.error);
  const { host, screen } = room.value;
  const desktop = await startDesktop({
    ...options,
    host,
    screen,
    clock: systemClock,
    command: startCommand(options, launch),
  });
  stopBeforeQuit(desktop, room.value, log);
  if (app.isPackaged) app.setAsDefaultProtocolClient('skein');
  const quiet = launch.hidden || wasOpenedAtLogin(options.platform);
  const first = quiet ? desktop.openQuietly(launch.folder) : desktop.fulfil(launch);
  wishes.serve((wish) => void desktop.fulfil(wish));
  await first;
}

/** An AppImage runs from a folder that is gone at the next start; APPIMAGE names the file itself. */
function startCommand({ env, root }: RunOptions, { dataFolder }: LaunchArguments): string[] {
  const program = app.isPackaged ? [env['APPIMAGE'] ?? process.execPath] : [process.execPath, root];
  return dataFolder === undefined ? program : [...program, '--data', dataFolder];
}

const wasOpenedAtLogin = (platform: NodeJS.Platform): boolean =>
  platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;

function stopBeforeQuit(desktop: Desktop, room: EngineRoom, log: Log): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  const stop = async () => {
    await desktop.stop().catch((cause: unknown) => log.error('The desktop did not stop cleanly.', { cause }));
    await room.stop();
    state = 'stopped';
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    void stop();
  });
}

/** Nothing of Skein runs: the user reads why, and the process ends. */
function giveUp(problem: Problem): void {
  dialog.showErrorBox('Skein cannot start', startFailure(problem));
  app.exit(1);
}

function unexpected(cause: unknown): Problem {
  const message = `Something unexpected happened: ${cause instanceof Error ? cause.message : String(cause)}.`;
  return {
    code: 'internal',
    subject: 'the start',
    message,
    advice: '`skein doctor` checks what may be wrong.',
  };
}
