/** The screen in Chromium on the real engine: how soon it shows an edit, how much it loads, how it scrolls. */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { buildStale } from '../../build/scripts/build.ts';
import { interfaceFolder } from '../../electron/cli/interface-folder.ts';
import { launchChromium } from '../end-to-end/chromium.ts';
import { filesOfFirstLoad } from '../end-to-end/first-load.ts';
import { fillWithPending } from '../end-to-end/many-changes.ts';
import { type RunningSkein, startSkein } from '../end-to-end/running-skein.ts';
import { makeWorkspaceFolder, type WorkspaceFolder } from '../end-to-end/workspace-folder.ts';
import { ms, quantile, type Row } from './measure.ts';
import { clockAheadMs, firstContentfulPaintMs, nowMs, whenOnScreen } from './page-probes.ts';
import { benchScrolling } from './scrolling.ts';

const edits = 100;
/** Longer than the pause that the screen makes between two questions, so that no edit waits for another. */
const betweenEditsMs = 250;
const loads = 9;
const pending = 10_000;
const rowPixels = 36;

/** Nothing consolidates by itself, so that what is pending stays. */
const onlyByHand = '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }\n';
const size = { width: 1280, height: 800 };

type Stage = { browser: Browser; skein: RunningSkein; workspace: WorkspaceFolder };

/** `folder` takes the data of Skein, `makeWorkspace` makes an empty folder. */
export async function benchScreen(folder: string, makeWorkspace: () => string): Promise<Row[]> {
  await buildStale(['interface']);
  const workspace = makeWorkspaceFolder(makeWorkspace(), {
    'AGENTS.md': '# Agents\n',
    'skein.json': onlyByHand,
  });
  const skein = await startSkein({ dataFolder: path.join(folder, 'screen-data'), folder: workspace.folder });
  const browser = await launchChromium();
  const stage = { browser, skein, workspace };
  try {
    return [
      loadRow(),
      await paintRow(stage),
      await latencyRow(stage, 'write to change on the overview', '/', overviewProbe),
      await latencyRow(stage, 'write to text in the file view', '/file/AGENTS.md', fileProbe),
      ...(await scrollRows(stage)),
    ];
  } finally {
    await browser.close();
    await skein.stop();
  }
}

function loadRow(): Row {
  const files = filesOfFirstLoad(interfaceFolder);
  const bytes = files.reduce((sum, file) => sum + file.gzippedBytes, 0);
  return {
    name: 'first load of the screen, gzipped',
    value: `${(bytes / 1024).toFixed(1)} KiB`,
    goal: '< 150 KiB',
    note: `index.html and the ${files.length - 1} files that it names, before any view`,
  };
}

async function paintRow({ browser, skein }: Stage): Promise<Row> {
  const samples: number[] = [];
  for (let load = 0; load < loads; load += 1) {
    const page = await openPage(browser, skein, '/');
    samples.push(await firstContentfulPaintMs(page));
    await page.context().close();
  }
  return {
    name: 'navigation to first contentful paint',
    value: `${ms(quantile(samples, 0.5))} / ${ms(Math.max(...samples))}`,
    goal: '',
    note: `p50 / worst of ${loads} loads, each with an empty cache; software rendering`,
  };
}

/** What to look for after an edit: `text` in an element that `selector` finds. */
type Probe = (edit: number) => { selector: string; text: string };

const overviewProbe: Probe = (edit) => ({
  selector: '[aria-label="Pending changes"] button',
  text: `${edit} change${edit === 1 ? '' : 's'}`,
});
const fileProbe: Probe = (edit) => ({
  selector: '[aria-label="Differences"]',
  text: `Edit ${edit} of AGENTS.md`,
});

async function latencyRow({ browser, skein, workspace }: Stage, name: string, address: string, probe: Probe) {
  const page = await openPage(browser, skein, address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const aheadMs = await clockAheadMs(page);
  const already = skein.workspaces()[0]?.engine?.log.pendingCount() ?? 0;
  const samples: number[] = [];
  for (let edit = already + 1; edit <= already + edits; edit += 1) {
    const { selector, text } = probe(edit);
    const shown = whenOnScreen(page, selector, text);
    await pause(betweenEditsMs);
    const writtenMs = nowMs();
    workspace.write('AGENTS.md', `# Agents\n\nEdit ${edit} of AGENTS.md\n`);
    samples.push((await shown) - aheadMs - writtenMs);
  }
  await page.context().close();
  return {
    name,
    value: `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`,
    goal: '',
    note: `p50 / p99 of ${edits} edits, from write() to the drawn frame; software rendering`,
  };
}

async function scrollRows({ browser, skein, workspace }: Stage): Promise<Row[]> {
  await fillWithPending(skein, workspace, pending);
  const page = await openPage(browser, skein, '/');
  const main = page.locator('main');
  // Each change is of a file of its own, so it has a heading too.
  while ((await main.evaluate((it) => it.scrollHeight)) < 2 * pending * rowPixels) await pause(100);
  const rows = await benchScrolling(browser, page, `${pending.toLocaleString('en')} pending changes`);
  await page.context().close();
  return rows;
}

async function openPage(browser: Browser, skein: RunningSkein, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: size, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(await skein.signInUrl(address));
  return page;
}
