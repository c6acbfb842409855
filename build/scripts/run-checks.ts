/**
 * Runs the checks of this project one after another, all of them even when one fails, and ends with the line that
 * CI counts by. `quick` is what to run before every commit; `everything` also builds, and tests screen and shell.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildStale } from './build.ts';
import { findBrowser } from './find-browser.ts';
import { installServers, whyNotInstalled } from './install-servers.ts';
import { inProject, projectFolder } from './project.ts';
import { addCounts, type Counts, noCounts, readVitestReport, writeCounts } from './vitest-report.ts';

const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');
const quickProjects = ['rules', 'unit', 'adapters', 'meta', 'simulation', 'renderer'];
const serverProjects = ['servers'];
const browserProjects = ['end-to-end', 'shell'];

type Step = { title: string; run(): Promise<Counts> };

const quick: readonly Step[] = [
  { title: 'types', run: () => check([inProject('build', 'scripts', 'check-types.mjs')]) },
  {
    title: 'style',
    run: () => check([inProject('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']),
  },
  { title: 'tests', run: () => runVitest(quickProjects, {}) },
];

const everything: readonly Step[] = [
  { title: 'build', run: build },
  ...quick,
  { title: 'servers', run: runServerTests },
  { title: 'screen and shell', run: runBrowserTests },
];

/** A check that is no test counts as one. */
async function check(args: readonly string[]): Promise<Counts> {
  return countOne((await runNode(args, {})) === 0);
}

const countOne = (good: boolean): Counts => ({ ...noCounts, [good ? 'passed' : 'failed']: 1 });

async function build(): Promise<Counts> {
  try {
    await buildStale(['interface', 'desktop', 'headless']);
    return countOne(true);
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
    return countOne(false);
  }
}

async function runVitest(projects: readonly string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-report-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const code = await runNode([vitest, 'run', ...namedProjects(projects), ...reporters], env);
    return readVitestReport(readOrNothing(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const namedProjects = (projects: readonly string[]): string[] =>
  projects.flatMap((name) => ['--project', name]);

async function runBrowserTests(): Promise<Counts> {
  const browser = findBrowser({ env: process.env, platform: process.platform });
  if ('program' in browser) return runVitest(browserProjects, { SKEIN_CHROMIUM: browser.program });
  console.log(`The tests of screen and shell are skipped: ${browser.why}.`);
  return { ...noCounts, skipped: countTests(browserProjects) };
}

/** The first run on a machine fetches the servers. */
async function runServerTests(): Promise<Counts> {
  try {
    await installServers();
  } catch (cause) {
    console.log(`The tests of stores on servers are skipped: ${whyNotInstalled(cause)}`);
    return { ...noCounts, skipped: countTests(serverProjects) };
  }
  return runVitest(serverProjects, {});
}

/** How many tests there are, without running one. */
function countTests(projects: readonly string[]): number {
  const args = [vitest, 'list', '--json', ...namedProjects(projects)];
  const listed = spawnSync(process.execPath, args, { cwd: projectFolder, encoding: 'utf8' });
  try {
    return (JSON.parse(listed.stdout) as unknown[]).length;
  } catch {
    return 1;
  }
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** In a file or the log of a build server the colours of tools are only noise. */
const plainOutput: NodeJS.ProcessEnv = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' };

/** Runs a script of a tool to its end, its words passed through, and returns its exit code. */
function runNode(args: readonly string[], more: NodeJS.ProcessEnv): Promise<number> {
  const env = { ...process.env, ...plainOutput, ...more };
  const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: 'inherit', env });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function runSteps(steps: readonly Step[]): Promise<Counts> {
  let counts = noCounts;
  for (const { title, run } of steps) {
    console.log(`\n— ${title}`);
    const counted = await run();
    if (counted.failed > 0) console.log(`— ${title}: ${counted.failed} failed`);
    counts = addCounts(counts, counted);
  }
  return counts;
}

const counts = await runSteps(process.argv[2] === 'quick' ? quick : everything);
console.log(`\n${writeCounts(counts)}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
