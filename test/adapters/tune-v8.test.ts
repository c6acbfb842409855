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

/** How many times as large as what is in use the heap may be when it is marked next, right after memory was given back. */
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

/** A thread that runs, or one that has ended. */
const withThread = (isOver: boolean): string => `
  const { Worker } = await import('node:worker_threads');
  const { tuneBeside } = await import(${moduleOf('tune-v8')});
  const thread = new Worker('setInterval(() => {}, 1_000)', { eval: true });
  thread.unref();
  tuneBeside(thread);
  ${isOver ? 'await thread.terminate();' : ''}`;

test('the heap may become four times as large before it is marked again', () => {
  expect(growthAfterRest('')).toBeLessThan(1.8);
  expect(growthAfterRest(tuned)).toBeGreaterThan(3.9);
});

test('twice as large while a thread works for long', () => {
  const running = growthAfterRest(`${tuned}${withThread(false)}`);
  expect(running).toBeGreaterThan(1.9);
  expect(running).toBeLessThan(2.1);
  expect(growthAfterRest(`${tuned}${withThread(true)}`)).toBeGreaterThan(3.9);
});

test('a thread changes nothing where V8 was not tuned', () => {
  expect(growthAfterRest(withThread(false))).toBeLessThan(1.8);
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

/** Calls until TurboFan, which compiles beside them, has a function; in steps of a thousand. */
function callsUntilTurbofan(prelude: string): number {
  const script = `${prelude}
    const next = new Function('number', 'return number + 1;');
    const isThere = new Function('next', 'return %ActiveTierIsTurbofan(next)');
    let calls = 0;
    for (; !isThere(next) && calls < 100_000; calls += 1_000) {
      for (let call = 0; call < 1_000; call++) next(call);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    console.log(calls);`;
  return Number(run('--allow-natives-syntax', script));
}

test('TurboFan waits for more calls than a burst makes', () => {
  const calls = callsUntilTurbofan(tuned);
  expect(calls).toBeGreaterThanOrEqual(15_000);
  expect(calls).toBeLessThan(100_000);
  // On a busy machine what it compiles may come late, but not each time.
  const asItIs = `(await import('node:v8')).setFlagsFromString('--no-maglev');`;
  expect(Array.from({ length: 5 }, () => asItIs).some((it) => callsUntilTurbofan(it) < 15_000)).toBe(true);
});
