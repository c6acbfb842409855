#!/usr/bin/env node
// The `skein` command: plain JavaScript, because the Node that starts it may be too old for the rest.
import { pathToFileURL } from 'node:url';
import { runWithNode } from '../scripts/run-with-node.mjs';
import { canRunSkein, ensureUsable, isEmptyCheckout } from '../scripts/set-up.mjs';
import { isInstalled, skeinProgram } from '../scripts/skein-program.mjs';

const { script, isBundle } = skeinProgram();
/** Node strips the types of our own checkout by itself, but refuses to below node_modules. */
const stripTypes =
  isBundle || !isInstalled()
    ? []
    : ['--disable-warning=ExperimentalWarning', '--import', new URL('strip-types.mjs', import.meta.url).href];

if (stripTypes.length === 0 && canRunSkein() && !isEmptyCheckout()) await import(pathToFileURL(script).href);
else runWithNode([...stripTypes, script, ...process.argv.slice(2)], ensureUsable);
