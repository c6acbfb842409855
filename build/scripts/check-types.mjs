// Checks the types of every part at once, and prints only what is wrong.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from './set-up.mjs';

const compiler = join('node_modules', '@typescript', 'native', 'bin', 'tsc');
const svelteCheck = join('node_modules', 'svelte-check', 'bin', 'svelte-check');

const parts = [
  ...['shared', join('electron', 'engine'), 'electron', '.'].map((part) => [
    compiler,
    '-p',
    part,
    '--pretty',
    'false',
  ]),
  [svelteCheck, '--tsconfig', join('renderer', 'tsconfig.json'), '--output', 'human', '--threshold', 'error'],
];

/** Runs one checker to its end; its words come back whole, so that those of two checkers do not mix. */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('close', (code) => resolve({ code, said }));
  });
}

const told = new Set();
/** The parts import each other, so that one mistake is found more than once; tsc tells it in one line. */
const isNews = (line) => !/\): error TS\d+/.test(line) || (!told.has(line) && told.add(line));

const outcomes = await Promise.all(parts.map(run));
for (const { code, said } of outcomes) {
  const news = said.trimEnd().split('\n').filter(isNews);
  if (code !== 0 && news.length > 0) console.log(news.join('\n'));
}
process.exitCode = outcomes.some(({ code }) => code !== 0) ? 1 : 0;
