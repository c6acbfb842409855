// npm run verify: sets up, then the checks that take less than two minutes.
import { join } from 'node:path';
import { runWithNode } from './run-with-node.mjs';
import { projectFolder } from './set-up.mjs';

runWithNode([join(projectFolder, 'build', 'scripts', 'run-checks.ts'), 'quick', ...process.argv.slice(2)]);
