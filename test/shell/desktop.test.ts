/**
 * A user's way through the desktop, on the real engine and the real screen. Runs on the stand-in, and once more on
 * the real program where its binary is there. The steps follow one another, as a user's do.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildStale } from '../../build/scripts/build.ts';
import { findRunning, instanceState } from '../../electron/host/instance.ts';
import { type Folders, makeFolders } from './folders.ts';
import { findProgram, launchElectron } from './launch-electron.ts';
import { launchStandIn } from './launch-stand-in.ts';
import {
  answerFolderDialog,
  choose,
  clickNotification,
  closeWindow,
  type Launch,
  look,
  type RunningDesktop,
  startAgain,
  windows,
} from './running-desktop.ts';

const real = findProgram();
const programs: { name: string; launch?: (options: Launch) => Promise<RunningDesktop>; why?: string }[] = [
  { name: 'the stand-in', launch: launchStandIn },
  'program' in real
    ? { name: 'the real program', launch: (options) => launchElectron(real.program, options) }
    : { name: 'the real program', why: real.why },
];
const patience = { timeout: 20_000, interval: 100 };
/** The image of the tray has a variant for each platform. */
const icon = (state: string) => expect.stringMatching(new RegExp(`^${state}(Template|-large)?\\.png$`));

/** Where the window was when the user last quit. */
const lastPlace = { x: 30, y: 50, width: 1000, height: 700, maximized: false };

beforeAll(() => buildStale(['interface', 'desktop']));

