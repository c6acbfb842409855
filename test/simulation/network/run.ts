/** npm run simulate -- --replicas: as many networks as wanted, or the story of one. */
import { describeNetworkFailure } from './describe-failure.ts';
import { addMet, type Met, metKinds, metWords, neverMet, nothingMet } from './met.ts';
import { type Outcome, runNetworkSeed } from './run-seed.ts';

export type ReplicaOptions = { seeds: number; from: number; seed: number | undefined; json: boolean };

/** True when something was found wrong. */
export async function runReplicas(options: ReplicaOptions): Promise<boolean> {
  return options.seed === undefined ? runSeeds(options) : runOne(options.seed, options.json);
}

async function runOne(seed: number, json: boolean): Promise<boolean> {
  const outcome = await runNetworkSeed(seed);
  if (json) console.log(JSON.stringify(outcome));
  else {
    console.log(outcome.story.join('\n'));
    console.log(outcome.wrong.length > 0 ? describeNetworkFailure(outcome) : `Seed ${seed} is well.`);
    printMet(outcome.met);
  }
  return outcome.wrong.length > 0;
}

async function runSeeds({ seeds, from, json }: ReplicaOptions): Promise<boolean> {
  const startedMs = performance.now();
  const met = nothingMet();
  const failures: Outcome[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const outcome = await runNetworkSeed(seed);
    addMet(met, outcome.met);
    if (outcome.wrong.length === 0) continue;
    failures.push(outcome);
    if (!json) console.log(`\n${describeNetworkFailure(outcome)}`);
  }
  const seconds = Math.round(performance.now() - startedMs) / 1000;
  const summary = { runs: seeds, failed: failures.length, met, neverMet: neverMet(met), seconds };
  if (json) console.log(JSON.stringify({ ...summary, failures: failures.map(({ story, ...rest }) => rest) }));
  else {
    printMet(met);
    for (const sentence of summary.neverMet) console.log(sentence);
    console.log(`${seeds} runs in ${seconds.toFixed(1)} s, ${failures.length} failed.`);
  }
  return failures.length > 0;
}

function printMet(met: Met): void {
  const width = Math.max(...metKinds.map((kind) => String(met[kind]).length));
  for (const kind of metKinds) console.log(`${String(met[kind]).padStart(width)}  ${metWords[kind]}`);
}
