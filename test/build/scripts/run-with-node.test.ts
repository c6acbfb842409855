import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../../../build/scripts/set-up.mjs';

const module = pathToFileURL(join(projectFolder, 'build', 'scripts', 'run-with-node.mjs')).href;

/** Hands a script to this Node as the real scripts do, but without a set-up, which may install. */
function handOver(script: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const prepare = '() => process.execPath';
  const main = `import { runWithNode } from ${JSON.stringify(module)};
    runWithNode(['-e', ${JSON.stringify(script)}], ${prepare});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) text += String(chunk);
  return text;
}

const withoutBecoming = typeof process.execve !== 'function' && 'this process cannot become another here';

test.skipIf(withoutBecoming)('the script has the process of whoever handed it over', async () => {
  const child = handOver('console.log(process.pid)');
  expect(await outputOf(child)).toBe(`${child.pid}\n`);
});

describe.each([
  ['a script that was handed over', {}],
  ['a script that was handed over under npm', { npm_lifecycle_event: 'start' }],
])('%s', (_, env) => {
  test('passes its exit code on', async () => {
    const child = handOver('process.exit(7)', env);
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  test('passes the signal on that ended it', async () => {
    const child = handOver("process.kill(process.pid, 'SIGTERM')", env);
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('hears %s', async (signal) => {
    const child = handOver(
      `process.on('${signal}', () => process.exit(42)); console.log('ready'); setInterval(() => {}, 1000)`,
      env,
    );
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(42);
  });

  test('finds the tools of this project first on its PATH', async () => {
    const text = await outputOf(handOver('console.log(process.env.PATH)', env));
    expect(text.split(delimiter)[1]).toBe(join(projectFolder, 'node_modules', '.bin'));
  });
});

test('a script stops when the shell of npm is gone, which passes no signal on', async () => {
  const script =
    "process.on('SIGTERM', () => { console.log('told to stop'); process.exit() }); console.log('ready'); setInterval(() => {}, 1000)";
  const main = `import { runWithNode } from ${JSON.stringify(module)}; runWithNode(['-e', ${JSON.stringify(script)}], () => process.execPath);`;
  const shell = spawn(process.execPath, ['-e', shellScript, process.execPath, main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], npm_lifecycle_event: 'start' },
  });
  onTestFinished(() => void shell.kill('SIGKILL'));
  await once(shell.stdout!, 'data');
  shell.kill('SIGKILL');
  expect(await outputOf(shell)).toContain('told to stop');
});

/** Stands for the shell: starts the program on its own standard output, and waits. */
const shellScript = `const [node, main] = process.argv.slice(1);
require('node:child_process').spawn(node, ['--input-type=module', '-e', main], { stdio: 'inherit' });
setInterval(() => {}, 1000);`;

test('a set-up that fails is told in its own words, and ends with 1', async () => {
  const main = `import { runWithNode } from ${JSON.stringify(module)};
    import { SetUpError } from ${JSON.stringify(module.replace('run-with-node', 'set-up'))};
    runWithNode([], () => { throw new SetUpError('No network.'); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', main], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect({ code, said }).toEqual({ code: 1, said: 'No network.\n' });
});
