/** npm start: the desktop where a window can open, else the same engine headless with the dashboard in a browser. */
import { stat } from 'node:fs/promises';
import { startingFolder } from '../../electron/cli/starting-folder.ts';
import { locateDataFolder } from '../../electron/host/data-folder.ts';
import { findRunning } from '../../electron/host/instance.ts';
import { buildStale } from './build.ts';
import { findElectron } from './find-electron.ts';
import { runElectron } from './run-electron.ts';
import { runWithNode } from './run-with-node.mjs';
import { skeinProgram } from './skein-program.mjs';
import { readStartArguments, type StartArguments, startUsage } from './start-arguments.ts';

const { env, platform } = process;
/** npm changes into the project; this is where the user called it. */
const startedIn = env['INIT_CWD'] || process.cwd();

/** The exit code; undefined when a command of the command line has taken over, and will set it. */
async function main(): Promise<number | undefined> {
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

async function start(given: StartArguments, folder: string | undefined): Promise<number | undefined> {
  const running = await findRunning(locateDataFolder({ argument: given.dataFolder, env }));
  if (running !== undefined) {
    console.log(`Skein already runs as process ${running.pid}.`);
    skein(['open', ...words(folder), ...(given.open ? [] : ['--print'])], given);
    return undefined;
  }
  const found = given.headless ? { why: '--headless was given' } : await findElectron({ env, platform });
  if ('why' in found) return serve(given, folder, found.why);
  await buildStale(['interface', 'desktop']);
  const ended = await runElectron(found.program, [...words(folder), ...settings(given)]);
  return ended.started ? ended.code : serve(given, folder, ended.why);
}

async function serve(given: StartArguments, folder: string | undefined, why: string): Promise<undefined> {
  await buildStale(['interface', 'headless']);
  console.log(`No desktop window: ${why}. The dashboard is in the browser.`);
  const port = given.port === undefined ? [] : ['--port', given.port];
  skein(['serve', ...words(folder), ...port, ...(given.open ? ['--open'] : [])], given);
}

/**
 * Hands over to a command of the command line, with the user's folder as its own. This process becomes it where the
 * system can do that: what a build leaves in memory would else stay for as long as Skein runs.
 */
function skein(args: readonly string[], given: StartArguments): void {
  const data = given.dataFolder === undefined ? [] : ['--data', given.dataFolder];
  const command = [skeinProgram().script, ...args, ...data];
  process.chdir(startedIn);
  if (platform === 'win32' || process.execve === undefined) runWithNode(command, () => process.execPath);
  else process.execve(process.execPath, [process.execPath, ...command], env);
}

const words = (word: string | undefined): string[] => (word === undefined ? [] : [word]);

/** In the words of the desktop's own arguments. */
const settings = ({ dataFolder, port }: StartArguments): string[] => [
  ...(dataFolder === undefined ? [] : ['--data', locateDataFolder({ argument: dataFolder, env })]),
  ...(port === undefined ? [] : ['--port', port]),
];

const exitCode = await main();
if (exitCode !== undefined) process.exitCode = exitCode;
