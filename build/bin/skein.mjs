#!/usr/bin/env node
// The `skein` command: plain JavaScript, because the Node that starts it may be too old for the rest.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runWithNode } from '../scripts/run-with-node.mjs';
import { canRunSkein, ensureUsable, isEmptyCheckout, projectFolder } from '../scripts/set-up.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cli = join(projectFolder, 'electron', 'cli.ts');
/** Node strips the types of our own checkout by itself, but refuses to below node_modules. */
const isInstalled = /[\\/]node_modules[\\/]/.test(here);
const forInstalled = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  pathToFileURL(join(here, 'strip-types.mjs')).href,
];

if (!isInstalled && canRunSkein() && !isEmptyCheckout()) await import(pathToFileURL(cli).href);
else runWithNode([...(isInstalled ? forInstalled : []), cli, ...process.argv.slice(2)], ensureUsable);
