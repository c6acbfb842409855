import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createProcHolders } from '../../electron/adapters/proc-holders.ts';
import { agentFromProcess } from '../../shared/domain/agents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const notLinux = process.platform !== 'linux' && 'only Linux tells which files a process has open';

/** Without the time limit: on a busy machine a process may stand still for longer than that. */
const holdersIn = (folder: string, recognise = agentFromProcess) =>
  createProcHolders(folder, recognise, Number.POSITIVE_INFINITY);

/** Opens the file by its first argument and the flag that is its second, says so, and waits to be ended. */
const program = `
  const file = require('node:fs').openSync(process.argv[2], process.argv[3]);
  process.stdout.write('open');
  process.stdin.on('data', () => {}).on('end', () => process.exit());`;

/** A workspace with one file in it, and a stand-in for an agent: a script in a folder called like a package of one. */
function workspace() {
  const folder = temporaryFolder();
  const file = join(folder, 'AGENTS.md');
  const scripts = join(folder, 'node_modules', '@openai', 'codex');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(file, 'hello\n');
  const agent = join(scripts, 'cli.cjs');
  writeFileSync(agent, program);
  const person = join(folder, 'editor.cjs');
  copyFileSync(agent, person);
  return { folder, file, agent, person };
}

async function started(command: string, ...words: string[]): Promise<ChildProcess & { pid: number }> {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child as ChildProcess & { pid: number };
}

describe.skipIf(notLinux)('holders of a file', () => {
  test('are not looked for longer than allowed', async () => {
    const { folder, file, agent } = workspace();
    await started(process.execPath, agent, file, 'r+');
    expect(await createProcHolders(folder, agentFromProcess, -1).holdersOf('AGENTS.md')).toEqual([]);
  });

  test('are agents that may write to it, by name and without their options', async () => {
    const { folder, file, agent } = workspace();
    const child = await started(process.execPath, agent, file, 'r+', '--api-key=secret');
    const holders = await holdersIn(folder).holdersOf('AGENTS.md');
    const command = `${basename(process.execPath)} cli.cjs`;
    expect(holders).toEqual([{ pid: child.pid, agent: 'codex-local', command }]);
  });

  test('are also what an agent has started', async () => {
    const { folder, file, agent, person } = workspace();
    const child = await started(
      process.execPath,
      '-e',
      `require('node:child_process').spawn(process.execPath, ${JSON.stringify([person, file, 'a'])}, { stdio: 'inherit' })`,
      '--',
      agent,
    );
    const recognise = (command: string) => (command.includes(agent) ? 'codex-local' : undefined);
    const holders = await holdersIn(folder, recognise).holdersOf('AGENTS.md');
    expect(holders).toMatchObject([
      { agent: 'codex-local', command: `${basename(process.execPath)} editor.cjs` },
    ]);
    expect(holders[0]?.pid).not.toBe(child.pid);
  });

  test('are not people, readers, or writers of another file', async () => {
    const { folder, file, agent, person } = workspace();
    await started(process.execPath, person, file, 'r+');
    await started(process.execPath, agent, file, 'r');
    await started(process.execPath, agent, join(folder, 'other.md'), 'w');
    expect(await holdersIn(folder).holdersOf('AGENTS.md')).toEqual([]);
  });

  test('are never this process itself', async () => {
    const { folder, file } = workspace();
    const held = openSync(file, 'r+');
    onTestFinished(() => closeSync(held));
    expect(await holdersIn(folder, () => 'codex-local').holdersOf('AGENTS.md')).toEqual([]);
  });

  test('are found through a link to the folder, and none for what is not there', async () => {
    const { folder, file, agent } = workspace();
    const alias = join(temporaryFolder(), 'alias');
    symlinkSync(folder, alias);
    await started(process.execPath, agent, file, 'r+');
    expect(await holdersIn(alias).holdersOf('AGENTS.md')).toHaveLength(1);
    expect(await holdersIn(alias).holdersOf('nowhere/AGENTS.md')).toEqual([]);
    expect(await holdersIn(join(folder, 'missing')).holdersOf('AGENTS.md')).toEqual([]);
  });
});

test.skipIf(!notLinux)('without /proc nobody is known to hold anything', async () => {
  expect(await createProcHolders(temporaryFolder()).holdersOf('AGENTS.md')).toEqual([]);
});
