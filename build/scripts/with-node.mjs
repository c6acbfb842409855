// node with-node.mjs SCRIPT [ARGUMENT…]: runs a script of this project under a Node that can run it.
import { runWithNode } from './run-with-node.mjs';

const args = process.argv.slice(2);
if (args.length === 0) {
  console.error('Name the script to run: node build/scripts/with-node.mjs SCRIPT [ARGUMENT…]');
  process.exitCode = 2;
} else runWithNode(args);
