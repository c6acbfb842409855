/**
 * Runs the checks of this project, all of them even when one fails, and ends with the line that CI counts by. `quick` is
 * what to run before every commit; `everything` also builds, and tests servers, screen and shell.
 */
import { buildStale } from './build.ts';
import { inProject } from './project.ts';
import { runNode } from './run-node.ts';
import { findAll, runAllTests, runQuickTests } from './run-tests.ts';
import { addCounts, type Counts, noCounts, writeCounts } from './vitest-report.ts';

type Step = { title: string; run(): Promise<Counts> };

const checkTypes = () => check([inProject('build', 'scripts', 'check-types.mjs')]);
const checkStyle = () =>
  check([inProject('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']);

const quick: readonly Step[] = [
  { title: 'types and style', run: () => together([checkTypes, checkStyle]) },
  { title: 'tests', run: runQuickTests },
];

function everything(): readonly Step[] {
  const found = findAll();
  return [
    { title: 'build, types and style', run: () => together([build, checkTypes, checkStyle]) },
    { title: 'tests', run: async () => runAllTests(await found) },
  ];
}

/** Each of them keeps one processor busy for most of its time. */
async function together(checks: readonly (() => Promise<Counts>)[]): Promise<Counts> {
  return (await Promise.all(checks.map((run) => run()))).reduce(addCounts);
}

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

const counts = await runSteps(process.argv[2] === 'quick' ? quick : everything());
console.log(`\n${writeCounts(counts)}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
