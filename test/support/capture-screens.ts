/**
 * Pictures of the real screen on the sample workspace, for the README and for looking at them:
 *
 *     node test/support/capture-screens.ts FOLDER            every view, light and dark, 900 and 1600 pixels wide
 *     node test/support/capture-screens.ts FOLDER --readme   overview.png and overview-dark.png, 1440 pixels wide
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { buildStale } from '../../build/scripts/build.ts';
import { sampleEdits } from '../../shared/domain/sample-workspace.ts';
import { launchChromium } from '../end-to-end/chromium.ts';
import { type RunningSkein, startSkein, unwrap } from '../end-to-end/running-skein.ts';

type Theme = 'light' | 'dark';
type Shot = { name: string; address: string; prepare?: (page: Page) => Promise<unknown> };
type Size = { width: number; height: number };

const sizes: readonly Size[] = [
  { width: 900, height: 800 },
  { width: 1600, height: 1000 },
];
/** Milliseconds after which a screen has come to rest. */
const restMs = 600;
const readmeSize: Size = { width: 1440, height: 900 };
const themes: readonly Theme[] = ['light', 'dark'];

const choose = (page: Page, label: string) =>
  page.getByRole('radio', { name: label, exact: true }).check({ force: true });
const toTheEnd = (page: Page) => page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));

/** What is there to see while changes are pending. */
async function pendingShots(skein: RunningSkein): Promise<Shot[]> {
  const { changes } = unwrap(await skein.call('listChanges', { path: 'ROADMAP.md' }));
  const change = `/change/${changes[0]?.position}`;
  const file = '/file/AGENT_SYNC_CODEX.md';
  return [
    { name: 'overview', address: '/' },
    { name: 'overview-by-agent', address: '/', prepare: (page) => choose(page, 'By agent') },
    { name: 'overview-question', address: '/', prepare: (page) => page.keyboard.press('c') },
    {
      name: 'workspaces',
      address: '/',
      prepare: (page) => page.getByRole('button', { name: /Workspaces$/ }).click(),
    },
    { name: 'palette', address: '/', prepare: (page) => page.keyboard.press('Control+k') },
    { name: 'help', address: '/', prepare: (page) => page.keyboard.press('?') },
    { name: 'changes', address: '/changes' },
    { name: 'changes-filtered', address: '/changes?agent=codex-local' },
    { name: 'changes-none', address: '/changes?agent=gandalf' },
    { name: 'change', address: change },
    { name: 'change-side-by-side', address: change, prepare: sideBySide },
    { name: 'files', address: '/files' },
    { name: 'file', address: file },
    { name: 'file-content', address: file, prepare: (page) => choose(page, 'Content') },
    { name: 'reports-none', address: '/reports' },
    { name: 'activity', address: '/activity?days=7' },
    { name: 'git', address: '/git' },
    { name: 'search-none-yet', address: '/search' },
    { name: 'search', address: '/search?q=who+tests+the+case' },
    { name: 'search-nothing', address: '/search?q=gandalf&by=words' },
    { name: 'similar', address: '/similar/ROADMAP.md?line=1' },
    { name: 'file-lines', address: '/file/ROADMAP.md?lines=3-5' },
    { name: 'knowledge', address: '/knowledge' },
    { name: 'settings', address: '/settings' },
    { name: 'settings-end', address: '/settings', prepare: toTheEnd },
    { name: 'welcome', address: '/welcome' },
    { name: 'unknown', address: '/nowhere' },
  ];
}

/** Narrow windows do not offer it. */
async function sideBySide(page: Page): Promise<void> {
  const choice = page.getByRole('radio', { name: 'Side by side' });
  if ((await choice.count()) > 0) await choice.check({ force: true });
}

const openOldestReport = (page: Page) =>
  page.getByRole('list', { name: 'Reports, newest first' }).getByRole('link').last().click();

