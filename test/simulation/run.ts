/**
 * npm run simulate: as many seeds as wanted of one replica or of several, one seed again, or a crash at every point of
 * the scripted day.
 */
import { parseArgs } from 'node:util';
import { describeDeaths, describeFailure, describeWrong } from './describe-failure.ts';
import { addMet, type Met, metKinds, metWords, neverMet, nothingMet } from './met.ts';
import { runReplicas } from './network/run.ts';
import { type Outcome, runSeed, usualSteps } from './run-seed.ts';
import { crashesInARow, type Played, playScenario } from './scenario.ts';

const usage = `Usage: npm run simulate -- [--seeds N] [--from N] [--steps N] [--json]
       npm run simulate -- --seed N [--steps N] [--json]
       npm run simulate -- --replicas [--seeds N] [--from N] [--seed N] [--json]
       npm run simulate -- --every [--json]
       npm run simulate -- --point N [--point N] [--json]

  --seeds N   how many seeds to run (1000)
  --from N    the first of them (0)
  --seed N    only this one, with all that is known about it
  --steps N   what happens in each run (${usualSteps})
  --replicas  2 to 40 replicas and the network between them; --seed N then tells the story of one run
  --every     a crash at every point of the scripted day, and pairs of crashes
  --point N   the scripted day with a crash at point N; a second one for the life after it
  --json      one JSON object on the standard output, nothing else

Exits with 1 when anything was found wrong, with 2 when the command is not understood.`;

type Summary = { runs: number; failed: number; met: Met; neverMet: string[]; seconds: number };

/** More failures than this in one run teach nothing new. */
const failuresShown = 20;

const options = readOptions();
if (options !== undefined) {
  const failed = await run(options);
  process.exitCode = failed ? 1 : 0;
}

type Options = {
  seeds: number;
  from: number;
  seed: number | undefined;
  steps: number;
  every: boolean;
  replicas: boolean;
  points: number[];
  json: boolean;
};

function readOptions(): Options | undefined {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({
      options: {
        seeds: text,
        from: text,
        seed: text,
        steps: text,
        every: flag,
        replicas: flag,
        point: { type: 'string', multiple: true },
        json: flag,
        help: flag,
      },
    });
    if (values.help === true) {
      console.log(usage);
      return undefined;
    }
    return {
      seeds: wholeNumber('--seeds', values.seeds, 1_000),
      from: wholeNumber('--from', values.from, 0),
      seed: values.seed === undefined ? undefined : wholeNumber('--seed', values.seed, 0),
      steps: wholeNumber('--steps', values.steps, usualSteps),
      every: values.every === true,
      replicas: values.replicas === true,
      points: (values.point ?? []).map((point) => wholeNumber('--point', point, 0)),
      json: values.json === true,
    };
  } catch (failure) {
    console.error(`${failure instanceof Error ? failure.message : failure}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} needs a whole number, not "${text}".`);
  return Number(text);
}

/** True when something was found wrong. */
async function run(it: Options): Promise<boolean> {
  if (it.replicas) return runReplicas(it);
  if (it.points.length > 0) return runPoint(it);
  if (it.every) return runEvery(it);
  if (it.seed !== undefined) return runOne(it, it.seed);
  return runSeeds(it);
}

async function runOne({ steps, json }: Options, seed: number): Promise<boolean> {
  const outcome = await runSeed(seed, { steps });
  const isWrong = outcome.wrong.length > 0;
  if (json) console.log(JSON.stringify(outcome));
  else {
    console.log(
      isWrong ? describeFailure(outcome) : `Seed ${seed} is well: ${JSON.stringify(outcome.faults)}`,
    );
    printMet(outcome.met);
  }
  return isWrong;
}

async function runSeeds({ seeds, from, steps, json }: Options): Promise<boolean> {
  const startedMs = performance.now();
  const met = nothingMet();
  const failed: Outcome[] = [];
  for (let index = 0; index < seeds; index++) {
    const outcome = await runSeed(from + index, { steps });
    addMet(met, outcome.met);
    if (outcome.wrong.length > 0) failed.push(outcome);
    if (outcome.wrong.length > 0 && !json && failed.length <= failuresShown)
      console.log(`\n${describeFailure(outcome)}`);
    showProgress(json, index + 1, seeds, failed.length);
  }
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  const summary: Summary = { runs: seeds, failed: failed.length, met, neverMet: neverMet(met), seconds };
  if (json) console.log(JSON.stringify({ ...summary, failures: failed }));
  else printSummary(summary);
  return failed.length > 0;
}

async function runPoint({ points, json }: Options): Promise<boolean> {
  const played = await playScenario(points);
  if (json) console.log(JSON.stringify(played));
  else console.log(describePlay(points, played));
  return played.wrong.length > 0;
}

async function runEvery({ json }: Options): Promise<boolean> {
  const startedMs = performance.now();
  const { points } = await playScenario();
  const single = points.map((_, index) => [index + 1]);
  const pairs = Array.from({ length: 12 }, (_, turn) => crashesInARow(points, turn)).flat();
  const met = nothingMet();
  const failures: (Played & { crashes: readonly number[] })[] = [];
  const all = [...single, ...pairs];
  for (const [index, crashes] of all.entries()) {
    const played = await playScenario(crashes);
    addMet(met, played.met);
    if (played.wrong.length > 0) failures.push({ ...played, crashes });
    if (played.wrong.length > 0 && !json && failures.length <= failuresShown)
      console.log(`\n${describePlay(crashes, played)}`);
    showProgress(json, index + 1, all.length, failures.length);
  }
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  if (json) console.log(JSON.stringify({ points: points.length, runs: all.length, failures, met, seconds }));
  else printSummary({ runs: all.length, failed: failures.length, met, neverMet: [], seconds });
  return failures.length > 0;
}

function describePlay(crashes: readonly number[], { deaths, wrong }: Played): string {
  const what = wrong.length === 0 ? 'ends well' : 'fails';
  const again = `npm run simulate -- --point ${crashes.join(' --point ')}`;
  return [
    `The day ${what}. Run it again with: ${again}`,
    ...describeDeaths(deaths),
    ...describeWrong(wrong),
  ].join('\n');
}

/** One line that is written over, and only where somebody watches. */
function showProgress(json: boolean, done: number, all: number, failed: number): void {
  if (json || !process.stderr.isTTY || (done % 10 !== 0 && done !== all)) return;
  process.stderr.write(`\r${done} of ${all} runs, ${failed} failed${done === all ? '\n' : ''}`);
}

function printSummary({ runs, failed, met, neverMet: never, seconds }: Summary): void {
  printMet(met);
  for (const sentence of never) console.log(sentence);
  console.log(`${runs} runs in ${seconds.toFixed(1)} s, ${failed} failed.`);
}

function printMet(met: Met): void {
  const width = Math.max(...metKinds.map((kind) => String(met[kind]).length));
  for (const kind of metKinds) console.log(`${String(met[kind]).padStart(width)}  ${metWords[kind]}`);
}
