/**
 * What a test in the browser starts from: a real Skein on real folders of its own, and pages that are signed in.
 * Everything ends with the test, which fails when a page did something that it must not (trouble.ts), or when
 * Skein logged an error.
 */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { launchChromium } from './chromium.ts';
import { type RunningSkein, startSkein } from './running-skein.ts';
import { listenForTrouble } from './trouble.ts';
import { makeWorkspaceFolder, type WorkspaceFolder } from './workspace-folder.ts';

export type SkeinFixture = {
  skein: RunningSkein;
  dataFolder: string;
  /** The first workspace; open unless told otherwise. */
  workspace: WorkspaceFolder;
  /** Another folder beside the first, with a git repository. */
  makeFolder(name: string, files?: Readonly<Record<string, string>>): WorkspaceFolder;
  /** A new page in a browser profile of its own, at an address such as `/changes?agent=human`. */
  openPage(address?: string, options?: PageOptions): Promise<Page>;
  /** Stops Skein and starts it again on the same port and data. */
  restart(between?: () => Promise<void>): Promise<void>;
  /** From now on this trouble is part of the test. */
  expectTrouble(pattern: RegExp): void;
};

export type PageOptions = BrowserContextOptions & {
  /** False opens the page as a stranger would. */
  signedIn?: boolean;
};

export type StartOptions = {
  files?: Readonly<Record<string, string>>;
  /** False leaves the workspace closed. */
  opened?: boolean;
  /** False makes an ordinary folder of it, which spares git thousands of questions about thousands of files. */
  git?: boolean;
};

/** A workspace where each file tells something else about itself. */
export const usualFiles: Readonly<Record<string, string>> = {
  'AGENTS.md': '# Agents\n\nOne task at a time.\n',
  'AGENT_SYNC_CLAUDE.md': '# Agent sync: Claude\n\n- [ ] Neap tides\n',
  'ROADMAP.md': '# Roadmap\n\n1. A clock\n2. A wooden case\n',
  'SYNC_STATUS.md': '# Sync status\n\nThe display arrived.\n',
  'docs/passation_codex.md': '# Journal\n\n## Monday\n\nThe driver draws.\n',
};

/** Starts Skein with a fresh data folder; call it inside a test. */
export async function startFixture(options: StartOptions = {}): Promise<SkeinFixture> {
  const home = temporaryFolder();
  const dataFolder = join(home, 'data');
  const makeFolder = (name: string, files: Readonly<Record<string, string>> = usualFiles) =>
    makeWorkspaceFolder(join(home, name), files);
  const workspace = makeWorkspaceFolder(join(home, 'harbour'), options.files ?? usualFiles, {
    git: options.git ?? true,
  });
  const trouble = collectTrouble();
  const start = (more: { folder?: string; port?: number }) =>
    startSkein({ dataFolder, ...more, onLog: (line) => trouble.add(`Skein logged: ${line}`) });
  let skein = await start(options.opened === false ? {} : { folder: workspace.folder });
  onTestFinished(() => skein.stop());
  return {
    get skein() {
      return skein;
    },
    dataFolder,
    workspace,
    makeFolder,
    openPage: (address = '/', pageOptions = {}) => openPage(skein, address, pageOptions, trouble),
    async restart(between = async () => {}) {
      const { port } = skein;
      await skein.stop();
      await between();
      skein = await start({ port });
    },
    expectTrouble: trouble.expect,
  };
}

type Trouble = { add(sentence: string): void; all: string[]; expect(pattern: RegExp): void };

function collectTrouble(): Trouble {
  const all: string[] = [];
  const expected: RegExp[] = [];
  onTestFinished(() => {
    expect(all.filter((sentence) => !expected.some((pattern) => pattern.test(sentence)))).toEqual([]);
  });
  return {
    add: (sentence) => void all.push(sentence),
    all,
    expect: (pattern) => void expected.push(pattern),
  };
}

async function openPage(
  skein: RunningSkein,
  address: string,
  { signedIn = true, ...options }: PageOptions,
  trouble: Trouble,
): Promise<Page> {
  const context = await (await sharedBrowser()).newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    // What moves would be looked at on its way.
    reducedMotion: 'reduce',
    ...options,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  listenForTrouble(page, skein.url, trouble.all);
  await page.goto(signedIn ? await skein.signInUrl(address) : skein.url + address);
  // The code works once: who leads the page elsewhere before it was changed for a token would sign in anew.
  if (signedIn) await page.waitForFunction(() => sessionStorage.getItem('skein.token') !== null);
  return page;
}

/** One browser for all test files of this process, with which it ends; every page gets its own profile in it. */
let browser: Promise<Browser> | undefined;

function sharedBrowser(): Promise<Browser> {
  browser ??= launchChromium();
  return browser;
}
