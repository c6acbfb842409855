/** Runs the tests, and leaves out, with its reason, what needs a program that this machine does not have. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from './find-browser.ts';
import { installServers, whyNotInstalled } from './install-servers.ts';
import { inProject, projectFolder } from './project.ts';
import { runNode } from './run-node.ts';
import { type Counts, readVitestReport } from './vitest-report.ts';

const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');
const quickProjects = ['rules', 'git', 'unit', 'cli', 'adapters', 'meta', 'simulation', 'renderer'];

/** What tests need of the machine: the variables by which they find it, or why they go without. */
export type Found = { env: NodeJS.ProcessEnv } | { why: string };
type Demanding = { title: string; projects: readonly string[]; find(): Promise<Found> };

const demanding: readonly Demanding[] = [
  { title: 'stores on servers', projects: ['servers'], find: findServers },
  { title: 'screen and shell', projects: ['end-to-end', 'shell'], find: findScreen },
];

/** Those that need nothing but Node and git. */
export const runQuickTests = (): Promise<Counts> => runVitest(quickProjects, {});

/** Finds, or fetches, what tests need of the machine. To be begun early: it waits for the network mostly. */
export const findAll = (): Promise<Found[]> => Promise.all(demanding.map(({ find }) => find()));

/** All in one run, so that no processor waits for the last file of a part. */
export async function runAllTests(all: readonly Found[]): Promise<Counts> {
  const projects = [...quickProjects];
  const env: NodeJS.ProcessEnv = {};
  let skipped = 0;
  for (const [index, { title, projects: those }] of demanding.entries()) {
    const found = all[index] ?? { why: 'nobody looked for it.' };
    if ('env' in found) {
      projects.push(...those);
      Object.assign(env, found.env);
    } else {
      console.log(`The tests of ${title} are skipped: ${found.why}`);
      skipped += countTests(those);
    }
  }
  const counts = await runVitest(projects, env);
  return { ...counts, skipped: counts.skipped + skipped };
}

/** The first run on a machine fetches them. */
async function findServers(): Promise<Found> {
  try {
    await installServers();
    return { env: {} };
  } catch (cause) {
    return { why: whyNotInstalled(cause) };
  }
}

async function findScreen(): Promise<Found> {
  const browser = await findBrowser({ env: process.env, platform: process.platform });
  return 'program' in browser ? { env: { SKEIN_CHROMIUM: browser.program } } : { why: `${browser.why}.` };
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
