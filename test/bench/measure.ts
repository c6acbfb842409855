/** Numbers and how sure we may be of them. */

export type Row = { name: string; value: string; goal: string; note: string };

export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;

/** A median alone hides the start that a user waited for. */
export const medianAndWorst = (values: readonly number[]): string =>
  `${quantile(values, 0.5).toFixed(0)} ms (worst ${Math.max(...values).toFixed(0)})`;

/** How much a fixed piece of work varies right now: p50 and p99 of the same loop. A busy machine shows here. */
export function measureNoise(): { p50: number; p99: number } {
  const samples: number[] = [];
  for (let round = 0; round < 400; round++) {
    const start = performance.now();
    let sum = 0;
    for (let index = 0; index < 200_000; index++) sum = (sum + index * 7) % 1_000_003;
    if (sum < 0) throw new Error('never');
    samples.push(performance.now() - start);
  }
  return { p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) };
}

/** Peak and present resident memory of a process, in MiB (Linux); undefined elsewhere. */
export function residentMiB(status: string | undefined): number | undefined {
  const match = /VmRSS:\s+(\d+) kB/.exec(status ?? '');
  return match === null ? undefined : Number(match[1]) / 1024;
}