describe.each(programs)('the desktop on $name', ({ name, launch, why }) => {
  if (launch === undefined) {
    console.warn(`The desktop is not tested on the real program: ${why}.`);
    test(`runs the same way`, ({ skip }) => skip(why));
    return;
  }
  let folders: Folders;
  let desktop: RunningDesktop;
  const file = (name: string) => join(folders.workspace, name);
  const write = (name: string, text: string) => writeFileSync(file(name), text);
  const seen = () => look(desktop);
  const address = async () => (await windows(desktop))[0]?.url;
  const set = async (settings: object) => {
    const page = await desktop.page();
    const status = await page.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/app-settings', { method: 'PUT', headers, body })).status;
    }, JSON.stringify(settings));
    expect(status).toBe(200);
  };

  beforeAll(async () => {
    folders = makeFolders();
    mkdirSync(folders.dataFolder);
    writeFileSync(join(folders.dataFolder, 'window.json'), JSON.stringify(lastPlace));
    desktop = await launch({ folder: folders.workspace, ...folders });
  });
  afterAll(async () => {
    await desktop?.close();
    folders?.remove();
  });

  test('opens the folder: the tray watches, the window shows the overview', async () => {
    await expect
      .poll(seen, patience)
      .toMatchObject({ icon: icon('watching'), tooltip: 'Skein: watching 1 file' });
    await expect
      .poll(() => windows(desktop), patience)
      .toMatchObject([{ visible: true, url: 'skein://app/', bounds: { width: 1000, height: 700 } }]);
    const page = await desktop.page();
    await expect.poll(() => page.textContent('body'), patience).toContain('notes');
    expect(await page.title()).toContain('Skein');
    expect((await seen()).menu).toEqual([
      '[Watching 1 file]',
      'Open Skein',
      '[Consolidate now (0)]',
      'Pause',
      'Quit',
    ]);
  });

  test('the page has what the contract says, and nothing of Electron or Node', async () => {
    const page = await desktop.page();
    const found = await page.evaluate(() => {
      const all = window as unknown as Record<string, object>;
      const shell = Object.keys(all['skeinShell'] ?? {}).toSorted();
      return {
        shell,
        node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in all),
      };
    });
    expect(found.shell).toEqual(['chooseFolder', 'getStartAtLogin', 'platform', 'setStartAtLogin']);
    expect(found.node).toEqual([]);
  });

  test('edits show as pending in the tray and on the screen without a reload', async () => {
    write('AGENTS.md', '# Rules\n\nBe kind.\nTest first.\n');
    write('ROADMAP.md', '# Roadmap\n\n- ship\n');
    await expect
      .poll(seen, patience)
      .toMatchObject({ icon: icon('pending'), tooltip: 'Skein: 2 changes pending' });
    expect((await seen()).menu).toContain('Consolidate now (2)');
    const page = await desktop.page();
    await expect.poll(() => page.textContent('body'), patience).toContain('ROADMAP.md');
  });

  test('"Consolidate now" writes the report, and the tray watches again', async () => {
    await choose(desktop, 'Consolidate now (2)');
    await expect.poll(() => existsSync(file('SYNC_STATUS.md')), patience).toBe(true);
    await expect
      .poll(() => readFileSync(file('SYNC_STATUS.md'), 'utf8'), patience)
      .toContain('**ROADMAP.md**');
    await expect.poll(seen, patience).toMatchObject({ icon: icon('watching') });
    expect((await seen()).menu).toContain('[Consolidate now (0)]');
  });

  test('a notification tells of it once, and a click shows the report', async () => {
    await expect.poll(async () => (await seen()).notifications, patience).toHaveLength(1);
    expect((await seen()).notifications).toMatchObject([{ title: '2 changes consolidated' }]);
    await clickNotification(desktop, '2 changes consolidated');
    await expect.poll(address, patience).toMatch(/^skein:\/\/app\/report\/[0-9a-f]{32}\?workspace=/);
    const page = await desktop.page();
    await expect.poll(() => page.textContent('body'), patience).toContain('ROADMAP.md');
  });

  test('pausing stops recording; resuming finds what happened meanwhile', async () => {
    await choose(desktop, 'Pause');
    await expect.poll(seen, patience).toMatchObject({ icon: icon('paused'), tooltip: 'Skein: paused' });
    write('AGENTS.md', '# Rules\n\nWritten while paused.\n');
    expect((await seen()).menu).toContain('Resume');
    await choose(desktop, 'Resume');
    await expect.poll(seen, patience).toMatchObject({ tooltip: 'Skein: 1 change pending' });
  });

  test('notifications: "off" says nothing', async () => {
    await set({ notifications: 'off' });
    await choose(desktop, 'Consolidate now (1)');
    await expect.poll(seen, patience).toMatchObject({ icon: icon('watching') });
    expect((await seen()).notifications).toHaveLength(1);
  });

  test('notifications: "all" tells of a burst of changes too, and a click leads to it', async () => {
    await set({ notifications: 'all' });
    write('ROADMAP.md', '# Roadmap\n\n- ship\n- rest\n');
    await expect
      .poll(async () => (await seen()).notifications.at(-1)?.title, patience)
      .toBe('1 change in notes');
    await clickNotification(desktop, '1 change in notes');
    await expect.poll(address, patience).toMatch(/^skein:\/\/app\/change\/\d+\?workspace=/);
    await set({ notifications: 'summary' });
  });

  test('closing the window leaves the tray; "Open Skein" brings the same window back', async () => {
    await closeWindow(desktop);
    expect(await windows(desktop)).toMatchObject([{ visible: false }]);
    expect((await seen()).menu).toContain('Open Skein');
    await choose(desktop, 'Open Skein');
    await expect.poll(() => windows(desktop), patience).toMatchObject([{ visible: true }]);
  });

  test('a second start with a link shows its place in the one window', async () => {
    await closeWindow(desktop);
    await startAgain(desktop, { link: 'skein://change/1' });
    await expect
      .poll(() => windows(desktop), patience)
      .toMatchObject([{ visible: true, url: 'skein://app/change/1' }]);
  });

  test('a hostile link shows the window and leads nowhere', async () => {
    await startAgain(desktop, { link: 'skein://open?folder=/etc' });
    await startAgain(desktop, { link: 'javascript:alert(1)' });
    await expect.poll(address, patience).toBe('skein://app/change/1');
    expect(await windows(desktop)).toHaveLength(1);
  });

  test('a second start with a folder opens it; one that is not there is explained', async () => {
    await startAgain(desktop, { folder: join(folders.workspace, 'missing') });
    await expect.poll(async () => (await seen()).errors, patience).toHaveLength(1);
    expect((await seen()).errors[0]?.title).toContain('There is no folder');
  });

  test('the page cannot leave, open windows or load anything from elsewhere', async () => {
    const page = await desktop.page();
    const before = await address();
    await page.evaluate(() => {
      window.open('https://example.org/popup');
      window.open('file:///etc/passwd');
      location.href = 'https://example.org/away';
    });
    await expect
      .poll(async () => (await seen()).opened.toSorted(), patience)
      .toEqual(['https://example.org/away', 'https://example.org/popup']);
    const outcome = await page.evaluate(() =>
      fetch('https://example.org/data').then(
        () => 'loaded',
        () => 'refused',
      ),
    );
    expect(outcome).toBe('refused');
    expect(await address()).toBe(before);
    expect(await windows(desktop)).toHaveLength(1);
  });

  test('the policy of the page forbids scripts that are not ours', async () => {
    const page = await desktop.page();
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.intruder = true';
      document.head.append(script);
      return 'intruder' in window;
    });
    expect(ran).toBe(false);
  });

  test('the preload asks the system for a folder', async () => {
    const page = await desktop.page();
    const ask = () =>
      page.evaluate(() =>
        (window as unknown as { skeinShell: { chooseFolder(): unknown } }).skeinShell.chooseFolder(),
      );
    expect(await ask()).toBeNull();
    await answerFolderDialog(desktop, '/somewhere');
    expect(await ask()).toBe('/somewhere');
  });

  test.runIf(process.platform === 'linux')(
    'start at login is a file of the session, and a setting',
    async () => {
      const page = await desktop.page();
      const entry = join(folders.configFolder, 'autostart', 'skein.desktop');
      const turn = (on: boolean) =>
        page.evaluate(async (wanted) => {
          const { skeinShell } = window as unknown as {
            skeinShell: { getStartAtLogin(): Promise<boolean>; setStartAtLogin(on: boolean): Promise<void> };
          };
          await skeinShell.setStartAtLogin(wanted);
          return skeinShell.getStartAtLogin();
        }, on);
      expect(await turn(true)).toBe(true);
      expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=.*"--hidden"$/m);
      expect(await turn(false)).toBe(false);
      await set({ start_at_login: true });
      await expect.poll(() => existsSync(entry), patience).toBe(true);
      await set({ start_at_login: false });
      await expect.poll(() => existsSync(entry), patience).toBe(false);
    },
  );

  test('a token of a remote goes into the keychain that there is, and is not in the data folder', async () => {
    const page = await desktop.page();
    const [kept, listed] = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ host: 'git.example.org', token: 'glpat-not-for-others' });
      const answer = await fetch('/api/git/tokens', { method: 'POST', headers, body });
      return [await answer.json(), await (await fetch('/api/git/tokens')).json()];
    });
    const { place } = kept as { place: string };
    expect(listed).toMatchObject({
      place,
      tokens: [{ origin: 'https://git.example.org', place, usable: true }],
    });
    // The system under the real program may have none.
    if (name === 'the stand-in') expect(place).toBe('keychain');
    const stored = readFileSync(join(folders.dataFolder, 'git-logins.json'), 'utf8');
    expect(stored.includes('glpat-not-for-others')).toBe(place === 'file');
  });

  test('the command line finds this Skein, and needs its token', async () => {
    const running = await findRunning(folders.dataFolder);
    expect(running?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const token = readFileSync(join(folders.dataFolder, 'token'), 'utf8').trim();
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${running?.url}/api/sync/status`, { headers })).status;
    expect(await ask({})).toBe(401);
    expect(await ask({ authorization: `Bearer ${token}` })).toBe(200);
  });

  test('sleep hides edits from the watcher; waking looks at the disk', async () => {
    const scanned = () =>
      desktop.page().then((page) =>
        page.evaluate(async () => {
          const status = (await (await fetch('/api/sync/status')).json()) as { last_scan_ms: number };
          return status.last_scan_ms;
        }),
      );
    const before = await scanned();
    await desktop.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('resume');
    }, undefined);
    await expect.poll(scanned, patience).toBeGreaterThan(before);
  });

  test('the window remembers its place', async () => {
    await desktop.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setBounds({ x: 40, y: 60, width: 900, height: 640 });
    }, undefined);
    const saved = () => JSON.parse(readFileSync(join(folders.dataFolder, 'window.json'), 'utf8')) as object;
    await expect.poll(saved, patience).toMatchObject({ width: 900, height: 640, maximized: false });
  });

  test('quitting stops everything and frees the data folder', async () => {
    await choose(desktop, 'Quit');
    await desktop.exited;
    expect(await instanceState(folders.dataFolder)).toEqual({ state: 'none' });
    expect(existsSync(join(folders.dataFolder, 'running.json'))).toBe(false);
  });
});
