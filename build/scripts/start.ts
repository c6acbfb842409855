/** npm start: the desktop where a window can open, else the same engine headless with the dashboard in a browser. */
import { stat } from 'node:fs/promises';
import { runCommandLine } from '../../electron/cli/run.ts';
import { startingFolder } from '../../electron/cli/starting-folder.ts';
import { locateDataFolder } from '../../electron/host/data-folder.ts';
import { findRunning } from '../../electron/host/instance.ts';
import { serve as startServing } from '../../electron/serve.ts';
import { buildStale } from './build.ts';
import { findElectron } from './find-electron.ts';
import { runElectron } from './run-electron.ts';
import { readStartArguments, type StartArguments, startUsage } from './start-arguments.ts';

const { env, platform } = process;
/** npm changes into the project; this is where the user called it. */
const startedIn = env['INIT_CWD'] || process.cwd();

async function main(): Promise<number> {
  const read = readStartArguments(process.argv.slice(2));
  if (!read.ok) {
    console.error(`error: ${read.error}\n\n${startUsage}`);
    return 2;
  }
  if (read.value.help) {
    console.log(startUsage);
    return 0;
  }
  const folder = await startingFolder(read.value.folder, startedIn, env);
  if (folder !== undefined && !(await isFolder(folder))) {
    console.error(`error: There is no folder ${folder}. Check the spelling, or leave it out.`);
    return 4;
  }
  return start(read.value, folder);
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() === true;

async function start(given: StartArguments, folder: string | undefined): Promise<number> {
  const running = await findRunning(locateDataFolder({ argument: given.dataFolder, env }));
  if (running !== undefined) {
    console.log(`Skein already runs as process ${running.pid}.`);
    return skein(['open', ...words(folder), ...(given.open ? [] : ['--print'])], given);
  }
  const found = given.headless ? { why: '--headless was given' } : await findElectron({ env, platform });
  await buildStale('program' in found ? ['interface', 'desktop'] : ['interface']);
  if ('why' in found) return serve(given, folder, found.why);
  const ended = await runElectron(found.program, [...words(folder), ...settings(given)]);
  return ended.started ? ended.code : serve(given, folder, ended.why);
}

function serve(given: StartArguments, folder: string | undefined, why: string): Promise<number> {
  console.log(`No desktop window: ${why}. The dashboard is in the browser.`);
  const port = given.port === undefined ? [] : ['--port', given.port];
  return skein(['serve', ...words(folder), ...port, ...(given.open ? ['--open'] : [])], given);
}

/** Runs a command of the command line in this process. */
function skein(args: readonly string[], given: StartArguments): Promise<number> {
  const data = given.dataFolder === undefined ? [] : ['--data', given.dataFolder];
  return runCommandLine([...args, ...data], {
    output: process.stdout,
    errors: process.stderr,
    env,
    workingFolder: startedIn,
    nowMs: Date.now(),
    startServing,
  });
}

const words = (word: string | undefined): string[] => (word === undefined ? [] : [word]);

/** In the words of the desktop's own arguments. */
const settings = ({ dataFolder, port }: StartArguments): string[] => [
  ...(dataFolder === undefined ? [] : ['--data', locateDataFolder({ argument: dataFolder, env })]),
  ...(port === undefined ? [] : ['--port', port]),
];

process.exitCode = await main();
