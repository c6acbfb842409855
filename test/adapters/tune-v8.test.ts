/** What V8 does by itself, in a process that was tuned and in one that was not. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const moduleOf = (name: string): string =>
  JSON.stringify(new URL(`../../electron/adapters/${name}.ts`, import.meta.url).href);

function run(flag: string, script: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [flag, '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

const tuned = `const { tuneV8 } = await import(${moduleOf('tune-v8')});\ntuneV8();`;

/** By how much more than is in use the heap may be when it is marked next, right after memory was given back. */
function growthAfterRest(prelude: string): number {
  const script = `${prelude}
    const { openSystemMemory } = await import(${moduleOf('system-memory')});
    globalThis.kept = Array.from({ length: 300_000 }, (_, at) => ({ at }));
    openSystemMemory().releaseAll();`;
  const limits = [...run('--trace-gc-verbose', script).matchAll(/old size: (\d+) KB, new limit: (\d+) KB/g)];
  const [, size, limit] = limits.at(-1) ?? [];
  expect(Number(size)).toBeGreaterThan(8 * 1024);
  return Number(limit) / Number(size);
}

test('the heap may double before it is marked again', () => {
  expect(growthAfterRest('')).toBeLessThan(1.8);
  expect(growthAfterRest(tuned)).toBeGreaterThan(1.9);
});

/** Whether a function that is called often is compiled by Maglev before TurboFan has it. */
function meetsMaglev(prelude: string): boolean {
  const script = `${prelude}
    const sum = new Function('numbers', 'let sum = 0; for (const it of numbers) sum += it; return sum;');
    const numbers = Array.from({ length: 100 }, (_, at) => at);
    const tierOf = new Function('sum', 'return [%ActiveTierIsMaglev(sum), %ActiveTierIsTurbofan(sum)]');
    let seen = [false, false];
    while (!seen.includes(true)) {
      for (let call = 0; call < 50; call++) sum(numbers);
      await new Promise(setImmediate);
      seen = tierOf(sum);
    }
    console.log(seen[0] ? 'Maglev' : 'TurboFan');`;
  return run('--allow-natives-syntax', script).includes('Maglev');
}

test('Maglev compiles nothing', () => {
  expect([meetsMaglev(''), meetsMaglev(tuned)]).toEqual([true, false]);
});
