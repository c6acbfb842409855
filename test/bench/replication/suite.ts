/** Side by side: Skein and what a user would take instead, by turns, so that a busy moment meets all of them. */
import path from 'node:path';
import { ms, quantile, type Row } from '../measure.ts';
import type { Contender } from './contender.ts';
import { git } from './git-pair.ts';
import { benchManyChanges } from './many-changes.ts';
import { benchPouch } from './pouchdb.ts';
import { rsync } from './rsync-pair.ts';
import { runScenarios, type Sample, size } from './scenarios.ts';
import { skein } from './skein-pair.ts';
import { syncthing } from './syncthing-pair.ts';

/** Of each scenario, the samples of all rounds. */
type Measured = Map<string, Sample[]>;

const contenders: readonly Contender[] = [skein, syncthing, git, rsync];
const rounds = 3;
const manyChanges = 100_000;

/** A million changes into one node, for its memory; takes minutes. */
export const benchMillion = (folder: string): Promise<Row[]> =>
  benchManyChanges(path.join(folder, 'million'), 1_000_000);

export async function benchReplication(folder: string): Promise<Row[]> {
  const measured = new Map<string, Measured>();
  const absent: Row[] = [];
  for (const contender of contenders) {
    const missing = await contender.missing();
    if (missing === undefined) measured.set(contender.name, new Map());
    else absent.push({ name: contender.name, value: 'not here', goal: '', note: `install ${missing}` });
  }
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const samplesByScenario = measured.get(contender.name);
      if (samplesByScenario === undefined) continue;
      process.stderr.write(`  ${contender.name}, round ${round + 1} of ${rounds} …\n`);
      const place = path.join(folder, `sync-${round}-${contender.name.replaceAll(' ', '-')}`);
      for await (const [key, sample] of runScenarios(contender, place))
        samplesByScenario.set(key, [...(samplesByScenario.get(key) ?? []), sample]);
    }
  }
  return [
    ...scenarios.flatMap((scenario) => rowsOf(scenario, measured)),
    ...memoryRows(measured),
    ...absent,
    ...(await benchPouch(path.join(folder, 'pouchdb'))),
    ...(await benchManyChanges(path.join(folder, 'many-changes'), manyChanges)),
  ];
}

/** `ahead`: how many times as long as we others should take. */
type Scenario = { key: string; name: string; goal: string; ahead?: Record<string, number> };

const scenarios: readonly Scenario[] = [
  {
    key: 'first',
    name: `first sync of ${size.notes} files, 20 MiB`,
    goal: '< 1000 ms',
    ahead: { [syncthing.name]: 4, [git.name]: 2.5 },
  },
  { key: 'edits', name: `${size.edits} one-line edits`, goal: '< 400 ms, < 0.1 MiB' },
  { key: 'single', name: 'one edit, write to readable', goal: '< 25 / 60 ms' },
  { key: 'journal', name: 'a line more in a 200 KiB journal', goal: '< 1 KiB' },
  { key: 'distant', name: `${size.apart} files edited on both sides, distant lines`, goal: '0 to ask' },
  { key: 'same', name: `${size.apart} files edited on both sides, the same line`, goal: '' },
  { key: 'week', name: `a week apart: ${size.apart * size.week} changes`, goal: '' },
];

function rowsOf({ key, name, goal, ahead }: Scenario, measured: ReadonlyMap<string, Measured>): Row[] {
  const ours = halfOf(measured.get(skein.name)?.get(key) ?? []);
  return [...measured].flatMap(([contender, samplesByScenario]) => {
    const samples = samplesByScenario.get(key) ?? [];
    if (samples.length === 0) return [];
    const times = ahead?.[contender];
    const compared = times === undefined ? [] : [`${(halfOf(samples) / ours).toFixed(2)} times ours`];
    return [
      {
        name: `${name}: ${titleOf(contender)}`,
        value: timeOf(samples),
        goal: contender === skein.name ? goal : times === undefined ? '' : `>= ${times} times ours`,
        note: [...compared, noteOf(samples)].join(', '),
      },
    ];
  });
}

const halfOf = (samples: readonly Sample[]): number =>
  quantile(
    samples.flatMap((sample) => sample.ms),
    0.5,
  );

const titleOf = (name: string): string =>
  `${name} ${contenders.find((contender) => contender.name === name)?.version() ?? ''}`.trim();

/** Of both processes at the end of everything; what lives for one command each has none to show. */
function memoryRows(measured: ReadonlyMap<string, Measured>): Row[] {
  return [...measured].flatMap(([contender, samplesByScenario]) => {
    const all = (samplesByScenario.get('memory') ?? []).flatMap((sample) => sample.ms);
    if (all.length === 0) return [];
    const value = `${quantile(all, 0.5).toFixed(0)} MiB (worst ${Math.max(...all).toFixed(0)})`;
    const goal = contender === skein.name ? '< 150 MiB' : '';
    return [
      {
        name: `resident memory of a node: ${titleOf(contender)}`,
        value,
        goal,
        note: 'once nothing of the above is being worked on any more',
      },
    ];
  });
}

function timeOf(samples: readonly Sample[]): string {
  const all = samples.flatMap((sample) => sample.ms);
  const [half, most] = [quantile(all, 0.5), quantile(all, 0.9)];
  return samples.some((sample) => sample.ms.length > 1) ? `${ms(half)} / ${ms(most)}` : ms(half);
}

function noteOf(samples: readonly Sample[]): string {
  const median = (pick: (sample: Sample) => number): number => quantile(samples.map(pick), 0.5);
  const asked = samples[0]?.asked === undefined ? [] : [`${median(({ asked = 0 }) => asked)} to ask`];
  const processorMs = median((sample) => sample.processorMs);
  const processor = processorMs === 0 ? [] : [`processor ${processorMs.toFixed(0)} ms`];
  return [`wire ${amount(median(({ wireBytes }) => wireBytes))}`, ...processor, ...asked].join(', ');
}

const amount = (bytes: number): string =>
  bytes < 100 * 1024 ? `${(bytes / 1024).toFixed(2)} KiB` : `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