/** What changes the workspace comes last, from the first report to a broken skein.json. */
function laterShots(skein: RunningSkein): Shot[] {
  const workspace = skein.workspaces()[0]?.folder ?? '';
  return [
    { name: 'toast', address: '/', prepare: (page) => consolidate(skein, page, workspace) },
    { name: 'empty', address: '/' },
    { name: 'reports', address: '/reports' },
    { name: 'report', address: '/reports', prepare: openOldestReport },
    {
      name: 'broken-settings',
      address: '/settings',
      prepare: (page) => breakSettings(page, workspace),
    },
    { name: 'broken-overview', address: '/' },
    { name: 'paused', address: '/', prepare: () => skein.call('pause', {}) },
  ];
}

async function consolidate(skein: RunningSkein, page: Page, workspace: string): Promise<void> {
  const roadmap = join(workspace, 'ROADMAP.md');
  writeFileSync(roadmap, `${readFileSync(roadmap, 'utf8')}\n- [ ] ${Date.now()}\n`);
  while (unwrap(await skein.call('getStatus', {})).pending_changes === 0) await pause(30);
  await page.getByRole('button', { name: 'Consolidate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Consolidate' }).click();
  await page.getByText(/^Consolidated/).waitFor();
}

async function breakSettings(page: Page, workspace: string): Promise<void> {
  writeFileSync(join(workspace, 'skein.json'), '{\n  "locale": "fr",\n  "consolidation_threshold": ,\n}\n');
  await page.getByText('The last good settings stay in force.').waitFor();
}

/** The sample's agents edit for some seconds; all their changes are pending when they are through. */
async function playSample(skein: RunningSkein): Promise<void> {
  unwrap(await skein.call('openSample', {}));
  const isThrough = async () => {
    const { changes } = unwrap(await skein.call('listPending', {}));
    const areKnown = changes.every((change) => change.agent_owner !== 'unknown');
    return changes.length === sampleEdits.length && areKnown;
  };
  while (!(await isThrough())) await pause(100);
}

async function openPage(browser: Browser, skein: RunningSkein, theme: Theme, size: Size): Promise<Page> {
  const page = await browser.newPage({ viewport: size, colorScheme: theme, locale: 'en-GB' });
  await page.goto(await skein.signInUrl('/'));
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  return page;
}

async function capture(page: Page, url: string, shot: Shot, file: string): Promise<void> {
  await page.goto(url + shot.address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await shot.prepare?.(page);
  // A picture shows no list that is still filling and no movement.
  await pause(restMs);
  await page.screenshot({ path: file });
}

async function captureAll(browser: Browser, skein: RunningSkein, folder: string): Promise<void> {
  const shots = [...(await pendingShots(skein)), ...laterShots(skein)];
  const pages = await Promise.all(
    sizes.flatMap((size) =>
      themes.map(async (theme) => ({ page: await openPage(browser, skein, theme, size), theme, size })),
    ),
  );
  for (const shot of shots) {
    for (const { page, theme, size } of pages) {
      await capture(page, skein.url, shot, join(folder, `${shot.name}-${size.width}-${theme}.png`));
    }
  }
}

async function captureForReadme(browser: Browser, skein: RunningSkein, folder: string): Promise<void> {
  for (const theme of themes) {
    const page = await openPage(browser, skein, theme, readmeSize);
    const name = theme === 'light' ? 'overview.png' : 'overview-dark.png';
    await capture(page, skein.url, { name, address: '/' }, join(folder, name));
  }
}

/** Its path is in the pictures. Fails when it is there already, so that nothing of anybody's goes with it. */
function makeHome(): string {
  const home = join(tmpdir(), 'skein-tour');
  mkdirSync(home);
  return home;
}

const [target = 'screens'] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = resolve(target);
mkdirSync(folder, { recursive: true });
await buildStale(['interface']);
const home = makeHome();
const browser = await launchChromium();
const skein = await startSkein({ dataFolder: home });
try {
  await playSample(skein);
  await (process.argv.includes('--readme') ? captureForReadme : captureAll)(browser, skein, folder);
} finally {
  await browser.close();
  await skein.stop();
  rmSync(home, { recursive: true, force: true });
}
