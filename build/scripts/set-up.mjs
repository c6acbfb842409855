// The first code that runs on a fresh machine: plain JavaScript for Node 20, which needs nothing installed.
// It never loads the product: under an old Node the database library does not fail, it crashes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const oldestNodeForScripts = 20;
const oldestNodeForSkein = 24;

/** A failure that the person at the terminal can put right; its message is all that they should see. */
export class SetUpError extends Error {}

/** True when the Node that runs this can run Skein itself. */
export const canRunSkein = () => majorOf(process.version) >= oldestNodeForSkein;

/** Major version in `v24.21.0`; 0 when the text is no version. */
export function majorOf(version) {
  const [, major] = /^v?(\d+)\./.exec(version) || [];
  return Number(major || 0);
}

/**
 * Installs what is missing or out of date, and returns the absolute path of a Node that can run Skein.
 * Throws SetUpError.
 */
export function ensureSetUp(folder = projectFolder) {
  if (majorOf(process.version) < oldestNodeForScripts) throw new SetUpError(tooOldToStart(process.version));
  if (needsInstall(folder)) install(folder);
  return findNode(folder);
}

/**
 * Like ensureSetUp for the `skein` command, which agents start many at a time: it installs into an empty
 * checkout, but never takes packages away from under a Skein that runs. Throws SetUpError.
 */
export function ensureUsable(folder = projectFolder) {
  return isEmptyCheckout(folder) ? ensureSetUp(folder) : findNode(folder);
}

/** A checkout has a lockfile; a package that npm installed has not, and its packages stand elsewhere. */
export const isEmptyCheckout = (folder = projectFolder) =>
  existsSync(lockfile(folder)) && !existsSync(join(folder, 'node_modules'));

/** True when node_modules is missing or was not made from this package-lock.json on this kind of machine. */
export function needsInstall(folder) {
  const stamp = readOrNothing(stampFile(folder));
  if (stamp !== '') return stamp !== wantedStamp(folder);
  // Somebody ran npm by hand: npm's own record tells, unless the lockfile is newer.
  const record = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return true;
  if (statSync(record).mtimeMs < statSync(lockfile(folder)).mtimeMs) return true;
  writeFileSync(stampFile(folder), wantedStamp(folder));
  return false;
}

const lockfile = (folder) => join(folder, 'package-lock.json');
const stampFile = (folder) => join(folder, 'node_modules', '.skein-set-up');

/** Names the machine too: a folder that was copied from another system holds that system's Node. */
function wantedStamp(folder) {
  const digest = createHash('sha256')
    .update(readFileSync(lockfile(folder)))
    .digest('hex');
  return `${digest} ${process.platform}-${process.arch}\n`;
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function install(folder) {
  // On standard error, because standard output may belong to a command's JSON.
  console.error('Installing what Skein needs (once, it can take a minute)…');
  const run = npm(['ci', '--include=dev', '--include=optional', '--loglevel=error', ...patience], folder);
  if (run.status !== 0) throw new SetUpError(installFailure(run));
  writeFileSync(stampFile(folder), wantedStamp(folder));
}

/** Without a network npm would try for over a minute; what its cache holds needs no network. */
const patience = [
  '--prefer-offline',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=2000',
  '--fetch-retry-maxtimeout=5000',
];

/** The npm that started us, or the one on the PATH; on Windows that is a batch file, which wants a shell. */
function npm(args, folder) {
  const options = {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  };
  const own = process.env.npm_execpath;
  if (own?.endsWith('npm-cli.js')) return spawnSync(process.execPath, [own, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

const networkFailures =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** One paragraph about a failed `npm ci`; `run` is what spawnSync returned. */
export function installFailure(run) {
  if (run.error) {
    return `Skein could not start npm (${run.error.message}). Install Node 24 with npm from https://nodejs.org, then try again.`;
  }
  const said = `${run.stderr || ''}`.trim();
  const [, code] = networkFailures.exec(said) || [];
  if (code) {
    return `Skein could not install what it needs: the package registry cannot be reached (${code}). Connect to the network, or set npm's proxy, then run the same command again.`;
  }
  if (/\bENOSPC\b/.test(said)) {
    return 'Skein could not install what it needs: the disk is full. Free about 1 GB, then run the same command again.';
  }
  return `Skein could not install what it needs: npm ci ended with ${run.status}.\n${said}\nRun \`npm ci\` yourself to see more.`;
}

/** The Node that came with the packages, else the one that runs this. Throws SetUpError when both are too old. */
export function findNode(folder) {
  const bundled = bundledNode(folder);
  if (bundled !== undefined && majorOf(versionOf(bundled)) >= oldestNodeForSkein) return bundled;
  if (canRunSkein()) return process.execPath;
  throw new SetUpError(tooOldToRun(process.version));
}

/** Looked up as a package, because npm puts the packages of an installed Skein beside it, not into it. */
function bundledNode(folder) {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  try {
    const home = dirname(createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`));
    return join(home, 'bin', windows ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/** Empty when it does not run: the packaged Node needs glibc, which Alpine lacks. */
function versionOf(node) {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout || '';
}

const tooOldToStart = (version) =>
  `Skein needs Node ${oldestNodeForScripts} or newer to start; this is ${version}. Install Node ${oldestNodeForSkein} from https://nodejs.org, then try again.`;

const tooOldToRun = (version) =>
  `Skein needs Node ${oldestNodeForSkein} or newer; this is ${version}, and there is no Node package for ${process.platform} on ${process.arch}. Install Node ${oldestNodeForSkein} from https://nodejs.org${process.platform === 'darwin' ? ' or by `brew install node`' : ''}, then try again.`;
